/** Pictures of containers other than FLV: no more of them than the stamp in their last bytes. */
import { readStamp, STAMP_BYTES } from './stamp.ts';
import type { Tag } from './tag.ts';
import { Unread } from './unread.ts';

const BOX_HEADER = 8;
const PACKET = 188;
const SYNC = 0x47;
/** The bytes before and of a picture's stream id. */
const VIDEO = 0x1e0;

/** Takes the stamped samples of MP4 whose fragments have one sample each. */
export class Mp4Reader {
  readonly #unread = new Unread();
  #isNext = false;

  push(bytes: Buffer): Tag[] {
    const tags: Tag[] = [];
    this.#unread.push(bytes, (held) => {
      if (held.length < BOX_HEADER) return 0;
      const size = held.readUInt32BE(0);
      const type = held.toString('latin1', 4, BOX_HEADER);
      if (!/^\w{4}$/.test(type) || size < BOX_HEADER) throw new Error('This is not MP4.');
      if (held.length < size) return 0;
      if (type === 'mdat' && readStamp(held.subarray(0, size)) !== undefined) {
        tags.push(picture(held.subarray(BOX_HEADER, size), !this.#isNext));
        this.#isNext = true;
      }
      return size;
    });
    return tags;
  }
}

/** Takes the stamped pictures of MPEG-TS, each once the packet with its stamp is there. */
export class TsReader {
  readonly #unread = new Unread();
  #pid: number | undefined;
  /** The end of what came of the picture; undefined once its stamp was seen. */
  #tail: Buffer | undefined;
  #isNext = false;

  push(bytes: Buffer): Tag[] {
    const tags: Tag[] = [];
    this.#unread.push(bytes, (held) => {
      if (held.length < PACKET) return 0;
      if (held[0] !== SYNC) throw new Error('This is not MPEG-TS.');
      const tag = this.#packet(held);
      if (tag) tags.push(tag);
      return PACKET;
    });
    return tags;
  }

  #packet(packet: Buffer): Tag | undefined {
    const pid = packet.readUInt16BE(1) & 0x1fff;
    const begins = (packet[1]! & 0x40) !== 0;
    const adaptation = (packet[3]! & 0x20) !== 0 ? 1 + packet[4]! : 0;
    const payload = packet.subarray(4 + adaptation, PACKET);
    if (begins && payload.length > 4 && payload.readUInt32BE(0) === VIDEO) this.#pid = pid;
    if (pid !== this.#pid) return undefined;
    if (begins) this.#tail = Buffer.alloc(0);
    if (!this.#tail) return undefined;
    const seen = Buffer.concat([this.#tail, payload]);
    this.#tail = seen.subarray(Math.max(0, seen.length - STAMP_BYTES));
    if (readStamp(this.#tail) === undefined) return undefined;
    const tag = picture(this.#tail, !this.#isNext);
    this.#tail = undefined;
    this.#isNext = true;
    return tag;
  }
}

/** Viewers come at key frames, so the first picture is one. */
function picture(body: Buffer, key: boolean): Tag {
  return { type: 'video', time: 0, body, key, config: false };
}
