import { ProtocolError } from '../../errors.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { ByteWriter } from '../bytes/byte-writer.ts';
import type { CodecDefinition, CodecInfo } from './codec.ts';
import { unlessBroken } from './unless-broken.ts';

const MAGIC = 0x664c6143; // fLaC
/** Type 0 of a metadata block, and the flag of the last one (RFC 9639, 8.1). */
const STREAMINFO = 0;
const LAST_BLOCK = 0x80;
const BLOCK_HEADER = 4;
/** Bytes of a STREAMINFO block (8.2). */
const BODY = 34;
const CONFIG = 4 + BLOCK_HEADER + BODY;
const MD5 = 16;

/** Limits of the format (8.2, 9.1.1): samples of a block, bits of a sample. */
export const flacLimits = { minBlock: 16, maxBlock: 65_535, minDepth: 4 } as const;

/** A STREAMINFO block (RFC 9639, 8.2). */
export interface FlacInfo {
  /** Samples of the smallest block but the last one, and of the largest. */
  minBlock: number;
  maxBlock: number;
  /** Bytes of the smallest and the largest frame; 0 where unknown. */
  minFrame: number;
  maxFrame: number;
  sampleRate: number;
  channels: number;
  bitDepth: number;
  /** Samples of the whole; 0 where unknown, as in anything live. */
  samples: number;
  /** Of the samples; all 0 where unknown. */
  md5: Uint8Array;
}

/** FLAC (RFC 9639); the config is `fLaC` and a STREAMINFO block with its header, marked as the last one. */
export const flac: CodecDefinition = { name: 'flac', kind: 'audio', title: 'FLAC', describe };

function describe(config: Uint8Array): CodecInfo {
  const stream = unlessBroken(() => parseFlacConfig(config));
  if (!stream) return {};
  const { sampleRate, channels, minBlock, maxBlock } = stream;
  const info: CodecInfo = { codecs: 'flac', sampleRate, channels };
  if (minBlock === maxBlock) info.frameSamples = maxBlock;
  return info;
}

/**
 * Reads a STREAMINFO block with `fLaC` and its header before it, with its header alone, or bare, as containers have it.
 * Blocks that follow are left out.
 *
 * @throws ProtocolError for what is none, and for values that the format does not have.
 */
export function parseFlacConfig(bytes: Uint8Array): FlacInfo {
  const reader = new ByteReader(bytes);
  if (bytes.length !== BODY) {
    if (bytes.length >= CONFIG && reader.u32() !== MAGIC) reader.position = 0;
    const type = reader.u8() & ~LAST_BLOCK;
    if (type !== STREAMINFO || reader.u24() !== BODY) throw new ProtocolError('The FLAC config has no STREAMINFO.');
  }
  return readInfo(reader);
}

function readInfo(reader: ByteReader): FlacInfo {
  const minBlock = reader.u16();
  const maxBlock = reader.u16();
  const minFrame = reader.u24();
  const maxFrame = reader.u24();
  const packed = reader.u32();
  const info: FlacInfo = {
    minBlock,
    maxBlock,
    minFrame,
    maxFrame,
    sampleRate: packed >>> 12,
    channels: ((packed >>> 9) & 7) + 1,
    bitDepth: ((packed >>> 4) & 0x1f) + 1,
    samples: (packed & 15) * 2 ** 32 + reader.u32(),
    md5: reader.take(MD5).slice(),
  };
  const { sampleRate, bitDepth } = info;
  if (minBlock < flacLimits.minBlock || maxBlock < minBlock || sampleRate === 0 || bitDepth < flacLimits.minDepth) {
    throw new ProtocolError('The STREAMINFO of FLAC has values that no stream has.');
  }
  return info;
}

/** Writes `fLaC` and a STREAMINFO block. The values must be such as `parseFlacConfig` gives. */
export function buildFlacConfig(info: FlacInfo): Uint8Array {
  const writer = new ByteWriter(CONFIG);
  writer.u32(MAGIC);
  writer.u8(LAST_BLOCK | STREAMINFO);
  writer.u24(BODY);
  writer.u16(info.minBlock);
  writer.u16(info.maxBlock);
  writer.u24(info.minFrame);
  writer.u24(info.maxFrame);
  const high = Math.floor(info.samples / 2 ** 32);
  writer.u32((info.sampleRate << 12) | ((info.channels - 1) << 9) | ((info.bitDepth - 1) << 4) | high);
  writer.u32(info.samples % 2 ** 32);
  writer.bytes(info.md5);
  return writer.finish();
}
