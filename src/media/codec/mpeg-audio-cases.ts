import { fromHex } from '../bytes/hex.ts';
import type { ConfigCase } from './cases.ts';
import type { CodecInfo } from './codec.ts';

/** AudioSpecificConfigs; the first three as encoders wrote them. */
export const aacCases: ConfigCase[] = [
  aacCase(
    'AAC-LC of 44.1 kHz',
    '1210',
    { profile: 'AAC-LC', sampleRate: 44_100, channels: 2, frameSamples: 1024 },
    2,
    false,
  ),
  aacCase(
    'AAC-LC of 48 kHz',
    '1190',
    { profile: 'AAC-LC', sampleRate: 48_000, channels: 2, frameSamples: 1024 },
    2,
    false,
  ),
  aacCase('a mark that SBR is absent', '120856e500', {
    profile: 'AAC-LC',
    sampleRate: 44_100,
    channels: 1,
    frameSamples: 1024,
  }),
  aacCase('7.1', '11b8', { profile: 'AAC-LC', sampleRate: 48_000, channels: 8, frameSamples: 1024 }, 2, false),
  aacCase('short frames', '1214', { profile: 'AAC-LC', sampleRate: 44_100, channels: 2, frameSamples: 960 }),
  aacCase('a rate written out', '1780562210', {
    profile: 'AAC-LC',
    sampleRate: 44_100,
    channels: 2,
    frameSamples: 1024,
  }),
  aacCase('a reserved rate', '1690', { profile: 'AAC-LC', channels: 2, frameSamples: 1024 }),
  aacCase('channels told by a program config element', '118004c40500211000', {
    profile: 'AAC-LC',
    sampleRate: 48_000,
    channels: 5,
    frameSamples: 1024,
  }),
  aacCase('explicit SBR', '2b920800', { profile: 'HE-AAC', sampleRate: 44_100, channels: 2, frameSamples: 2048 }, 5),
  aacCase(
    'explicit SBR and PS',
    'eb8a0800',
    { profile: 'HE-AAC v2', sampleRate: 44_100, channels: 2, frameSamples: 2048 },
    29,
  ),
  aacCase('implicit SBR', '139056e5a0', { profile: 'HE-AAC', sampleRate: 44_100, channels: 2, frameSamples: 2048 }, 5),
  aacCase(
    'implicit SBR and PS',
    '138856e5a54880',
    { profile: 'HE-AAC v2', sampleRate: 44_100, channels: 2, frameSamples: 2048 },
    29,
  ),
  aacCase(
    'implicit SBR and then other bits',
    '139056e5a0ffff',
    { profile: 'HE-AAC', sampleRate: 44_100, channels: 2, frameSamples: 2048 },
    5,
  ),
  aacCase('AAC-LD', 'b99000', { profile: 'AAC-LD', sampleRate: 48_000, channels: 2, frameSamples: 512 }, 23),
  aacCase('AAC-ELD', 'f8e640', { profile: 'AAC-ELD', sampleRate: 48_000, channels: 2, frameSamples: 512 }, 39),
  aacCase('xHE-AAC, whose config is not read', 'f94640', { profile: 'xHE-AAC', sampleRate: 48_000, channels: 2 }, 42),
  aacCase('one byte', '12', { profile: 'AAC-LC' }),
  { name: 'nothing', bytes: fromHex(''), value: {}, oneWay: true },
];

function aacCase(name: string, hex: string, value: CodecInfo, type = 2, oneWay = true): ConfigCase {
  return { name, bytes: fromHex(hex), value: { codecs: `mp4a.40.${type}`, ...value }, oneWay };
}

/** Headers of MPEG audio. */
export const mp3Cases: ConfigCase[] = [
  mp3Case('MPEG-1 layer III, 44.1 kHz', 'fffb9064', {
    profile: 'MPEG-1 Layer III',
    sampleRate: 44_100,
    channels: 2,
    frameSamples: 1152,
  }),
  mp3Case('MPEG-1 layer III, 48 kHz, one channel', 'fffb94c4', {
    profile: 'MPEG-1 Layer III',
    sampleRate: 48_000,
    channels: 1,
    frameSamples: 1152,
  }),
  mp3Case('MPEG-2 layer III, 22.05 kHz', 'fff340c4', {
    profile: 'MPEG-2 Layer III',
    sampleRate: 22_050,
    channels: 1,
    frameSamples: 576,
  }),
  mp3Case('MPEG-2.5 layer III, 8 kHz', 'ffe348c4', {
    profile: 'MPEG-2.5 Layer III',
    sampleRate: 8000,
    channels: 1,
    frameSamples: 576,
  }),
  mp3Case('MPEG-1 layer II, 32 kHz', 'fffd8804', {
    profile: 'MPEG-1 Layer II',
    sampleRate: 32_000,
    channels: 2,
    frameSamples: 1152,
  }),
  mp3Case('MPEG-1 layer I, 44.1 kHz', 'ffff9004', {
    profile: 'MPEG-1 Layer I',
    sampleRate: 44_100,
    channels: 2,
    frameSamples: 384,
  }),
  { name: 'a reserved version', bytes: fromHex('ffeb9064'), value: {} },
  { name: 'a reserved layer', bytes: fromHex('fff99064'), value: {} },
  { name: 'a reserved rate', bytes: fromHex('fffb9c64'), value: {} },
  { name: 'a forbidden bit rate', bytes: fromHex('fffbf064'), value: {} },
  { name: 'three bytes', bytes: fromHex('fffb90'), value: {} },
  { name: 'nothing', bytes: fromHex(''), value: {} },
];

function mp3Case(name: string, hex: string, value: CodecInfo): ConfigCase {
  const codecs = value.profile?.startsWith('MPEG-1') ? 'mp4a.6B' : 'mp4a.69';
  return { name, bytes: fromHex(hex), value: { codecs, ...value } };
}
