import { ProtocolError } from '../../errors.ts';
import type { CodecDefinition, CodecInfo } from './codec.ts';
import { unlessBroken } from './unless-broken.ts';

/** Hz of what every decoder gives, whatever went into the encoder; pre-skip and durations count in it, too. */
export const OPUS_RATE = 48_000;

/** Channel mapping families (RFC 7845, 5.1.1; RFC 8486). */
export const opusFamily = { plain: 0, surround: 1, projection: 3, discrete: 255 } as const;

/** Stands for a channel of silence in a mapping. */
export const OPUS_SILENCE = 255;

/** Most channels by family: what the fields can say, and what the families define. */
const MAX_CHANNELS = { plain: 2, surround: 8 } as const;
/** A mapping names decoded channels in a byte, and 255 is silence. */
const MAX_DECODED = 255;

const HEAD_MAGIC = [0x4f, 0x70, 0x75, 0x73, 0x48, 0x65, 0x61, 0x64] as const; // OpusHead
const TAGS_MAGIC = [0x4f, 0x70, 0x75, 0x73, 0x54, 0x61, 0x67, 0x73] as const; // OpusTags
const VERSION = 1;
/** Versions that differ in these bits cannot be read. */
const MAJOR_VERSION = 0xf0;
const HEAD = 19;
const TABLE = HEAD + 2;

/** An identification header (RFC 7845, 5.1). */
export interface OpusHead {
  channels: number;
  /** Samples at 48 kHz that a decoder throws away at the start. */
  preSkip: number;
  /** Hz of what was encoded; 0 where it is not told. For people only. */
  inputRate: number;
  /** Output gain in dB × 256. */
  gain: number;
  /** One of `opusFamily`, or another that is read as `discrete`. */
  family: number;
  /** Opus streams in a packet, and how many of them, the first ones, are stereo. */
  streams: number;
  coupled: number;
  /** For each channel the decoded one that it is, or `OPUS_SILENCE`. */
  mapping: readonly number[];
}

/** Opus (RFC 6716); the config is an OpusHead with its magic bytes. */
export const opus: CodecDefinition = { name: 'opus', kind: 'audio', title: 'Opus', describe };

function describe(config: Uint8Array): CodecInfo {
  const head = unlessBroken(() => parseOpusHead(config));
  return head ? { codecs: 'opus', sampleRate: OPUS_RATE, channels: head.channels } : {};
}

/** True for a comment header (RFC 7845, 5.2), which says nothing that a decoder needs. */
export function isOpusTags(bytes: Uint8Array): boolean {
  return TAGS_MAGIC.every((byte, index) => bytes[index] === byte);
}

/**
 * Reads an OpusHead. What a later version put behind it is left out.
 *
 * @throws ProtocolError for what is none, contradicts itself, or has the family of projections (RFC 8486, 3.2).
 */
export function parseOpusHead(bytes: Uint8Array): OpusHead {
  if (bytes.length < HEAD || HEAD_MAGIC.some((byte, index) => bytes[index] !== byte)) {
    throw new ProtocolError('The Opus config is not an OpusHead.');
  }
  if ((bytes[8]! & MAJOR_VERSION) !== 0) throw new ProtocolError(`The OpusHead is of version ${bytes[8]}.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const channels = bytes[9]!;
  const family = bytes[18]!;
  const most =
    family === opusFamily.plain
      ? MAX_CHANNELS.plain
      : family === opusFamily.surround
        ? MAX_CHANNELS.surround
        : MAX_DECODED;
  if (channels === 0 || channels > most) {
    throw new ProtocolError(`An OpusHead of family ${family} cannot have ${channels} channels.`);
  }
  return {
    channels,
    preSkip: view.getUint16(10, true),
    inputRate: view.getUint32(12, true),
    gain: view.getInt16(16, true),
    family,
    ...(family === opusFamily.plain ? plainTable(channels) : readTable(bytes, channels)),
  };
}

type Table = Pick<OpusHead, 'streams' | 'coupled' | 'mapping'>;

function plainTable(channels: number): Table {
  return { streams: 1, coupled: channels - 1, mapping: channels === 1 ? [0] : [0, 1] };
}

function readTable(bytes: Uint8Array, channels: number): Table {
  if (bytes[18] === opusFamily.projection) {
    throw new ProtocolError('Opus with a matrix of projections cannot be carried.', 'codec-unsupported');
  }
  if (bytes.length < TABLE + channels) throw new ProtocolError('The channel mapping of an OpusHead is cut off.');
  const streams = bytes[HEAD]!;
  const coupled = bytes[HEAD + 1]!;
  const mapping = [...bytes.subarray(TABLE, TABLE + channels)];
  const decoded = streams + coupled;
  if (streams === 0 || coupled > streams || decoded > MAX_DECODED) {
    throw new ProtocolError(`An OpusHead cannot have ${streams} streams with ${coupled} of them stereo.`);
  }
  if (mapping.some((index) => index >= decoded && index !== OPUS_SILENCE)) {
    throw new ProtocolError('An OpusHead maps a channel that no stream has.');
  }
  return { streams, coupled, mapping };
}

/** Writes an OpusHead. The values must be such as `parseOpusHead` gives. */
export function buildOpusHead(head: OpusHead): Uint8Array {
  const { channels, family, mapping } = head;
  const bytes = new Uint8Array(family === opusFamily.plain ? HEAD : TABLE + channels);
  const view = new DataView(bytes.buffer);
  bytes.set(HEAD_MAGIC);
  bytes[8] = VERSION;
  bytes[9] = channels;
  view.setUint16(10, head.preSkip, true);
  view.setUint32(12, head.inputRate, true);
  view.setInt16(16, head.gain, true);
  bytes[18] = family;
  if (family !== opusFamily.plain) bytes.set([head.streams, head.coupled, ...mapping], HEAD);
  return bytes;
}
