import { aac } from '../../../src/media/codec/aac.ts';
import { av1 } from '../../../src/media/codec/av1.ts';
import type { CodecDefinition } from '../../../src/media/codec/codec.ts';
import { h264 } from '../../../src/media/codec/h264.ts';
import { h265 } from '../../../src/media/codec/h265.ts';
import { vp9 } from '../../../src/media/codec/vp9.ts';
import type { Kind } from './flv-tag.ts';

/** Size and type of a box, and the version and flags that some have (ISO/IEC 14496-12, 4.2). */
const HEADER = 8;
const FULL = 4;
/** Fields of a sample entry before its boxes (12.1.3, 12.2.3). */
const VIDEO_FIELDS = 78;
const AUDIO_FIELDS = 28;

/** Video: the box with the codec config, what stands before it in there, and who can read it. */
const pictures: Readonly<Record<string, readonly [box: string, skip: number, codec: CodecDefinition]>> = {
  avc1: ['avcC', 0, h264],
  avc3: ['avcC', 0, h264],
  hvc1: ['hvcC', 0, h265],
  hev1: ['hvcC', 0, h265],
  av01: ['av1C', 0, av1],
  vp09: ['vpcC', FULL, vp9],
};

/** Sound whose name says everything; that of MP4A needs its config. */
const sounds: Readonly<Record<string, string>> = { Opus: 'opus', fLaC: 'flac', 'ac-3': 'ac-3', 'ec-3': 'ec-3' };

/** Tags of descriptors, and of what MP4A may be (ISO/IEC 14496-1, 7.2.2.1, table 5). */
const descriptor = { es: 3, decoderConfig: 4, specificInfo: 5 } as const;
const OBJECT_AAC = 0x40;
/** Fields of ES_Descriptor and DecoderConfigDescriptor before the descriptors in them (7.2.6.5, 7.2.6.6). */
const ES_FIELDS = 3;
const DECODER_FIELDS = 13;

const FIRST_OFFSET = {
  data: 0x1,
  flags: 0x4,
  duration: 0x100,
  size: 0x200,
  sampleFlags: 0x400,
  offset: 0x800,
} as const;

/** A box within some bytes: where its content begins, and where it ends. */
interface Box {
  type: string;
  from: number;
  to: number;
}

/** A track as the init segment describes it. */
export interface Mp4Track {
  id: number;
  kind: Kind;
  /** RFC 6381. */
  codecs: string;
  /** Ticks a second. */
  timescale: number;
}

/** The boxes between two places, as far as they are whole. */
function boxesIn(bytes: Uint8Array, from = 0, to: number = bytes.length): Box[] {
  const found: Box[] = [];
  const view = viewOf(bytes);
  for (let at = from; at + HEADER <= to;) {
    const size = view.getUint32(at);
    if (size < HEADER || at + size > to) break;
    found.push({ type: String.fromCharCode(...bytes.subarray(at + 4, at + HEADER)), from: at + HEADER, to: at + size });
    at += size;
  }
  return found;
}

/** The box at the end of a path from a place downwards. */
function descend(bytes: Uint8Array, within: Pick<Box, 'from' | 'to'>, ...path: string[]): Box | undefined {
  let at: Pick<Box, 'from' | 'to'> | undefined = within;
  let found: Box | undefined;
  for (const name of path) {
    found = at && boxesIn(bytes, at.from, at.to).find(({ type }) => type === name);
    at = found;
  }
  return found;
}

/** Whether the bytes begin with an init segment. */
export function beginsWithInit(bytes: Uint8Array): boolean {
  const [first] = boxesIn(bytes);
  return first?.type === 'ftyp' || first?.type === 'moov';
}

/** The tracks of an init segment (ISO/IEC 14496-12, 8.3); those of which no codec is known are left out. */
export function tracksOf(bytes: Uint8Array): Mp4Track[] {
  const moov = boxesIn(bytes).find(({ type }) => type === 'moov');
  if (!moov) return [];
  return boxesIn(bytes, moov.from, moov.to).flatMap((trak) =>
    trak.type === 'trak' ? (trackOf(bytes, trak) ?? []) : [],
  );
}

function trackOf(bytes: Uint8Array, trak: Box): Mp4Track | undefined {
  const tkhd = descend(bytes, trak, 'tkhd');
  const mdhd = descend(bytes, trak, 'mdia', 'mdhd');
  const stsd = descend(bytes, trak, 'mdia', 'minf', 'stbl', 'stsd');
  if (!tkhd || !mdhd || !stsd) return undefined;
  const [entry] = boxesIn(bytes, stsd.from + FULL + 4, stsd.to);
  const found = entry && codecsOf(bytes, entry);
  // Two times of 32 or 64 bits stand before both numbers.
  const past = ({ from }: Box): number => from + FULL + (bytes[from] === 1 ? 16 : 8);
  const view = viewOf(bytes);
  return found && { id: view.getUint32(past(tkhd)), timescale: view.getUint32(past(mdhd)), ...found };
}

function codecsOf(bytes: Uint8Array, entry: Box): Pick<Mp4Track, 'kind' | 'codecs'> | undefined {
  const picture = Object.hasOwn(pictures, entry.type) ? pictures[entry.type] : undefined;
  if (picture) {
    const [box, skip, codec] = picture;
    const config = descend(bytes, { from: entry.from + VIDEO_FIELDS, to: entry.to }, box);
    const codecs = config && codec.describe(bytes.slice(config.from + skip, config.to)).codecs;
    return codecs === undefined ? undefined : { kind: 'video', codecs };
  }
  const codecs = entry.type === 'mp4a' ? mp4a(bytes, entry) : sounds[entry.type];
  return codecs === undefined ? undefined : { kind: 'audio', codecs };
}

function mp4a(bytes: Uint8Array, entry: Box): string | undefined {
  const esds = descend(bytes, { from: entry.from + AUDIO_FIELDS, to: entry.to }, 'esds');
  const es = esds && descriptorIn(bytes, { from: esds.from + FULL, to: esds.to }, descriptor.es);
  const decoder = es && descriptorIn(bytes, { from: es.from + ES_FIELDS, to: es.to }, descriptor.decoderConfig);
  if (!decoder) return undefined;
  const type = bytes[decoder.from]!;
  if (type !== OBJECT_AAC) return `mp4a.${type.toString(16).toUpperCase()}`;
  const inside = { from: decoder.from + DECODER_FIELDS, to: decoder.to };
  const config = descriptorIn(bytes, inside, descriptor.specificInfo);
  return config && aac.describe(bytes.slice(config.from, config.to)).codecs;
}

/** The descriptor at a place, if it is of that kind. Its length comes in groups of seven bits, four at most. */
function descriptorIn(
  bytes: Uint8Array,
  { from, to }: Pick<Box, 'from' | 'to'>,
  tag: number,
): Pick<Box, 'from' | 'to'> | undefined {
  if (bytes[from] !== tag) return undefined;
  let at = from + 1;
  let length = 0;
  for (let groups = 0; groups < 4; groups++) {
    const byte = bytes[at++]!;
    length = (length << 7) | (byte & 0x7f);
    if (byte < 0x80) break;
  }
  return at + length <= to ? { from: at, to: at + length } : undefined;
}

/** How long the first picture in some fragments waits from its decoding to its presentation, ms (8.8.8). */
export function reorderIn(bytes: Uint8Array, { id, timescale }: Mp4Track): number | undefined {
  const view = viewOf(bytes);
  for (const moof of boxesIn(bytes)) {
    if (moof.type !== 'moof') continue;
    for (const traf of boxesIn(bytes, moof.from, moof.to)) {
      const tfhd = traf.type === 'traf' ? descend(bytes, traf, 'tfhd') : undefined;
      const trun = tfhd && view.getUint32(tfhd.from + FULL) === id ? descend(bytes, traf, 'trun') : undefined;
      if (!trun) continue;
      const flags = view.getUint32(trun.from) & 0xff_ffff;
      if (!(flags & FIRST_OFFSET.offset)) return 0;
      const before = [
        FIRST_OFFSET.data,
        FIRST_OFFSET.flags,
        FIRST_OFFSET.duration,
        FIRST_OFFSET.size,
        FIRST_OFFSET.sampleFlags,
      ];
      const at = trun.from + FULL + 4 + 4 * before.filter((flag) => flags & flag).length;
      return at + 4 <= trun.to ? (view.getInt32(at) / timescale) * 1000 : undefined;
    }
  }
  return undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
