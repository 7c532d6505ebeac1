import type { Kind } from '../../media/frame.ts';
import { nalLimits, type NalLimits } from '../../media/codec/nal.ts';
import { type AmfLimits, amfLimits } from '../amf/index.ts';
import type { MediaEvent, Unsupported } from '../demuxer.ts';
import { AudioBodies } from './audio-bodies.ts';
import { FlvClock } from './clock.ts';
import { DataBodies } from './data-bodies.ts';
import { Found } from './found.ts';
import { type TagType, tagType } from './tag.ts';
import { VideoBodies } from './video-bodies.ts';

export interface FlvTagDecoderOptions {
  nal?: NalLimits;
  amf?: AmfLimits;
}

/**
 * Turns the bodies of FLV tags, which are those of RTMP messages too, into tracks and frames. A body that cannot be used
 * is counted and passed over; only what exceeds a limit throws `ProtocolError`.
 *
 * Track ids: 1 video, 2 audio, 3 data messages, 4 captions.
 */
export class FlvTagDecoder {
  readonly #found = new Found();
  readonly #clock = new FlvClock();
  readonly #video: VideoBodies;
  readonly #audio = new AudioBodies();
  readonly #data: DataBodies;
  #raw = 0;
  readonly #frameTime = (): number => this.#clock.frame(this.#raw);
  readonly #dataTime = (): number => this.#clock.data(this.#raw);

  constructor(options: FlvTagDecoderOptions = {}) {
    this.#video = new VideoBodies(options.nal ?? nalLimits);
    this.#data = new DataBodies(options.amf ?? amfLimits);
  }

  /** Codecs that came and cannot be read, each named once. */
  get unsupported(): readonly Unsupported[] {
    return this.#found.unsupported;
  }

  /** Frames that were left out: before their config, damaged, or of a codec that cannot be read. */
  get dropped(): number {
    return this.#found.dropped;
  }

  /** Those of them that were damaged or came before their config. */
  get damaged(): number {
    return this.#found.damaged;
  }

  /**
   * `timestampMs` is the 32 bits of the tag or message as an unsigned number, wraps and all. `body` is kept by frames,
   * so it must not change afterwards.
   */
  decode(type: TagType, timestampMs: number, body: Uint8Array): MediaEvent[] {
    if (body.length === 0) return [];
    const found = this.#found;
    this.#raw = timestampMs;
    found.begin(type === tagType.script ? this.#dataTime : this.#frameTime);
    if (type === tagType.video) this.#video.decode(body, found);
    else if (type === tagType.audio) this.#audio.decode(body, found);
    else this.#data.decode(body, found);
    return found.take();
  }

  /** Notes a body that is encrypted or otherwise not readable at all. */
  leaveOut(kind: Kind, what: string): void {
    this.#found.leaveOut(kind, what);
  }
}
