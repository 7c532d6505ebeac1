import { fromHex } from '../bytes/hex.ts';
import type { ConfigCase } from './cases.ts';
import type { CodecInfo } from './codec.ts';

/** Of 8 bit where `value` does not say it otherwise. */
const avc = (name: string, hex: string, value: CodecInfo): ConfigCase => ({
  name,
  bytes: fromHex(hex),
  value: { bitDepth: 8, ...value },
});

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
      bitDepth: 10,
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
    {
      codecs: 'avc1.64001e',
      profile: 'High',
      level: '3',
      width: 640,
      height: 480,
      frameRate: 25,
      color: { primaries: 1, transfer: 1, matrix: 1, fullRange: false },
    },
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
    color: { primaries: 2, transfer: 2, matrix: 2, fullRange: true },
  }),
  avc(
    'HDR of full range, interlaced 4:2:2 of 10 bit, with an HRD',
    '017a0015ffe10025677a0015b6ce8ad80b70910094000003000400000300c9808007a10001e84a45200f8a155001000468de0fc8fefafa00',
    {
      codecs: 'avc1.7a0015',
      profile: 'High 4:2:2',
      level: '2.1',
      width: 32,
      height: 32,
      frameRate: 25,
      bitDepth: 10,
      color: { primaries: 9, transfer: 16, matrix: 9, fullRange: true },
    },
  ),
  { name: 'no parameter sets', bytes: fromHex('0164001fffe000'), value: { codecs: 'avc1.64001f' }, oneWay: true },
  { name: 'a few bytes', bytes: fromHex('0164001f'), value: { codecs: 'avc1.64001f' }, oneWay: true },
  { name: 'nothing', bytes: fromHex(''), value: {}, oneWay: true },
];
