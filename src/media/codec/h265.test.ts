import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { BitReader } from '../bytes/bit-reader.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { hevcCases } from './h265-cases.ts';
import { buildHevcConfig, parseHevcConfig } from './h265-config.ts';
import { hostileHevcSpsCases } from './h265-hostile-cases.ts';
import { hevcCodecs, hevcLevelName, type HevcProfile, hevcProfileName, readProfile } from './h265-profile.ts';
import { parseHevcSps } from './h265-sps.ts';
import { hevcSpsOf } from './h265-sps-cases.ts';
import { hevcVpsCases } from './h265-vps-cases.ts';
import { h265 } from './h265.ts';

const vps = hevcVpsCases[0]!.bytes;
const pps = fromHex('4401c172b46240');
const none = { prefixSei: [], suffixSei: [] };

describe('a config of H.265', () => {
  test.each(hevcCases)('tells of $name', ({ bytes, value }) => {
    expect(h265.describe(bytes)).toEqual(value);
  });

  test.each(hevcCases)('tells nothing else of $name wherever it is cut off', ({ bytes, value }) => {
    for (let length = 0; length < bytes.length; length++) {
      const { codecs, width, height } = h265.describe(bytes.subarray(0, length));
      if (width !== undefined) expect([width, height]).toEqual([value.width, value.height]);
      if (codecs !== undefined) expect(codecs).toBe(value.codecs);
    }
  });

  test.each(hevcCases)('throws nothing at $name with a byte changed', ({ bytes }) => {
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0x00, 0x7f, 0x80, 0xff]) h265.describe(bytes.with(at, value));
    }
  });

  test.each(hevcCases.filter(({ oneWay }) => !oneWay))('is written as it was: hvcC of $name', ({ bytes }) => {
    expect(toHex(buildHevcConfig(parseHevcConfig(bytes))!)).toBe(toHex(bytes));
  });

  test('takes the rate of its SPS, and that of the VPS where the SPS has none', () => {
    const describe = (sps: Uint8Array): unknown =>
      h265.describe(buildHevcConfig({ vps: [vps], sps: [sps], pps: [pps], ...none })!);
    expect(describe(hevcSpsOf())).toMatchObject({ frameRate: 25 });
    const vui = `1 0 0 0 0 000 0 1 ${'0'.repeat(31)}1 ${'0'.repeat(26)}110010 0 0 0`;
    expect(describe(hevcSpsOf({ vui }))).toMatchObject({ frameRate: 50 });
  });

  test('is not written without a readable SPS and one set of each other kind', () => {
    const all = { vps: [vps], sps: [hevcSpsOf()], pps: [pps], ...none };
    expect(buildHevcConfig(all)).toBeDefined();
    for (const kind of ['vps', 'sps', 'pps']) expect(buildHevcConfig({ ...all, [kind]: [] })).toBeUndefined();
    expect(buildHevcConfig({ ...all, sps: [hevcSpsOf().subarray(0, 14)] })).toBeUndefined();
  });

  test('has the spatial segmentation of the SPS', () => {
    const { bytes } = hostileHevcSpsCases.find(({ name }) => name === 'timing')!;
    const config = buildHevcConfig({ vps: [vps], sps: [bytes], pps: [pps], ...none })!;
    expect(toHex(config.subarray(13, 15))).toBe('f007');
  });

  test('says whether one can change sub-layers at every picture, as the SPS does', () => {
    const sps = hevcSpsOf();
    const flag = (nal: Uint8Array): number =>
      buildHevcConfig({ vps: [vps], sps: [nal], pps: [pps], ...none })!.at(21)! & 4;
    expect([flag(sps), flag(sps.with(2, sps[2]! & 0xfe))]).toEqual([4, 0]);
  });

  test('has chroma and bit depth of the SPS, and of 16 bit what fits', () => {
    const picture = 'ue:3 0 ue:640 ue:360 0 ue:8 ue:4';
    const config = buildHevcConfig({ vps: [vps], sps: [hevcSpsOf({ picture })], pps: [pps], ...none })!;
    expect(toHex(config.subarray(16, 19))).toBe('fffffc');
  });
});

describe('an hvcC', () => {
  const head = fromHex('0101600000009000000000005af000fcfdf8f800000f');
  const array = (type: number, ...nals: Uint8Array[]): number[] => [
    type,
    nals.length >> 8,
    nals.length & 0xff,
    ...nals.flatMap((nal) => [nal.length >> 8, nal.length & 0xff, ...nal]),
  ];
  const hvcC = (...arrays: number[][]): Uint8Array => Uint8Array.from([...head, arrays.length, ...arrays.flat()]);

  test('of version 0 reads the same, and other bytes are none', () => {
    expect(parseHevcConfig(hvcC(array(32, vps)).with(0, 0)).vps.map(toHex)).toEqual([toHex(vps)]);
    expect(() => parseHevcConfig(hvcC().with(0, 2))).toThrow(ProtocolError);
    expect(() => parseHevcConfig(hvcC().subarray(0, 22))).toThrow(ProtocolError);
  });

  test('with arrays of other types gives those it knows, complete or not', () => {
    const config = parseHevcConfig(hvcC(array(48, pps), array(0xa0, vps), array(0x27, pps, vps), array(40, pps)));
    expect(config).toEqual({ lengthSize: 4, vps: [vps], sps: [], pps: [], prefixSei: [pps, vps], suffixSei: [pps] });
  });

  test('with empty sets has none of them', () => {
    expect(parseHevcConfig(hvcC(array(33, new Uint8Array(0), vps), array(34, pps)))).toMatchObject({
      sps: [vps],
      pps: [pps],
    });
  });

  test('that says more than there is gives the sets that are whole', () => {
    const bytes = hvcC(array(32, vps), array(34, pps, pps));
    expect(parseHevcConfig(bytes.subarray(0, -1)).pps).toHaveLength(1);
    expect(parseHevcConfig(bytes.with(22, 255)).pps).toHaveLength(2);
    expect(parseHevcConfig(Uint8Array.of(...head, 255)).vps).toEqual([]);
    expect(parseHevcConfig(Uint8Array.of(...head, 1, 32, 0xff, 0xff)).vps).toEqual([]);
  });

  test('has at most 16 VPS, 16 SPS and 64 PPS of 4 KiB', () => {
    const many = (count: number): Uint8Array[] => Array.from({ length: count }, () => pps);
    expect(
      parseHevcConfig(hvcC(array(32, ...many(16)), array(33, ...many(16)), array(34, ...many(64)))).pps,
    ).toHaveLength(64);
    for (const [type, most] of [
      [32, 16],
      [33, 16],
      [34, 64],
    ] as const) {
      expect(() => parseHevcConfig(hvcC(array(type, ...many(most + 1))))).toThrow(`more than ${most} sets`);
    }
    expect(() => parseHevcConfig(hvcC(array(33, new Uint8Array(4097))))).toThrow(/more than 4096 bytes/);
  });

  test('passes over SEI that is too large or too much', () => {
    const large = new Uint8Array(4097);
    expect(parseHevcConfig(hvcC(array(39, large, pps), array(40, large, vps)))).toMatchObject({
      prefixSei: [pps],
      suffixSei: [vps],
    });
    const many = Array.from({ length: 17 }, () => pps);
    expect(parseHevcConfig(hvcC(array(39, ...many))).prefixSei).toHaveLength(16);
  });
});

describe('a profile', () => {
  const profile = (hex: string): HevcProfile => readProfile(new BitReader(fromHex(hex)));

  test.each([
    ['01 60000000 900000000000 5d', 'hvc1.1.6.L93.90'],
    ['01 60000000 b00000000000 5d', 'hvc1.1.6.L93.B0'],
    ['22 20000000 900000000000 78', 'hvc1.2.4.H120.90'],
    ['04 08000000 9e0800000000 99', 'hvc1.4.10.L153.9E.8'],
    ['41 60000000 000000000000 1e', 'hvc1.A1.6.L30'],
    ['c1 80000001 000000000001 1e', 'hvc1.C1.80000001.L30.0.0.0.0.0.1'],
    ['00 00000000 000000000000 00', 'hvc1.0.0.L0'],
  ])('%s is %s', (hex, codecs) => {
    expect(hevcCodecs(profile(hex))).toBe(codecs);
  });

  test.each([
    ['Main', '01', '900000000000'],
    ['Main 10', '02', '900000000000'],
    ['Main Still Picture', '03', '900000000000'],
    ['Main 12', '04', '998800000000'],
    ['Main 4:2:2 10', '04', '9d0800000000'],
    ['Main 4:4:4', '04', '9e0800000000'],
    ['Main 4:4:4 16 Intra', '04', '902000000000'],
    ['Main 4:4:4 Still Picture', '04', '9e3000000000'],
    ['Monochrome', '04', '9fc800000000'],
    ['Monochrome 16', '04', '91c800000000'],
    ['High Throughput', '05', '900000000000'],
    ['Multiview Main', '06', '900000000000'],
    ['Scalable Main', '07', '900000000000'],
    ['3D Main', '08', '900000000000'],
    ['Screen-Extended', '09', '900000000000'],
    ['Scalable Range Extensions', '0a', '900000000000'],
    ['High Throughput Screen-Extended', '0b', '900000000000'],
    ['profile 31', '1f', '900000000000'],
  ])('is named %s', (name, profileIdc, constraints) => {
    expect(hevcProfileName(profile(`${profileIdc} 00000000 ${constraints} 5d`))).toBe(name);
  });

  test.each([
    [30, '1'],
    [63, '2.1'],
    [93, '3.1'],
    [120, '4'],
    [123, '4.1'],
    [186, '6.2'],
    [255, '8.5'],
  ])('of level_idc %i has level %s', (level, name) => {
    expect(hevcLevelName({ ...profile('01 60000000 900000000000 00'), level })).toBe(name);
  });

  test('is the one of the SPS in a config that is written', () => {
    const sps = hevcSpsOf();
    const config = buildHevcConfig({ vps: [vps], sps: [sps], pps: [pps], ...none })!;
    expect(readProfile(new BitReader(config.subarray(1)))).toEqual(parseHevcSps(sps)!.profile);
  });
});
