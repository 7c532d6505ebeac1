import { concatBytes } from '../bytes/bytes.ts';
import { fromHex } from '../bytes/hex.ts';
import { obuType } from './av1-obu.ts';
import type { ConfigCase, UnitCase } from './cases.ts';

const av1C = (name: string, hex: string, value: ConfigCase['value']): ConfigCase => ({
  name,
  bytes: fromHex(hex),
  value,
});

/** av1C as SVT-AV1, libaom and FFmpeg wrote them. */
export const av1Cases: ConfigCase[] = [
  av1C('540p', '81040c000a0b00000024cf7f0dbfff3008', {
    codecs: 'av01.0.04M.08',
    profile: 'Main',
    level: '3',
    bitDepth: 8,
    width: 960,
    height: 540,
  }),
  av1C('10 bits of BT.2020 and PQ, of an odd size', '81004c000a0e000000043d07c4daf95091009040', {
    codecs: 'av01.0.00M.10.0.110.09.16.09.0',
    profile: 'Main',
    bitDepth: 10,
    level: '2',
    width: 322,
    height: 242,
    color: { primaries: 9, transfer: 16, matrix: 9, fullRange: false },
  }),
  av1C(
    'another sequence header than the one in the stream, as SVT-AV1 1.4 makes',
    '81000c000a0b000000043cfecc02f80040',
    { codecs: 'av01.0.00M.08', profile: 'Main', bitDepth: 8, level: '2', width: 320, height: 180 },
  ),
  av1C('4:4:4', '812000000a0a20000002afff9b5f2040', {
    codecs: 'av01.1.00M.08.0.000.01.01.01.0',
    profile: 'High',
    bitDepth: 8,
    level: '2',
    width: 64,
    height: 64,
  }),
  av1C('RGB', '812000000a0d20000002afff9b5f2404340080', {
    codecs: 'av01.1.00M.08.0.000.01.13.00.1',
    profile: 'High',
    bitDepth: 8,
    level: '2',
    width: 64,
    height: 64,
    color: { primaries: 1, transfer: 13, matrix: 0, fullRange: true },
  }),
  av1C('4:2:2 of 12 bits', '814068000a0a40000002afff9b5f2c44', {
    codecs: 'av01.2.00M.12.0.100.01.01.01.0',
    profile: 'Professional',
    bitDepth: 12,
    level: '2',
    width: 64,
    height: 64,
  }),
  av1C('monochrome', '81001c000a0a00000002afff9b5f2540', {
    codecs: 'av01.0.00M.08.1.110.01.01.01.1',
    profile: 'Main',
    bitDepth: 8,
    level: '2',
    width: 64,
    height: 64,
    color: { primaries: 2, transfer: 2, matrix: 2, fullRange: true },
  }),
  av1C('full range', '81000c000a0a00000002afff9b5f2108', {
    codecs: 'av01.0.00M.08.0.110.01.01.01.1',
    profile: 'Main',
    bitDepth: 8,
    level: '2',
    width: 64,
    height: 64,
    color: { primaries: 2, transfer: 2, matrix: 2, fullRange: true },
  }),
  av1C('timing', '81000c000a13040000000400000067400000baafff9b5f2008', {
    codecs: 'av01.0.00M.08',
    profile: 'Main',
    bitDepth: 8,
    level: '2',
    width: 64,
    height: 64,
    frameRate: 25,
  }),
  { ...av1C('no sequence header', '81040c00', base('av01.0.04M.08')), oneWay: true },
  { ...av1C('a sequence header that is cut off', '81040c000a0b00000024cf7f0d', base('av01.0.04M.08')), oneWay: true },
  { ...av1C('a size of 9 bytes', '81040c000a808080808080808000', base('av01.0.04M.08')), oneWay: true },
  { ...av1C('no OBU behind it', '81040c00ff', base('av01.0.04M.08')), oneWay: true },
  {
    ...av1C('4:4:4, High tier and no level', '813fc000', {
      codecs: 'av01.1.31H.10.0.000.01.01.01.0',
      profile: 'High',
      bitDepth: 10,
    }),
    oneWay: true,
  },
  {
    ...av1C('4:2:2 with a place of chroma', '81444900', {
      codecs: 'av01.2.04M.10.0.100.01.01.01.0',
      profile: 'Professional',
      level: '3',
      bitDepth: 10,
    }),
    oneWay: true,
  },
  {
    ...av1C('a reserved profile', '81640c00', {
      codecs: 'av01.3.04M.08',
      profile: 'profile 3',
      level: '3',
      bitDepth: 8,
    }),
    oneWay: true,
  },
  { ...av1C('another version', '82040c00', {}), oneWay: true },
  { ...av1C('three bytes', '81040c', {}), oneWay: true },
  { ...av1C('nothing', '', {}), oneWay: true },
];

function base(codecs: string): ConfigCase['value'] {
  return { codecs, profile: 'Main', level: '3', bitDepth: 8 };
}

export interface ObuCase {
  name: string;
  bytes: Uint8Array;
  /** Type and payload of each OBU. */
  value: [number, string][];
  /** With a size in each, where it is not so already. */
  sized?: string;
}

/** Temporal units, of which only the OBUs matter. */
export const obuCases: ObuCase[] = [
  { name: 'nothing', bytes: fromHex(''), value: [] },
  {
    name: 'a delimiter, a sequence header and a frame',
    bytes: fromHex('12 00 0a 0b 00000024cf7f0dbfff3008 32 02 1000'),
    value: [
      [obuType.temporalDelimiter, ''],
      [obuType.sequenceHeader, '00000024cf7f0dbfff3008'],
      [obuType.frame, '1000'],
    ],
  },
  {
    name: 'an OBU without a size at its end',
    bytes: fromHex('1200 30 10aabb'),
    value: [
      [obuType.temporalDelimiter, ''],
      [obuType.frame, '10aabb'],
    ],
    sized: '1200320310aabb',
  },
  {
    name: 'an empty OBU without a size',
    bytes: fromHex('10'),
    value: [[obuType.temporalDelimiter, '']],
    sized: '1200',
  },
  {
    name: 'extensions, with and without a size',
    bytes: fromHex('36 28 02 10aa 34 49 30bb'),
    value: [
      [obuType.frame, '10aa'],
      [obuType.frame, '30bb'],
    ],
    sized: '36280210aa36490230bb',
  },
  {
    name: 'a size that is longer than it has to be',
    bytes: fromHex('32 83808080808080 00 10aabb 1200'),
    value: [
      [obuType.frame, '10aabb'],
      [obuType.temporalDelimiter, ''],
    ],
  },
  {
    name: 'a payload of 200 bytes without a size',
    bytes: concatBytes([fromHex('30'), new Uint8Array(200).fill(0x11)]),
    value: [[obuType.frame, '11'.repeat(200)]],
    sized: `32c801${'11'.repeat(200)}`,
  },
];

const unit = (name: string, hex: string, value: UnitCase['value']): UnitCase => ({ name, bytes: fromHex(hex), value });

/** Whole temporal units as encoders wrote them, read without a config. */
export const av1UnitCases: UnitCase[] = [
  unit('a key frame of SVT-AV1', '12000a0a00000002afff9f7f200832141000b38200001000200095d2e3b06c6065ad8cb4', {
    key: true,
    config: '81000c000a0a00000002afff9f7f2008',
    data: '0a0a00000002afff9f7f200832141000b38200001000200095d2e3b06c6065ad8cb4',
  }),
  unit('a key frame of libaom', '12000a0a000000019ff9b5f200803216100085800002000000003ef30ca81933518afc67511e', {
    key: true,
    config: '81000c000a0a000000019ff9b5f20080',
    data: '0a0a000000019ff9b5f200803216100085800002000000003ef30ca81933518afc67511e',
  }),
  unit('an inter frame', '120032103006001b6d6d2318000002000300008f', {
    key: false,
    data: '32103006001b6d6d2318000002000300008f',
  }),
  unit(
    'two frames, the first of them hidden',
    '120032112806080b6d6d91890000010001800091803210300b0016dbb62318000002000300008f',
    {
      key: false,
      data: '32112806080b6d6d91890000010001800091803210300b0016dbb62318000002000300008f',
    },
  ),
  unit(
    'four frames',
    '12003211280c0406db0011850000010001800096403211280a8806dbb6918900000100018000918032103013200db7b62318000002000300008f',
    {
      key: false,
      data: '3211280c0406db0011850000010001800096403211280a8806dbb6918900000100018000918032103013200db7b62318000002000300008f',
    },
  ),
  unit('a frame that is shown again', '12001a01e8', { key: false, data: '1a01e8' }),
];
