import { ProtocolError } from '../../errors.ts';
import type { CodecDefinition, CodecInfo } from './codec.ts';

/** Samples of a syncframe: six blocks of 256 (ETSI TS 102 366, 4.1). */
export const AC3_SAMPLES = 1536;

/** Hz by fscod (4.4.1.3); 3 is reserved. */
export const AC3_RATES: readonly number[] = [48_000, 44_100, 32_000];

/** Full-bandwidth channels by acmod (4.4.2.3). */
export const AC3_CHANNELS: readonly number[] = [2, 1, 2, 3, 3, 4, 4, 5];

/** kbit/s by frmsizecod / 2 (table 4.13). */
export const AC3_BIT_RATES: readonly number[] = [
  32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640,
];

/** bsid of plain AC-3; 9 and 10 have a half and a quarter of the rate, above is E-AC-3. */
const PLAIN_BSID = 8;
export const AC3_MAX_BSID = 10;

const CONFIG = 3;

/** An AC3SpecificBox (ETSI TS 102 366, F.4), whose fields are those of a syncframe. */
export interface Ac3Config {
  fscod: number;
  bsid: number;
  bsmod: number;
  acmod: number;
  /** True where there is a channel of low frequencies. */
  lfe: boolean;
  /** Points into `AC3_BIT_RATES`. */
  bitRateCode: number;
}

/** AC-3 (ETSI TS 102 366); the config is the payload of `dac3`. */
export const ac3: CodecDefinition = { name: 'ac3', kind: 'audio', title: 'AC-3', describe };

function describe(bytes: Uint8Array): CodecInfo {
  const config = readConfig(bytes);
  if (!config) return {};
  return {
    codecs: 'ac-3',
    sampleRate: ac3Rate(config),
    channels: AC3_CHANNELS[config.acmod]! + Number(config.lfe),
    frameSamples: AC3_SAMPLES,
  };
}

/** Hz. */
export function ac3Rate({ fscod, bsid }: Pick<Ac3Config, 'fscod' | 'bsid'>): number {
  return AC3_RATES[fscod]! >> Math.max(0, bsid - PLAIN_BSID);
}

function readConfig(bytes: Uint8Array): Ac3Config | undefined {
  if (bytes.length < CONFIG) return undefined;
  const bits = (bytes[0]! << 16) | (bytes[1]! << 8) | bytes[2]!;
  const config: Ac3Config = {
    fscod: bits >> 22,
    bsid: (bits >> 17) & 31,
    bsmod: (bits >> 14) & 7,
    acmod: (bits >> 11) & 7,
    lfe: ((bits >> 10) & 1) === 1,
    bitRateCode: (bits >> 5) & 31,
  };
  const exists = config.fscod < AC3_RATES.length && config.bitRateCode < AC3_BIT_RATES.length;
  return exists && config.bsid <= AC3_MAX_BSID ? config : undefined;
}

/**
 * Reads the payload of `dac3`.
 *
 * @throws ProtocolError for what is none.
 */
export function parseAc3Config(bytes: Uint8Array): Ac3Config {
  const config = readConfig(bytes);
  if (!config) throw new ProtocolError('The config of AC-3 is not that of a dac3.');
  return config;
}

/** Writes the payload of `dac3`. */
export function buildAc3Config({ fscod, bsid, bsmod, acmod, lfe, bitRateCode }: Ac3Config): Uint8Array {
  const bits = (fscod << 22) | (bsid << 17) | (bsmod << 14) | (acmod << 11) | (Number(lfe) << 10) | (bitRateCode << 5);
  return Uint8Array.of(bits >> 16, bits >> 8, bits);
}
