/** One tag of an FLV file, as its bytes say; an own reading of the format, beside the one that is tested. */
export interface FlvTag {
  kind: 'audio' | 'video' | 'data';
  /** ms, signed. */
  timestamp: number;
  size: number;
  /** Of a picture: decoding can start here. */
  key: boolean;
  /** A codec config and no media. */
  config: boolean;
  /** First bytes of the tag's data. */
  start: Uint8Array;
  /** When it came: ms of the monotonic clock. */
  at: number;
}

/** Collects tags from bytes as they come. */
export class FlvReader {
  readonly tags: FlvTag[] = [];
  /** Flags of the header: 4 sound, 1 picture. */
  flags: number | undefined;
  bytes = 0;
  /** The first thing that is not as the format says. */
  fault: string | undefined;
  #rest = new Uint8Array();

  push(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    const data = this.#rest.length > 0 ? concat(this.#rest, bytes) : bytes;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    let at = 0;
    if (this.flags === undefined) {
      if (data.length < 13) return void (this.#rest = data.slice());
      if (view.getUint32(0) !== 0x464c5601 || view.getUint32(5) !== 9 || view.getUint32(9) !== 0)
        this.fault ??= 'no FLV header';
      this.flags = data[4]!;
      at = 13;
    }
    while (at + 11 <= data.length) {
      const size = (data[at + 1]! << 16) | view.getUint16(at + 2);
      const next = at + 11 + size + 4;
      if (next > data.length) break;
      const type = data[at]! & 31;
      if (view.getUint32(next - 4) !== 11 + size)
        this.fault ??= `PreviousTagSize is ${view.getUint32(next - 4)} after a tag of ${size} bytes`;
      if (type !== 8 && type !== 9 && type !== 18) this.fault ??= `a tag of type ${type}`;
      const kind = type === 8 ? 'audio' : type === 9 ? 'video' : 'data';
      const start = data.slice(at + 11, Math.min(at + 11 + 16, next - 4));
      this.tags.push({
        kind,
        timestamp: (data[at + 7]! << 24) | (data[at + 4]! << 16) | view.getUint16(at + 5),
        size,
        key: kind === 'video' && start[0]! >> 4 === 1,
        config:
          (kind === 'video' && (start[0]! & 15) === 7 && start[1] === 0) ||
          (kind === 'audio' && start[0]! >> 4 === 10 && start[1] === 0),
        start,
        at: performance.now(),
      });
      at = next;
    }
    this.#rest = data.slice(at);
  }

  /** Tags of one kind that hold media. */
  media(kind: 'audio' | 'video'): FlvTag[] {
    return this.tags.filter((tag) => tag.kind === kind && !tag.config && tag.size > 0);
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}
