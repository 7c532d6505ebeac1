import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { concatBytes } from '../bytes/bytes.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { nalOf } from './cases.ts';
import { avcCases } from './h264-cases.ts';
import { parseAvcConfig } from './h264-config.ts';
import { H264Reader } from './h264-reader.ts';

const avcC = avcCases[0]!.bytes;
const [sps, pps] = [parseAvcConfig(avcC).sps[0]!, parseAvcConfig(avcC).pps[0]!];
const other = avcCases[2]!.bytes;
const otherSps = parseAvcConfig(other).sps[0]!;
const otherPps = parseAvcConfig(other).pps[0]!;
const IDR = fromHex('6588');
const SLICE = fromHex('419a');

function unit(...nals: Uint8Array[]): Uint8Array {
  return Uint8Array.from(nals.flatMap((nal) => [0, 0, nal.length >> 8, nal.length & 0xff, ...nal]));
}

function annexB(...nals: Uint8Array[]): Uint8Array {
  return Uint8Array.from(nals.flatMap((nal) => [0, 0, 0, 1, ...nal]));
}

function configured(): H264Reader {
  const reader = new H264Reader();
  reader.configure(avcC);
  return reader;
}

describe('the H.264 reader', () => {
  test('keeps what an avcC says', () => {
    expect(toHex(new H264Reader().configure(avcC)!)).toBe(toHex(avcC));
  });

  test('the same config again is no news', () => {
    expect(configured().configure(avcC.slice())).toBeUndefined();
  });

  test('rewrites an avcC and its units for other lengths', () => {
    const reader = new H264Reader();
    const short = avcC.with(4, 0xfd);
    expect(toHex(reader.configure(short)!)).toBe(toHex(avcC));
    expect(toHex(reader.read(fromHex('0002 6588 0002 419a')).data)).toBe(toHex(unit(IDR, SLICE)));
    expect(reader.configure(short.slice())).toBeUndefined();
  });

  test('takes parameter sets with start codes for a config', () => {
    expect(toHex(new H264Reader().configure(annexB(sps, pps))!)).toBe(toHex(avcC));
  });

  test('a config without parameter sets waits for them in the units', () => {
    const reader = new H264Reader();
    expect(reader.configure(fromHex('0164001fffe000'))).toBeUndefined();
    expect(reader.config).toBeUndefined();
    expect(reader.read(unit(sps)).config).toBeUndefined();
    expect(toHex(reader.read(unit(pps, IDR)).config!)).toBe(toHex(avcC));
  });

  test('gives the bytes themselves where nothing has to change', () => {
    const bytes = unit(IDR, SLICE);
    expect(configured().read(bytes).data).toBe(bytes);
  });

  test('only an IDR picture is key', () => {
    const reader = configured();
    const recoveryPoint = fromHex('0606010180');
    expect(reader.read(unit(IDR)).key).toBe(true);
    expect(reader.read(unit(SLICE)).key).toBe(false);
    expect(reader.read(unit(recoveryPoint, SLICE)).key).toBe(false);
  });

  test('strips delimiters and parameter sets, and keeps all else byte for byte', () => {
    const sei = fromHex('0605 02 aabb 80'.replaceAll(' ', ''));
    const filler = fromHex('0cffff80');
    const { data, config } = configured().read(unit(fromHex('09f0'), sps, pps, sei, IDR, filler));
    expect(toHex(data)).toBe(toHex(unit(sei, IDR, filler)));
    expect(config).toBeUndefined();
  });

  test('is empty where nothing else was in it', () => {
    expect(configured().read(unit(fromHex('09f0'), sps, pps)).data).toHaveLength(0);
    expect(configured().read(new Uint8Array(0)).data).toHaveLength(0);
  });

  test('a set with a known id replaces the one before', () => {
    const reader = configured();
    const { config } = reader.read(unit(otherSps, otherPps, IDR));
    expect(toHex(config!)).toBe(toHex(other));
    expect(reader.read(unit(otherSps, otherPps, IDR)).config).toBeUndefined();
    expect(toHex(reader.read(unit(sps, pps, IDR)).config!)).toBe(toHex(avcC));
  });

  test('the first config again is news after another one in the units', () => {
    const reader = configured();
    reader.read(unit(otherSps, otherPps, IDR));
    expect(toHex(reader.configure(avcC)!)).toBe(toHex(avcC));
  });

  test('sets alone wait for the next picture', () => {
    const reader = configured();
    expect(reader.read(unit(otherSps, otherPps))).toMatchObject({ data: new Uint8Array(0) });
    expect(toHex(reader.config!)).toBe(toHex(avcC));
    expect(reader.read(unit(fromHex('0605 02 aabb 80'))).config).toBeUndefined();
    expect(toHex(reader.read(unit(SLICE)).config!)).toBe(toHex(other));
  });

  test('sets that wait are forgotten with a new config', () => {
    const reader = configured();
    reader.read(unit(otherSps, otherPps));
    expect(reader.configure(avcC.slice())).toBeUndefined();
    expect(reader.read(unit(IDR)).config).toBeUndefined();
  });

  test('the SPS of the key picture comes first', () => {
    const reader = configured();
    const second = nalOf([0x67, 66, 0, 30], 'ue:1 ue:0 ue:2 ue:1 0 ue:39 ue:22 1 1 0 0');
    const secondPps = nalOf([0x68], 'ue:1 ue:1 1010');
    const idr = nalOf([0x65], 'ue:0 ue:7 ue:1 1010');
    const firstIn = (config: Uint8Array): string => toHex(parseAvcConfig(config).sps[0]!);
    expect(reader.read(unit(second, secondPps, SLICE)).config!.subarray(1, 4)).toEqual(avcC.subarray(1, 4));
    expect(firstIn(reader.read(unit(idr)).config!)).toBe(toHex(second));
    expect(reader.config!.subarray(1, 4)).toEqual(second.subarray(1, 4));
    expect(reader.read(unit(idr)).config).toBeUndefined();
    const back = nalOf([0x65], 'ue:0 ue:7 ue:0 1010');
    expect(firstIn(reader.read(unit(back)).config!)).toBe(toHex(sps));
  });

  test('the same sets with each key frame cost nothing, and changes what pictures pay for', () => {
    const reader = configured();
    for (let i = 0; i < 1000; i++) expect(reader.read(unit(sps, pps, IDR)).config).toBeUndefined();
    const picture = unit(new Uint8Array(8000).fill(0x65));
    for (let i = 0; i < 200; i++) {
      const sets = i % 2 === 0 ? [otherSps, otherPps] : [sps, pps];
      expect(reader.read(concatBytes([unit(...sets), picture])).config).toBeDefined();
    }
  });

  test('a flood of changes is above the limit', () => {
    const reader = configured();
    const flood = (): void => {
      for (let i = 0; i < 200; i++) reader.read(unit(fromHex('6869').with(1, 0x60 + (i % 16)), SLICE));
    };
    expect(flood).toThrow(expect.objectContaining({ code: 'limit-exceeded' }));
  });

  test('a set with another id is added', () => {
    const second = fromHex('6869ff'); // id 2
    const config = parseAvcConfig(configured().read(unit(second, IDR)).config!);
    expect(config.pps.map(toHex)).toEqual([toHex(pps), toHex(second)]);
  });

  test('a set whose id cannot be read is passed over', () => {
    const { config, data } = configured().read(unit(fromHex('6800'), fromHex('67420000'), IDR));
    expect(config).toBeUndefined();
    expect(toHex(data)).toBe(toHex(unit(IDR)));
  });

  test('a set above 4 KiB is above the limit, in the unit and in the config', () => {
    const large = new Uint8Array(4097).fill(0x68);
    expect(configured().read(unit(large.subarray(0, 4096))).data).toHaveLength(0);
    expect(() => configured().read(unit(large))).toThrow(/more than 4096 bytes/);
    const config = Uint8Array.of(1, 0x64, 0, 0x1f, 0xff, 0xe1, 0x10, 0x01, ...large);
    expect(() => new H264Reader().configure(config)).toThrow(/more than 4096 bytes/);
  });

  test('a flood of sets stays within 16 KiB', () => {
    const reader = configured();
    for (let id = 1; id < 255; id++) {
      const code = (id + 1).toString(2);
      const bits = `${'0'.repeat(code.length - 1)}${code}`.padEnd(24, '1');
      const set = new Uint8Array(2000).fill(0xaa);
      set.set([0x68, ...bits.match(/.{8}/g)!.map((eight) => Number.parseInt(eight, 2))]);
      reader.read(unit(set, IDR));
    }
    expect(reader.config!.length).toBeGreaterThan(14_000);
    expect(reader.config!.length).toBeLessThan(17_000);
  });

  test('units with start codes are taken where lengths do not add up', () => {
    const { data, key } = configured().read(annexB(fromHex('09f0'), sps, pps, fromHex('658884')));
    expect(toHex(data)).toBe(toHex(unit(fromHex('658884'))));
    expect(key).toBe(true);
  });

  test('a config with bytes behind its sets, or that ends within one, is put right', () => {
    const long = concatBytes([avcC, new Uint8Array(60_000)]);
    expect(toHex(new H264Reader().configure(long)!)).toBe(toHex(avcC));
    const [main] = avcCases.filter(({ name }) => name === 'Main');
    const cut = main!.bytes.with(main!.bytes.length - 8, 2);
    expect(toHex(new H264Reader().configure(cut)!)).toBe(toHex(main!.bytes));
  });

  test('sets with start codes come to those of the config', () => {
    const reader = configured();
    expect(toHex(reader.configure(annexB(otherSps, otherPps))!)).toBe(toHex(other));
    expect(toHex(reader.configure(avcC)!)).toBe(toHex(avcC));
  });

  test('the config stays in force while another one is not whole', () => {
    const reader = configured();
    expect(reader.configure(fromHex('0164001fffe000'))).toBeUndefined();
    expect(toHex(reader.config!)).toBe(toHex(avcC));
    expect(reader.read(unit(sps, pps, IDR)).config).toBeUndefined();
  });

  test('a unit with nothing whole in it is damaged', () => {
    const reader = configured();
    expect(reader.read(fromHex('ffffffff 41'))).toEqual({ data: new Uint8Array(0), key: false, damaged: true });
    expect(reader.read(unit(SLICE)).key).toBe(false);
    expect(reader.read(unit(sps, pps))).not.toHaveProperty('damaged');
  });

  test('what is no avcC is refused', () => {
    expect(() => new H264Reader().configure(fromHex('0264001fffe100'))).toThrow(ProtocolError);
    expect(() => new H264Reader().configure(fromHex('0164'))).toThrow(ProtocolError);
  });

  test('an avcC that is cut off gives the sets that are whole', () => {
    const reader = new H264Reader();
    expect(reader.configure(avcC.subarray(0, 40))).toBeUndefined();
    expect(toHex(reader.read(unit(pps, IDR)).config!)).toBe(toHex(avcC));
  });
});
