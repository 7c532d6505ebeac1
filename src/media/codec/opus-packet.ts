import { ProtocolError } from '../../errors.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { unlessBroken } from './unless-broken.ts';

/** Bytes of a frame (RFC 6716, 3.2.1, R2). */
const MAX_FRAME = 1275;
/** Samples of a packet at 48 kHz: 120 ms (3.2.5, R5). */
export const OPUS_MAX_SAMPLES = 5760;

/** Samples of a frame by the two low bits of its configuration (3.1, table 2). */
const SILK = [480, 960, 1920, 2880] as const;
const HYBRID = [480, 960, 480, 960] as const;
const CELT = [120, 240, 480, 960] as const;
const FIRST_HYBRID = 12;
const FIRST_CELT = 16;

/** Lengths from here on have a second byte (3.2.1). */
const LONG_LENGTH = 252;
/** A byte of padding that says 254 and that another follows (3.2.5). */
const MORE_PADDING = 255;

/** What the first bytes of a packet say. */
export interface OpusPacket {
  /** Samples of each channel at 48 kHz. */
  samples: number;
  /** True where its first stream is stereo. */
  stereo: boolean;
}

/**
 * Reads how a packet is made up (RFC 6716, 3), all rules R1 to R7. `streams`: how many are in it, each but the last one
 * with its length (appendix B; RFC 7845, 3). Undefined for what is no packet, or is cut off where that shows.
 */
export function parseOpusPacket(bytes: Uint8Array, streams = 1): OpusPacket | undefined {
  return unlessBroken(() => readPacket(new ByteReader(bytes), streams));
}

function readPacket(reader: ByteReader, streams: number): OpusPacket | undefined {
  const first = readStream(reader, streams > 1);
  for (let i = 1; i < streams; i++) {
    if (readStream(reader, i < streams - 1).samples !== first.samples) return undefined;
  }
  return first;
}

/** @throws ProtocolError for what breaks the rules. */
function readStream(reader: ByteReader, delimited: boolean): OpusPacket {
  const toc = reader.u8();
  const code = toc & 3;
  let frames = code === 0 ? 1 : 2;
  let variable = code === 2;
  let padding = 0;
  if (code === 3) {
    const head = reader.u8();
    frames = head & 0x3f;
    variable = (head & 0x80) !== 0;
    if ((head & 0x40) !== 0) padding = readPadding(reader);
  }
  const samples = frames * frameSamples(toc);
  if (samples === 0 || samples > OPUS_MAX_SAMPLES) throw new ProtocolError(`An Opus packet has ${samples} samples.`);
  if (delimited) reader.skip(readLengths(reader, frames, variable) + padding);
  else skipRest(reader, { frames, variable, padding });
  return { samples, stereo: (toc & 4) !== 0 };
}

function frameSamples(toc: number): number {
  const config = toc >> 3;
  return (config < FIRST_HYBRID ? SILK : config < FIRST_CELT ? HYBRID : CELT)[config & 3]!;
}

/** Bytes of all frames where each length is told. */
function readLengths(reader: ByteReader, frames: number, variable: boolean): number {
  if (!variable) return frames * readLength(reader);
  let size = 0;
  for (let i = 0; i < frames; i++) size += readLength(reader);
  return size;
}

/** The length of the last frame, or of all, is what is left. */
function skipRest(reader: ByteReader, options: { frames: number; variable: boolean; padding: number }): void {
  const { frames, variable, padding } = options;
  const told = variable ? readLengths(reader, frames - 1, true) : 0;
  const rest = reader.left - padding - told;
  const each = variable ? rest : rest / frames;
  if (!Number.isInteger(each) || each < 0 || each > MAX_FRAME) {
    throw new ProtocolError(`The frames of an Opus packet cannot have ${each} bytes.`);
  }
  reader.skip(reader.left);
}

function readLength(reader: ByteReader): number {
  const first = reader.u8();
  return first < LONG_LENGTH ? first : first + 4 * reader.u8();
}

function readPadding(reader: ByteReader): number {
  let padding = 0;
  for (;;) {
    const byte = reader.u8();
    if (byte !== MORE_PADDING) return padding + byte;
    padding += MORE_PADDING - 1;
  }
}
