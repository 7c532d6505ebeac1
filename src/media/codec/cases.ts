import { fromHex } from '../bytes/hex.ts';
import type { CodecInfo } from './codec.ts';
import type { Sps } from './h264-sps.ts';

export interface ConfigCase {
  name: string;
  bytes: Uint8Array;
  value: CodecInfo;
  /** True where we would write other bytes that say the same. */
  oneWay?: boolean;
}

const avc = (name: string, hex: string, value: CodecInfo): ConfigCase => ({ name, bytes: fromHex(hex), value });

/** avcC as libx264 and FFmpeg 5.1 wrote them. */
export const avcCases: ConfigCase[] = [
  avc(
    '1080p, cropped from 1088',
    '01640028ffe1001967640028acd940780227e5c04400000fa40003a9803c60c65801000668ebe3cb22c0fdf8f800',
    {
      codecs: 'avc1.640028',
      profile: 'High',
      level: '4',
      width: 1920,
      height: 1080,
      frameRate: 30_000 / 1001,
    },
  ),
  avc('Baseline', '0142c01effe100196742c01ed900a02ff970110000030001000003003c0f162e4801000568cb83cb20', {
    codecs: 'avc1.42c01e',
    profile: 'Constrained Baseline',
    level: '3',
    width: 640,
    height: 360,
    frameRate: 30,
  }),
  avc('Main', '014d4020ffe10019674d4020eca02802dd80880000030008000003032078c18cb001000568ebe3cb20', {
    codecs: 'avc1.4d4020',
    profile: 'Main',
    level: '3.2',
    width: 1280,
    height: 720,
    frameRate: 50,
  }),
  avc(
    'interlaced 1080i',
    '01640028ffe1001a67640028acd94078044fde0220000003002000000643e2c5b2c001000668fba3cb22c0fdf8f800',
    {
      codecs: 'avc1.640028',
      profile: 'High',
      level: '4',
      width: 1920,
      height: 1080,
      frameRate: 25,
    },
  ),
  avc(
    '10 bit, cropped to an odd size',
    '016e000dffe1001b676e000da6cd94150878888c0440000003004000000c83c50a658001000668ebe3cb22c0fdfafa00',
    {
      codecs: 'avc1.6e000d',
      profile: 'High 10',
      level: '1.3',
      width: 322,
      height: 242,
      frameRate: 25,
    },
  ),
  avc('4:4:4', '01f4000dffe1001a67f4000d919b282810fc7e0220000003002000000641e28532c001000668ebe3c44844fff8f800', {
    codecs: 'avc1.f4000d',
    profile: 'High 4:4:4 Predictive',
    level: '1.3',
    width: 320,
    height: 242,
    frameRate: 25,
  }),
  avc('4:2:2', '017a000dffe1001a677a000dbcd9414087e3f011000003000100000300320f14299601000668ebe3cb22c0fef8f800', {
    codecs: 'avc1.7a000d',
    profile: 'High 4:2:2',
    level: '1.3',
    width: 320,
    height: 242,
    frameRate: 25,
  }),
  avc(
    'scaling lists, colours and two buffers in the VUI',
    '0164001effe100286764001eacd940a03db026a020202800000300080000030197020007a12000f427261803c58b658001000668ebecb3002cfdf8f800',
    { codecs: 'avc1.64001e', profile: 'High', level: '3', width: 640, height: 480, frameRate: 25 },
  ),
  avc(
    'an aspect ratio of its own',
    '0164001effe1001d6764001eacd940b4126ffc0188010c40000003004000000c83c58b658001000668ebe3cb22c0fdf8f800',
    {
      codecs: 'avc1.64001e',
      profile: 'High',
      level: '3',
      width: 720,
      height: 576,
      frameRate: 25,
    },
  ),
  avc('monochrome', '0164000dffe100196764000df3650507ec05b2000003000200000300641e28532c01000668ebe3cb22c0fcf8f800', {
    codecs: 'avc1.64000d',
    profile: 'High',
    level: '1.3',
    width: 320,
    height: 240,
    frameRate: 25,
  }),
  { name: 'no parameter sets', bytes: fromHex('0164001fffe000'), value: { codecs: 'avc1.64001f' }, oneWay: true },
  { name: 'a few bytes', bytes: fromHex('0164001f'), value: { codecs: 'avc1.64001f' }, oneWay: true },
  { name: 'nothing', bytes: fromHex(''), value: {}, oneWay: true },
];

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

export interface SpsCase {
  name: string;
  bytes: Uint8Array;
  /** What must be found; `width: undefined` means that the size must be unknown. */
  value: Partial<Record<keyof Sps, unknown>>;
}

/** Bits as text, with `ue:N` for an Exp-Golomb code. */
export function bits(text: string): string {
  return text
    .trim()
    .split(/\s+/)
    .map((part) => (part.startsWith('ue:') ? golomb(Number(part.slice(3))) : part))
    .join('');
}

function golomb(value: number): string {
  const code = (value + 1).toString(2);
  return '0'.repeat(code.length - 1) + code;
}

/** An SPS of level 3 with these bits after its level, escaped as it must be. */
export function spsOf(text: string, profile = 66): Uint8Array {
  const all = `${bits(text)}1`;
  const body = all.padEnd(Math.ceil(all.length / 8) * 8, '0').match(/.{8}/g) ?? [];
  const bytes = [0x67, profile, 0, 30];
  for (const byte of body.map((eight) => Number.parseInt(eight, 2))) {
    if (byte <= 3 && bytes.at(-1) === 0 && bytes.at(-2) === 0) bytes.push(3);
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** id, frame number, picture order 2, one reference, no gaps, 640×360 of whole frames, 8×8 inference. */
const HEAD = 'ue:0 ue:0 ue:2 ue:1 0 ue:39 ue:22 1 1';
const VUI_TO_TIMING = '1 0 0 0 0';
const TIMING = '1 00000000000000000000000000000001 00000000000000000000000000110010 1';
const HRD_END = '00000 00000 00000 00000';

/** Parameter sets from people who mean harm, or whose encoder is broken. */
export const hostileSpsCases: SpsCase[] = [
  { name: 'no cropping and no VUI', bytes: spsOf(`${HEAD} 0 0`), value: { width: 640, height: 368 } },
  { name: 'cropping', bytes: spsOf(`${HEAD} 1 ue:0 ue:0 ue:0 ue:4 0`), value: { width: 640, height: 360 } },
  {
    name: 'cropping of more than there is',
    bytes: spsOf(`${HEAD} 1 ue:0 ue:400 ue:0 ue:0 0`),
    value: { width: undefined },
  },
  {
    name: 'cropping of all there is',
    bytes: spsOf(`${HEAD} 1 ue:160 ue:160 ue:0 ue:0 0`),
    value: { width: undefined },
  },
  {
    name: 'a width of 2^32 macroblocks',
    bytes: spsOf(`ue:0 ue:0 ue:2 ue:1 0 ue:4294967294 ue:22 1 1 0 0`),
    value: { width: undefined },
  },
  { name: 'a width of 16 384', bytes: spsOf('ue:0 ue:0 ue:2 ue:1 0 ue:1023 ue:22 1 1 0 0'), value: { width: 16_384 } },
  {
    name: 'a width of 16 400',
    bytes: spsOf('ue:0 ue:0 ue:2 ue:1 0 ue:1024 ue:22 1 1 0 0'),
    value: { width: undefined },
  },
  {
    name: '17 references',
    bytes: spsOf('ue:0 ue:0 ue:2 ue:17 0 ue:39 ue:22 1 1 0 0'),
    value: { references: undefined, width: undefined },
  },
  {
    name: '2^32 - 1 references',
    bytes: spsOf('ue:0 ue:0 ue:2 ue:4294967294 0 ue:39 ue:22 1 1 0 0'),
    value: { width: undefined },
  },
  {
    name: '2^32 - 1 frames in a cycle',
    bytes: spsOf('ue:0 ue:0 ue:1 0 1 1 ue:4294967294 1 1 1'),
    value: { width: undefined },
  },
  {
    name: '33 leading zeros',
    bytes: spsOf('000000000000000000000000000000000 1'),
    value: { id: undefined, width: undefined },
  },
  {
    name: 'zeros to the end',
    bytes: fromHex('67 42 00 1e 00 00 00 00 00 00 00 00'),
    value: { profile: 66, id: undefined },
  },
  { name: 'a chroma format of 4', bytes: spsOf('ue:0 ue:4', 100), value: { chromaFormat: undefined } },
  { name: 'a bit depth of 40', bytes: spsOf('ue:0 ue:1 ue:32', 100), value: { bitDepthLuma: undefined } },
  {
    name: 'a scaling list that ends early',
    // The first list: 8 - 8 = 0 ends it at once; the others are absent.
    bytes: spsOf(`ue:0 ue:1 ue:0 ue:0 0 1 1 ue:16 0 0 0 0 0 0 0 ue:0 ue:2 ue:1 0 ue:39 ue:22 1 1 0 0`, 100),
    value: { width: 640, height: 368, chromaFormat: 1 },
  },
  {
    name: 'an aspect of 0:1',
    bytes: spsOf(`${HEAD} 0 1 1 11111111 ${'0'.repeat(16)} ${'0'.repeat(15)}1 0 0 0 0 0 0 0 0`),
    value: { width: 640, aspect: undefined },
  },
  {
    name: 'an aspect of 1:0',
    bytes: spsOf(`${HEAD} 0 1 1 11111111 ${'0'.repeat(15)}1 ${'0'.repeat(16)} 0 0 0 0 0 0 0 0`),
    value: { width: 640, aspect: undefined },
  },
  {
    name: 'overscan, colours and places of chroma before its timing',
    bytes: spsOf(`${HEAD} 0 1 0 11 1 1010 1 ${'00000001'.repeat(3)} 1 ue:2 ue:3 ${TIMING} 0 0 0 0`),
    value: { width: 640, frameRate: 25 },
  },
  {
    name: 'timing',
    bytes: spsOf(`${HEAD} 0 ${VUI_TO_TIMING} ${TIMING} 0 0 0 0`),
    value: { width: 640, frameRate: 25 },
  },
  {
    name: 'a VUI cut off after its timing',
    bytes: spsOf(`${HEAD} 0 ${VUI_TO_TIMING} ${TIMING}`),
    value: { width: 640, frameRate: 25 },
  },
  {
    name: 'a VUI cut off before its timing',
    bytes: spsOf(`${HEAD} 0 1 0 0 0`),
    value: { width: 640, frameRate: undefined },
  },
  {
    name: 'a unit of time of 0',
    bytes: spsOf(`${HEAD} 0 ${VUI_TO_TIMING} 1 ${'0'.repeat(32)} ${'1'.repeat(32)} 1 0 0 0 0`),
    value: { width: 640, frameRate: undefined },
  },
  {
    name: 'a million frames a second',
    bytes: spsOf(`${HEAD} 0 ${VUI_TO_TIMING} 1 ${'0'.repeat(31)}1 ${'0'.repeat(8)}${'1'.repeat(24)} 1 0 0 0 0`),
    value: { width: 640, frameRate: undefined },
  },
  {
    name: '32 buffers',
    bytes: spsOf(
      `${HEAD} 0 ${VUI_TO_TIMING} ${TIMING} 1 ue:31 0000 0000 ${'ue:0 ue:0 1 '.repeat(32)} ${HRD_END} 0 0 0 1 1 ue:0 ue:0 ue:0 ue:0 ue:2 ue:4`,
    ),
    value: { width: 640, frameRate: 25, reorder: 2 },
  },
  {
    name: '2^32 - 1 buffers',
    bytes: spsOf(`${HEAD} 0 ${VUI_TO_TIMING} ${TIMING} 1 ue:4294967294`),
    value: { width: 640, frameRate: 25, reorder: undefined },
  },
  {
    name: '2^32 - 1 reordered frames',
    bytes: spsOf(`${HEAD} 0 ${VUI_TO_TIMING} ${TIMING} 0 0 0 1 1 ue:0 ue:0 ue:0 ue:0 ue:4294967294`),
    value: { width: 640, reorder: undefined },
  },
];
