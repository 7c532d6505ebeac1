import { ProtocolError } from '../../errors.ts';
import { ByteReader } from '../bytes/byte-reader.ts';
import { ByteWriter } from '../bytes/byte-writer.ts';
import { AC3_CHANNELS, AC3_MAX_BSID, AC3_RATES } from './ac3.ts';
import type { CodecDefinition, CodecInfo } from './codec.ts';
import { unlessBroken } from './unless-broken.ts';

/** bsid of E-AC-3: 16, and what decoders of it read, too (ETSI TS 102 366, E.1.3.1.6). */
const MAX_BSID = 16;
/** The field for the data rate has 13 bits. kbit/s */
const MAX_DATA_RATE = 8191;
/** num_ind_sub, of 3 bits, is one less than there are. */
const MAX_SUBSTREAMS = 8;
/** num_dep_sub has 4 bits. */
export const EAC3_MAX_DEPENDENTS = 15;
const EXTENSION = 2;
/** Places of dependent substreams that are two speakers (table F.6.1): Lc/Rc, Lrs/Rrs, Lsd/Rsd, Lw/Rw, Lvh/Rvh. */
const PAIRS = 0b0_0111_0011;

/** An independent substream in an EC3SpecificBox. */
export interface Eac3Substream {
  fscod: number;
  bsid: number;
  /** True where it is a service that is mixed to the main one. */
  asvc: boolean;
  bsmod: number;
  acmod: number;
  lfe: boolean;
  /** How many dependent substreams go with it. */
  dependents: number;
  /** Channels beyond 5.1 that those have, the bits of table F.6.1. */
  places: number;
}

/** An EC3SpecificBox (ETSI TS 102 366, F.6). */
export interface Eac3Config {
  /** kbit/s. */
  dataRate: number;
  /** One for each programme; the first one is the one that is heard. */
  substreams: Eac3Substream[];
  /** complexity_index_type_a (ETSI TS 103 420, 8.3.2): objects of Dolby Atmos, joined into the channels. */
  objects?: number;
}

/** E-AC-3 (ETSI TS 102 366, annex E); the config is the payload of `dec3`. */
export const eac3: CodecDefinition = { name: 'eac3', kind: 'audio', title: 'E-AC-3', describe };

function describe(bytes: Uint8Array): CodecInfo {
  const config = unlessBroken(() => parseEac3Config(bytes));
  const [first] = config?.substreams ?? [];
  if (!config || !first) return {};
  const info: CodecInfo = { codecs: 'ec-3' };
  if (config.objects !== undefined) info.profile = 'Dolby Atmos';
  const rate = AC3_RATES[first.fscod];
  if (rate !== undefined) info.sampleRate = rate;
  info.channels = channelsOf(first);
  return info;
}

function channelsOf({ acmod, lfe, places }: Eac3Substream): number {
  let channels = AC3_CHANNELS[acmod]! + Number(lfe);
  for (let bits = places; bits > 0; bits &= bits - 1) channels += (bits & -bits & PAIRS) === 0 ? 1 : 2;
  return channels;
}

/**
 * Reads the payload of `dec3`.
 *
 * @throws ProtocolError for what is none.
 */
export function parseEac3Config(bytes: Uint8Array): Eac3Config {
  const reader = new ByteReader(bytes);
  const head = reader.u16();
  const config: Eac3Config = { dataRate: head >> 3, substreams: [] };
  for (let left = (head & 7) + 1; left > 0; left--) config.substreams.push(readSubstream(reader));
  if (reader.left >= EXTENSION && (reader.u8() & 1) === 1) config.objects = reader.u8();
  return config;
}

function readSubstream(reader: ByteReader): Eac3Substream {
  const bits = reader.u24();
  const dependents = (bits >> 1) & 15;
  const substream: Eac3Substream = {
    fscod: bits >> 22,
    bsid: (bits >> 17) & 31,
    asvc: ((bits >> 15) & 1) === 1,
    bsmod: (bits >> 12) & 7,
    acmod: (bits >> 9) & 7,
    lfe: ((bits >> 8) & 1) === 1,
    dependents,
    places: dependents > 0 ? ((bits & 1) << 8) | reader.u8() : 0,
  };
  if (!isEac3(substream.bsid)) throw new ProtocolError(`The config of E-AC-3 has the bsid ${substream.bsid}.`);
  return substream;
}

/** True for a bsid of E-AC-3. */
export function isEac3(bsid: number): boolean {
  return bsid > AC3_MAX_BSID && bsid <= MAX_BSID;
}

/** Writes the payload of `dec3`: at most eight substreams, and a data rate of at most 8191 kbit/s. */
export function buildEac3Config({ dataRate, substreams, objects }: Eac3Config): Uint8Array {
  const writer = new ByteWriter(2 + 4 * MAX_SUBSTREAMS + EXTENSION);
  const written = substreams.slice(0, MAX_SUBSTREAMS);
  writer.u16((Math.min(Math.round(dataRate), MAX_DATA_RATE) << 3) | (written.length - 1));
  for (const { fscod, bsid, asvc, bsmod, acmod, lfe, dependents, places } of written) {
    const last = dependents > 0 ? places >> 8 : 0;
    const service = (Number(asvc) << 15) | (bsmod << 12) | (acmod << 9) | (Number(lfe) << 8);
    writer.u24((fscod << 22) | (bsid << 17) | service | (dependents << 1) | last);
    if (dependents > 0) writer.u8(places);
  }
  if (objects !== undefined) {
    writer.u8(1);
    writer.u8(objects);
  }
  return writer.finish();
}
