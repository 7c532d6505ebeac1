import { readFileSync } from 'node:fs';

/** One FLV tag: its body, without header and trailing size. */
export interface Tag {
  type: 'audio' | 'video' | 'script';
  /** ms */
  time: number;
  body: Buffer;
  key: boolean;
  /** Codec configuration, which stands before all frames. */
  config: boolean;
}

/** A file of FLV as a source that can be played in a loop. */
export interface Clip {
  /** Metadata and codec configurations. */
  before: readonly Tag[];
  frames: readonly Tag[];
  /** ms */
  duration: number;
  /** Bytes of FLV in one loop. */
  bytes: number;
}

const FILE_HEADER = 13;
const TAG_HEADER = 11;
/** Of each tag beside its body: header and trailing size. */
export const TAG_FRAMING = 15;
const types = new Map<number, Tag['type']>([
  [8, 'audio'],
  [9, 'video'],
  [18, 'script'],
]);

export function readClip(path: string): Clip {
  const file = readFileSync(path);
  const tags: Tag[] = [];
  let offset = FILE_HEADER;
  for (;;) {
    const tag = readTag(file, offset);
    if (!tag) break;
    offset += TAG_FRAMING + tag.body.length;
    tags.push(tag);
  }
  const frames = tags.filter((tag) => tag.type !== 'script' && !tag.config);
  const last = frames.findLast((tag) => tag.type === 'video')!;
  const duration = Math.round(last.time / 1000) * 1000;
  const kept = frames.filter((tag) => tag.time < duration && !isEndOfSequence(tag));
  const bytes = kept.reduce((sum, tag) => sum + TAG_FRAMING + tag.body.length, 0);
  return { before: tags.filter((tag) => tag.type === 'script' || tag.config), frames: kept, duration, bytes };
}

/** The tag at `offset`, or undefined while it is not complete. */
export function readTag(bytes: Buffer, offset: number): Tag | undefined {
  if (offset + TAG_HEADER > bytes.length) return undefined;
  const size = bytes.readUIntBE(offset + 1, 3);
  if (offset + TAG_FRAMING + size > bytes.length) return undefined;
  const time = bytes.readUIntBE(offset + 4, 3) + (bytes[offset + 7]! << 24);
  const body = bytes.subarray(offset + TAG_HEADER, offset + TAG_HEADER + size);
  const type = types.get(bytes[offset]! & 0x1f) ?? 'script';
  return tagOf(type, time, body);
}

export function tagOf(type: Tag['type'], time: number, body: Buffer): Tag {
  const first = body[0]!;
  // Bodies with a FourCC say what they are in their first byte: 0 is a configuration, 2 an end.
  const isEnhanced = type === 'video' ? first >= 0x80 : type === 'audio' && first >> 4 === 9;
  const kind = isEnhanced ? first & 0x0f : body[1];
  const key = type === 'video' && ((first >> 4) & 7) === 1;
  return { type, time, body, key, config: type !== 'script' && kind === 0 };
}

/** The whole tag as FLV bytes. */
export function writeTag({ type, body }: Tag, time: number): Buffer {
  const bytes = Buffer.alloc(TAG_FRAMING + body.length);
  bytes[0] = type === 'audio' ? 8 : type === 'video' ? 9 : 18;
  bytes.writeUIntBE(body.length, 1, 3);
  bytes.writeUIntBE(time & 0xffffff, 4, 3);
  bytes[7] = time >>> 24;
  bytes.set(body, TAG_HEADER);
  bytes.writeUInt32BE(TAG_HEADER + body.length, TAG_HEADER + body.length);
  return bytes;
}

function isEndOfSequence({ type, body }: Tag): boolean {
  return type === 'video' && body[1] === 2;
}
