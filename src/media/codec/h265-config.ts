import { ProtocolError } from '../../errors.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { ByteWriter } from '../bytes/byte-writer.ts';
import { hevcType } from './h265-nal.ts';
import { writeProfile } from './h265-profile.ts';
import { parseHevcSps } from './h265-sps.ts';
import { nalLimits, type NalLimits, NAL_PREFIX } from './nal.ts';
import { checkSet, readSets, writeSets } from './parameter-sets.ts';

const VERSION = 1;
/** Bytes before the arrays. */
const HEAD = 23;
/** Sets of a kind, one for each of the ids there are (H.265, 7.4.3). */
export const MAX_VPS = 16;
export const MAX_SPS = 16;
export const MAX_PPS = 64;
/** Messages for a whole stream, such as the colours of its mastering display: how many, and their bytes together. */
const MAX_SEI = 16;
const MAX_SEI_BYTES = 8 * 1024;

/** Marks an array as all that there is of its type, as `hvc1` asks for parameter sets. */
const COMPLETE = 0x80;

/** The content of an hvcC: HEVCDecoderConfigurationRecord (ISO/IEC 14496-15, 8.3.3.1). */
export interface HevcConfig {
  /** Bytes of the length before each NAL unit: 1, 2 or 4. */
  lengthSize: number;
  vps: Uint8Array[];
  sps: Uint8Array[];
  pps: Uint8Array[];
  /** SEI for the whole stream, before and after pictures. */
  prefixSei: Uint8Array[];
  suffixSei: Uint8Array[];
}

/**
 * Reads an hvcC. A record that is cut off gives the sets that are whole; the parts are views of `bytes`. NAL units of
 * other types, and SEI above its limits, are passed over.
 *
 * @throws ProtocolError for what is no hvcC, and for sets above the limits.
 */
export function parseHevcConfig(bytes: Uint8Array, limits: NalLimits = nalLimits): HevcConfig {
  // Version 0 is from before the standard was final, and reads the same.
  if (bytes.length < HEAD || bytes[0]! > VERSION) throw new ProtocolError('The H.265 config is not an hvcC.');
  const reader = new ByteReader(bytes, HEAD - 2);
  const config: HevcConfig = {
    lengthSize: (reader.u8() & 3) + 1,
    vps: [],
    sps: [],
    pps: [],
    prefixSei: [],
    suffixSei: [],
  };
  const keepers = new Map<number, (nal: Uint8Array) => void>([
    [hevcType.vps, keepSet(config.vps, MAX_VPS, limits)],
    [hevcType.sps, keepSet(config.sps, MAX_SPS, limits)],
    [hevcType.pps, keepSet(config.pps, MAX_PPS, limits)],
    [hevcType.prefixSei, keepSei(config.prefixSei, limits)],
    [hevcType.suffixSei, keepSei(config.suffixSei, limits)],
  ]);
  const arrays = reader.u8();
  for (let i = 0; i < arrays && reader.left >= 3; i++) {
    const keep = keepers.get(reader.u8() & 0x3f);
    if (!readSets(reader, reader.u16(), keep)) break;
  }
  return config;
}

function keepSet(sets: Uint8Array[], most: number, limits: NalLimits): (nal: Uint8Array) => void {
  return (nal) => {
    checkSet(nal, limits);
    if (sets.length >= most) {
      throw new ProtocolError(`The H.265 config has more than ${most} sets of a kind.`, 'limit-exceeded');
    }
    sets.push(nal);
  };
}

function keepSei(messages: Uint8Array[], limits: NalLimits): (nal: Uint8Array) => void {
  let left = MAX_SEI_BYTES;
  return (nal) => {
    if (nal.length > Math.min(limits.parameterSet, left) || messages.length >= MAX_SEI) return;
    left -= nal.length;
    messages.push(nal);
  };
}

/**
 * Writes an hvcC for 4-byte lengths and for `hvc1`: all parameter sets are in it. Undefined without at least one VPS,
 * one readable SPS and one PPS.
 */
export function buildHevcConfig(config: Omit<HevcConfig, 'lengthSize'>): Uint8Array | undefined {
  const { vps, sps, pps, prefixSei, suffixSei } = config;
  const first = sps[0] && parseHevcSps(sps[0]);
  if (!first || vps.length === 0 || pps.length === 0) return undefined;
  const { chromaFormat = 1, bitDepthLuma = 8, bitDepthChroma = 8, segmentation = 0 } = first;
  const writer = new ByteWriter();
  writer.u8(VERSION);
  writeProfile(writer, first.profile);
  writer.u16(0xf000 | segmentation);
  writer.u8(0xfc); // how to decode in parallel is not told
  writer.u8(0xfc | chromaFormat);
  writer.u8(0xf8 | Math.min(bitDepthLuma - 8, 7));
  writer.u8(0xf8 | Math.min(bitDepthChroma - 8, 7));
  writer.u16(0); // the frame rate is told by the sets
  writer.u8((first.subLayers << 3) | (first.nested ? 4 : 0) | (NAL_PREFIX - 1));
  const arrays = [
    { head: COMPLETE | hevcType.vps, nals: vps.slice(0, MAX_VPS) },
    { head: COMPLETE | hevcType.sps, nals: sps.slice(0, MAX_SPS) },
    { head: COMPLETE | hevcType.pps, nals: pps.slice(0, MAX_PPS) },
    { head: hevcType.prefixSei, nals: prefixSei.slice(0, MAX_SEI) },
    { head: hevcType.suffixSei, nals: suffixSei.slice(0, MAX_SEI) },
  ].filter(({ nals }) => nals.length > 0);
  writer.u8(arrays.length);
  for (const { head, nals } of arrays) {
    writer.u8(head);
    writer.u16(nals.length);
    writeSets(writer, nals);
  }
  return writer.finish();
}
