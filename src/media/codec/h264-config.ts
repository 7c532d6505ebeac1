import { ProtocolError } from '../../errors.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { ByteWriter } from '../bytes/byte-writer.ts';
import { parseSps } from './h264-sps.ts';
import { nalLimits, type NalLimits, NAL_PREFIX } from './nal.ts';
import { checkSet, readSets, writeSets } from './parameter-sets.ts';

const VERSION = 1;
/** Counts of sets in an avcC (ISO/IEC 14496-15, 5.3.3.1.2). */
export const MAX_SPS = 31;
export const MAX_PPS = 255;

/** Profiles without the part on chroma and bit depth at the end of their avcC. */
const PLAIN_PROFILES = new Set([66, 77, 88]);

/** The content of an avcC: AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1). */
export interface AvcConfig {
  /** Bytes of the length before each NAL unit: 1, 2 or 4. */
  lengthSize: number;
  sps: Uint8Array[];
  pps: Uint8Array[];
  /** Sequence parameter set extensions, for auxiliary pictures. */
  spsExtensions: Uint8Array[];
}

/**
 * Reads an avcC. A record that is cut off gives the sets that are whole; the parts are views of `bytes`.
 *
 * @throws ProtocolError for what is no avcC, and for sets above the limit.
 */
export function parseAvcConfig(bytes: Uint8Array, limits: NalLimits = nalLimits): AvcConfig {
  if (bytes.length < 6 || bytes[0] !== VERSION) throw new ProtocolError('The H.264 config is not an avcC.');
  const reader = new ByteReader(bytes, 4);
  const config: AvcConfig = { lengthSize: (reader.u8() & 3) + 1, sps: [], pps: [], spsExtensions: [] };
  const into = (sets: Uint8Array[]) => (nal: Uint8Array) => {
    checkSet(nal, limits);
    sets.push(nal);
  };
  if (!readSets(reader, reader.u8() & 0x1f, into(config.sps)) || reader.left === 0) return config;
  if (!readSets(reader, reader.u8(), into(config.pps))) return config;
  if (reader.left < 4) return config;
  reader.skip(3); // chroma format and bit depths
  readSets(reader, reader.u8(), into(config.spsExtensions));
  return config;
}

/** Writes an avcC for 4-byte lengths. Undefined without at least one readable SPS and one PPS. */
export function buildAvcConfig(config: Omit<AvcConfig, 'lengthSize'>): Uint8Array | undefined {
  const [first] = config.sps;
  if (!first || first.length < 4 || config.pps.length === 0) return undefined;
  const writer = new ByteWriter();
  writer.u8(VERSION);
  writer.bytes(first.subarray(1, 4));
  writer.u8(0xfc | (NAL_PREFIX - 1));
  writer.u8(0xe0 | Math.min(config.sps.length, MAX_SPS));
  writeSets(writer, config.sps.slice(0, MAX_SPS));
  writer.u8(Math.min(config.pps.length, MAX_PPS));
  writeSets(writer, config.pps.slice(0, MAX_PPS));
  if (PLAIN_PROFILES.has(first[1]!)) return writer.finish();
  const { chromaFormat, bitDepthLuma, bitDepthChroma } = parseSps(first) ?? {};
  if (chromaFormat === undefined || bitDepthLuma === undefined || bitDepthChroma === undefined) return writer.finish();
  writer.u8(0xfc | chromaFormat);
  writer.u8(0xf8 | (bitDepthLuma - 8));
  writer.u8(0xf8 | (bitDepthChroma - 8));
  const extensions = config.spsExtensions.slice(0, 0xff);
  writer.u8(extensions.length);
  writeSets(writer, extensions);
  return writer.finish();
}
