import type { NalLimits } from '../../media/codec/nal.ts';
import { H264Reader } from '../../media/codec/h264-reader.ts';
import type { Track } from '../../media/frame.ts';
import { frameType, packetType, videoCodec } from './body.ts';
import { fourCc, isFourCc } from './four-cc.ts';
import { type Found, trackId } from './found.ts';

/** Video header, AVCPacketType and composition time. */
const AVC_HEAD = 5;

/** CodecID (E.4.3.1), and the one that some encoders took for H.265. */
const CODECS: readonly (string | undefined)[] = [
  undefined,
  undefined,
  'Sorenson H.263',
  'Screen video',
  'VP6',
  'VP6 with alpha',
  'Screen video 2',
  undefined,
  undefined,
  undefined,
  undefined,
  undefined,
  'H.265 (CodecID 12)',
];

const NO_CONFIG = new Uint8Array(0);

/** Reads the bodies of video tags. */
export class VideoBodies {
  readonly #reader: H264Reader;
  #track: Track | undefined;
  readonly #captions: Track = { id: trackId.captions, kind: 'data', codec: 'captions', config: NO_CONFIG };
  #captioned = false;

  constructor(limits: NalLimits) {
    this.#reader = new H264Reader(limits);
  }

  decode(body: Uint8Array, found: Found): void {
    const first = body[0]!;
    if (isFourCc(first)) {
      found.leaveOut(`video ${fourCc(body)}`);
      return;
    }
    if (first >> 4 === frameType.command) return;
    const codec = first & 15;
    if (codec !== videoCodec.avc) found.leaveOut(CODECS[codec] ?? `video CodecID ${codec}`);
    else if (body.length < AVC_HEAD) found.drop();
    else this.#avc(body, found);
  }

  #avc(body: Uint8Array, found: Found): void {
    const data = body.subarray(AVC_HEAD);
    const type = body[1]!;
    if (data.length === 0 || type > packetType.frame) return;
    if (type === packetType.config) {
      this.#adopt(this.#reader.configure(data), found);
      return;
    }
    const unit = this.#reader.read(data);
    this.#adopt(unit.config, found);
    if (unit.data.length === 0) return;
    if (!this.#track) {
      found.drop();
      return;
    }
    const cts = ((body[2]! << 24) | (body[3]! << 16) | (body[4]! << 8)) >> 8;
    if (unit.captions) this.#caption(unit.captions, cts, found);
    found.frame(this.#track, unit.data, cts, unit.key);
  }

  #adopt(config: Uint8Array | undefined, found: Found): void {
    if (!config) return;
    this.#track = { id: trackId.video, kind: 'video', codec: 'h264', config };
    found.track(this.#track);
  }

  #caption(data: Uint8Array, cts: number, found: Found): void {
    if (!this.#captioned) {
      this.#captioned = true;
      found.track(this.#captions);
    }
    found.frame(this.#captions, data, cts);
  }
}
