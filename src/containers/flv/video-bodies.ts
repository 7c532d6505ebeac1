import { codecs } from '../../media/codec/table.ts';
import type { NalLimits } from '../../media/codec/nal.ts';
import type { Codec } from '../../media/frame.ts';
import { frameType, packetType, videoCodec } from './body.ts';
import { readColorInfo } from './color-body.ts';
import { plainVpc } from './ex-body.ts';
import { exPacket, type ExPart, readExBody } from './ex-header.ts';
import { codecOf, fourCcWords, isFourCc } from './four-cc.ts';
import { type Found, MAX_TRACKS, trackId, videoTrackId } from './found.ts';
import { VideoLane } from './video-lane.ts';

/** Video header, AVCPacketType and composition time. */
const AVC_HEAD = 5;
/** Composition time before the pictures of some enhanced codecs. */
const CTS = 3;

/** CodecID (E.4.3.1). */
const CODECS: readonly (string | undefined)[] = [
  undefined,
  undefined,
  'Sorenson H.263',
  'Screen video',
  'VP6',
  'VP6 with alpha',
  'Screen video 2',
];
/** The one that some encoders took for H.265 before it had a name; its body is that of H.264. */
const HEVC = 12;

/** What is read of the packets behind a FourCC; an end asks for nothing. */
const READ: ReadonlySet<number> = new Set([
  exPacket.start,
  exPacket.frames,
  exPacket.end,
  exPacket.framesX,
  exPacket.metadata,
]);

/** Reads the bodies of video tags. */
export class VideoBodies {
  readonly #limits: NalLimits;
  readonly #lanes = new Map<number, VideoLane>();

  constructor(limits: NalLimits) {
    this.#limits = limits;
  }

  decode(body: Uint8Array, found: Found): void {
    const first = body[0]!;
    if (isFourCc(first)) {
      this.#enhanced(body, found);
      return;
    }
    if (first >> 4 === frameType.command) return;
    const codec = first & 15;
    if (codec === videoCodec.avc) this.#plain('h264', body, found);
    else if (codec === HEVC) this.#plain('h265', body, found);
    else found.leaveOut('video', CODECS[codec] ?? `CodecID ${codec}`);
  }

  #plain(codec: Codec, body: Uint8Array, found: Found): void {
    if (body.length < AVC_HEAD) {
      found.drop();
      return;
    }
    const data = body.subarray(AVC_HEAD);
    const type = body[1]!;
    if (data.length === 0 || type > packetType.frame) return;
    const lane = this.#lane(trackId.video);
    if (type === packetType.config) found.attempt(() => lane.configure(codec, data, found));
    else found.attempt(() => lane.picture(codec, data, ctsAt(body, AVC_HEAD - CTS), found));
  }

  #enhanced(body: Uint8Array, found: Found): void {
    const read = found.attempt(() => readExBody(body, 'video'));
    if (!read) return;
    found.delay(read.nanos);
    for (const part of read.parts) found.attempt(() => this.#part(read.type, part, found));
  }

  #part(type: number, { track, fourCc, data }: ExPart, found: Found): void {
    const codec = codecOf(fourCc);
    if (!codec || codecs[codec].kind !== 'video') {
      found.leaveOut('video', fourCcWords(fourCc));
      return;
    }
    if (!READ.has(type)) {
      found.leaveOut('video', type === exPacket.tsStart ? 'AV1 descriptor' : `packet type ${type}`);
      return;
    }
    const id = videoTrackId(track);
    if (!this.#lanes.has(id) && this.#lanes.size >= MAX_TRACKS) {
      found.leaveOut('video', 'more tracks');
      return;
    }
    if (data.length === 0) return;
    if (type === exPacket.start) this.#lane(id).configure(codec, configOf(codec, data), found);
    else if (type === exPacket.framesX) this.#lane(id).picture(codec, data, 0, found);
    else if (type === exPacket.frames) this.#frames(codec, id, data, found);
    else if (type === exPacket.metadata) this.#metadata(codec, id, data, found);
  }

  #metadata(codec: Codec, id: number, data: Uint8Array, found: Found): void {
    const color = readColorInfo(data);
    if (color) this.#lane(id).paint(codec, color, found);
  }

  #frames(codec: Codec, id: number, data: Uint8Array, found: Found): void {
    const timed = codec === 'h264' || codec === 'h265';
    if (!timed) this.#lane(id).picture(codec, data, 0, found);
    else if (data.length <= CTS) found.drop();
    else this.#lane(id).picture(codec, data.subarray(CTS), ctsAt(data, 0), found);
  }

  #lane(id: number): VideoLane {
    let lane = this.#lanes.get(id);
    if (!lane) this.#lanes.set(id, (lane = new VideoLane(id, this.#limits)));
    return lane;
  }
}

function configOf(codec: Codec, data: Uint8Array): Uint8Array {
  return codec === 'vp9' || codec === 'vp8' ? plainVpc(data) : data;
}

/** SI24, ms (E.4.3.2). */
function ctsAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8)) >> 8;
}
