import { BitReader } from '../bytes/bit-reader.ts';
import { readProgramConfig } from './aac-pce.ts';
import type { CodecDefinition, CodecInfo } from './codec.ts';
import { unlessBroken } from './unless-broken.ts';

/** samplingFrequencyIndex (ISO/IEC 14496-3, table 1.18). */
export const AAC_RATES: readonly number[] = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000, 7350,
];
const RATE_ESCAPE = 15;
/** Hz; a rate written out beyond it is a fault of the sender. */
const MAX_RATE = 384_000;

/** channelConfiguration (ISO/IEC 14496-3, table 1.19); 0 is told by a program config element. */
const CHANNELS: readonly (number | undefined)[] = [
  undefined,
  1,
  2,
  3,
  4,
  5,
  6,
  8,
  undefined,
  undefined,
  undefined,
  7,
  8,
  24,
  8,
];

/** Audio object types (ISO/IEC 14496-3, table 1.17). */
export const objectType = { main: 1, lc: 2, ssr: 3, ltp: 4, sbr: 5, scalable: 6, erLd: 23, ps: 29, eld: 39 } as const;
const TYPE_ESCAPE = 31;
const ER_BSAC = 22;
/** Types whose config is a GASpecificConfig. */
const GENERAL_AUDIO = new Set([1, 2, 3, 4, 6, 7, 17, 19, 20, 21, 22, 23]);
/** Types that decoders without SBR play, too: behind their config may be marks of it. */
const MARKED = new Set([1, 2, 3, 4]);

/** Marks of SBR and PS that old decoders do not see (1.6.6.1). */
const SYNC_SBR = 0x2b7;
const SYNC_PS = 0x548;

const NAMES: Readonly<Record<number, string>> = {
  1: 'AAC Main',
  2: 'AAC-LC',
  3: 'AAC SSR',
  4: 'AAC LTP',
  5: 'HE-AAC',
  6: 'AAC Scalable',
  17: 'ER AAC LC',
  23: 'AAC-LD',
  29: 'HE-AAC v2',
  39: 'AAC-ELD',
  42: 'xHE-AAC',
};

/** What an AudioSpecificConfig says, as far as it can be read. */
export interface AudioConfig {
  /** The audio object type of the core, below SBR and PS. */
  objectType: number;
  /** Hz of the core. */
  coreRate?: number;
  /** channelConfiguration as sent; 0 where a program config element tells. */
  channelConfig?: number;
  /** Channels of the core; unknown for reserved values. */
  channels?: number;
  /** Spectral band replication and parametric stereo, as signalled either way. */
  sbr: boolean;
  ps: boolean;
  /** Hz after SBR, where it is signalled. */
  sbrRate?: number;
  /** Samples per frame of the core. */
  coreSamples?: number;
}

/** AAC (ISO/IEC 14496-3); the config is an AudioSpecificConfig. */
export const aac: CodecDefinition = { name: 'aac', kind: 'audio', title: 'AAC', describe };

function describe(config: Uint8Array): CodecInfo {
  const audio = parseAudioConfig(config);
  if (!audio) return {};
  const type = audio.ps ? objectType.ps : audio.sbr ? objectType.sbr : audio.objectType;
  const info: CodecInfo = { codecs: `mp4a.40.${type}`, profile: NAMES[type] ?? `AAC ${type}` };
  const rate = audio.sbrRate ?? audio.coreRate;
  if (rate !== undefined) info.sampleRate = rate;
  if (audio.channels !== undefined) info.channels = audio.ps && audio.channels === 1 ? 2 : audio.channels;
  if (audio.coreSamples !== undefined) {
    const factor = audio.sbrRate !== undefined && audio.coreRate !== undefined ? audio.sbrRate / audio.coreRate : 1;
    const samples = Math.round(audio.coreSamples * factor);
    if (samples > 0) info.frameSamples = samples;
  }
  return info;
}

/**
 * Reads an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1). What cannot be read is left out together with what comes
 * after it; never throws. Undefined where not even the object type is there.
 */
export function parseAudioConfig(bytes: Uint8Array): AudioConfig | undefined {
  if (bytes.length === 0) return undefined;
  const config: AudioConfig = { objectType: 0, sbr: false, ps: false };
  unlessBroken(() => readConfig(new BitReader(bytes), config));
  return config.objectType > 0 ? config : undefined;
}

function readConfig(bits: BitReader, config: AudioConfig): void {
  let type = readType(bits);
  config.objectType = type;
  put(config, 'coreRate', readRate(bits));
  config.channelConfig = bits.bits(4);
  put(config, 'channels', CHANNELS[config.channelConfig]);
  const explicit = type === objectType.sbr || type === objectType.ps;
  if (explicit) {
    config.sbr = true;
    config.ps = type === objectType.ps;
    put(config, 'sbrRate', readRate(bits));
    config.objectType = type = readType(bits);
    if (type === ER_BSAC) bits.skip(4);
  }
  if (GENERAL_AUDIO.has(type)) readGeneralAudio(bits, config);
  else if (type === objectType.eld) config.coreSamples = bits.flag() ? 480 : 512;
  if (!explicit && MARKED.has(type)) readSyncExtensions(bits, config);
}

function readGeneralAudio(bits: BitReader, config: AudioConfig): void {
  const type = config.objectType;
  const short = bits.flag();
  config.coreSamples = type === objectType.erLd ? (short ? 480 : 512) : short ? 960 : 1024;
  if (bits.flag()) bits.skip(14); // coreCoderDelay
  const extension = bits.flag();
  if (config.channelConfig === 0) put(config, 'channels', readProgramConfig(bits) || undefined);
  if (extension) bits.skip(1); // extensionFlag3; what other types have before it is of no use
}

function readSyncExtensions(bits: BitReader, config: AudioConfig): void {
  if (bits.left < 16 || bits.bits(11) !== SYNC_SBR || readType(bits) !== objectType.sbr || !bits.flag()) return;
  config.sbr = true;
  put(config, 'sbrRate', readRate(bits));
  if (bits.left >= 12 && bits.bits(11) === SYNC_PS) config.ps = bits.flag();
}

function readType(bits: BitReader): number {
  const type = bits.bits(5);
  return type === TYPE_ESCAPE ? 32 + bits.bits(6) : type;
}

function readRate(bits: BitReader): number | undefined {
  const index = bits.bits(4);
  const rate = index === RATE_ESCAPE ? bits.bits(24) : AAC_RATES[index];
  return rate !== undefined && rate > 0 && rate <= MAX_RATE ? rate : undefined;
}

function put<K extends 'coreRate' | 'sbrRate' | 'channels'>(config: AudioConfig, name: K, value?: number): void {
  if (value !== undefined) config[name] = value;
}

/** Writes the AudioSpecificConfig of a plain stream, without SBR or PS. `rateIndex` points into `AAC_RATES`. */
export function buildAudioConfig(options: {
  objectType: number;
  rateIndex: number;
  channelConfig: number;
}): Uint8Array {
  const { objectType: type, rateIndex, channelConfig } = options;
  return Uint8Array.of((type << 3) | (rateIndex >> 1), ((rateIndex & 1) << 7) | (channelConfig << 3));
}
