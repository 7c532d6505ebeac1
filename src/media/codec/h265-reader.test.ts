import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { nalOf } from './cases.ts';
import { hevcCases } from './h265-cases.ts';
import { parseHevcConfig } from './h265-config.ts';
import { unreadableHevcSps } from './h265-hostile-cases.ts';
import { H265Reader } from './h265-reader.ts';
import { hevcSpsOf } from './h265-sps-cases.ts';

const hvcC = hevcCases[0]!.bytes;
const other = hevcCases[1]!.bytes;
const sets = parseHevcConfig(hvcC);
const [vps, sps, pps] = [sets.vps[0]!, sets.sps[0]!, sets.pps[0]!];
const [otherVps, otherSps, otherPps] = [
  parseHevcConfig(other).vps[0]!,
  parseHevcConfig(other).sps[0]!,
  parseHevcConfig(other).pps[0]!,
];
const AUD = fromHex('460150');
const IDR = fromHex('2801af');
const SLICE = fromHex('0201d0');

function unit(...nals: Uint8Array[]): Uint8Array {
  return Uint8Array.from(nals.flatMap((nal) => [0, 0, nal.length >> 8, nal.length & 0xff, ...nal]));
}

function annexB(...nals: Uint8Array[]): Uint8Array {
  return Uint8Array.from(nals.flatMap((nal) => [0, 0, 0, 1, ...nal]));
}

function configured(): H265Reader {
  const reader = new H265Reader();
  reader.configure(hvcC);
  return reader;
}

describe('the H.265 reader', () => {
  test('keeps what an hvcC says', () => {
    expect(toHex(new H265Reader().configure(hvcC)!)).toBe(toHex(hvcC));
  });

  test('the same config again is no news', () => {
    expect(configured().configure(hvcC.slice())).toBeUndefined();
  });

  test('an hvcC with another profile than its SPS, or with sets that are not complete, is put right', () => {
    const reader = new H265Reader();
    const wrong = hvcC
      .with(1, 0x7f)
      .with(12, 0)
      .with(23, hvcC[23]! & 0x7f);
    expect(toHex(reader.configure(wrong)!)).toBe(toHex(hvcC));
    expect(reader.configure(hvcC)).toBeUndefined();
  });

  test('rewrites an hvcC and its units for other lengths', () => {
    const reader = new H265Reader();
    const short = hvcC.with(21, hvcC[21]! - 2);
    expect(toHex(reader.configure(short)!)).toBe(toHex(hvcC));
    expect(toHex(reader.read(fromHex('0003 2801af 0003 0201d0')).data)).toBe(toHex(unit(IDR, SLICE)));
    expect(reader.configure(short.slice())).toBeUndefined();
  });

  test('takes parameter sets with start codes for a config', () => {
    expect(toHex(new H265Reader().configure(annexB(vps, sps, pps))!)).toBe(toHex(hvcC));
  });

  test('a config without parameter sets waits for them in the units', () => {
    const reader = new H265Reader();
    expect(reader.configure(hvcC.subarray(0, 23).with(22, 0))).toBeUndefined();
    expect(reader.config).toBeUndefined();
    expect(reader.read(unit(vps, sps)).config).toBeUndefined();
    expect(toHex(reader.read(unit(pps, IDR)).config!)).toBe(toHex(hvcC));
  });

  test('gives the bytes themselves where nothing has to change', () => {
    const bytes = unit(IDR, SLICE);
    expect(configured().read(bytes).data).toBe(bytes);
  });

  test('pictures of the types 16 to 21 are key, and no others', () => {
    const reader = configured();
    const keys = Array.from({ length: 64 }, (_, type) => type).filter(
      (type) => reader.read(unit(Uint8Array.of(type << 1, 0x01, 0xd0))).key,
    );
    expect(keys).toEqual([16, 17, 18, 19, 20, 21]);
  });

  test('strips delimiters and parameter sets, and keeps all else byte for byte', () => {
    const prefixSei = fromHex('4e01 05 02 aabb 80');
    const suffixSei = fromHex('5001 84 01 cc 80');
    const filler = fromHex('4c01ff80');
    const end = fromHex('4801');
    const { data, config } = configured().read(unit(AUD, vps, sps, pps, prefixSei, IDR, suffixSei, filler, end));
    expect(toHex(data)).toBe(toHex(unit(prefixSei, IDR, suffixSei, filler, end)));
    expect(config).toBeUndefined();
  });

  test('leaves out other layers and what has no header', () => {
    const { data, key } = configured().read(unit(fromHex('28'), fromHex('2809af'), fromHex('2901af'), SLICE));
    expect(toHex(data)).toBe(toHex(unit(SLICE)));
    expect(key).toBe(false);
  });

  test('a set of another layer does not replace the one of the base layer', () => {
    const { config, data } = configured().read(
      unit(otherVps.with(1, 9), otherSps.with(1, 9), otherPps.with(1, 9), IDR),
    );
    expect(config).toBeUndefined();
    expect(toHex(data)).toBe(toHex(unit(IDR)));
  });

  test('a set of another layer in the config is passed over', () => {
    const layered = hvcC.slice();
    layered[layered.length - pps.length + 1]! |= 8;
    expect(new H265Reader().configure(layered)).toBeUndefined();
  });

  test('a new config starts over, and is not touched by what becomes of its bytes', () => {
    const reader = configured();
    reader.read(unit(fromHex('44016bff'), IDR));
    const sei = fromHex('5001840233cc80');
    const bytes = Uint8Array.of(...other.with(22, other[22]! + 1), 0x28, 0, 1, 0, sei.length, ...sei);
    expect(toHex(reader.configure(bytes)!)).toBe(toHex(bytes));
    const before = toHex(bytes);
    bytes.fill(0xff);
    expect(toHex(reader.read(unit(sps, IDR)).config!)).toContain(toHex(sei));
    expect(toHex(reader.read(unit(otherSps, IDR)).config!)).toBe(before);
  });

  test('a set may be replaced for ever', () => {
    const reader = configured();
    for (let i = 0; i < 100; i++) {
      const set = new Uint8Array(2000).fill(0xaa).with(1999, i);
      set.set([0x44, 0x01, 0x6b]);
      const picture = new Uint8Array(8000).fill(0x28).with(1, 1);
      expect(reader.read(unit(set, picture)).config?.at(-1)).toBe(i);
    }
  });

  test('is empty where nothing else was in it', () => {
    expect(configured().read(unit(AUD, vps, sps, pps)).data).toHaveLength(0);
    expect(configured().read(new Uint8Array(0)).data).toHaveLength(0);
  });

  test('a set with a known id replaces the one before', () => {
    const reader = configured();
    const { config } = reader.read(unit(otherVps, otherSps, otherPps, IDR));
    expect(toHex(config!)).toBe(toHex(other));
    expect(reader.read(unit(otherVps, otherSps, otherPps, IDR)).config).toBeUndefined();
    expect(toHex(reader.read(unit(vps, sps, pps, IDR)).config!)).toBe(toHex(hvcC));
  });

  test('the first config again is news after another one in the units', () => {
    const reader = configured();
    reader.read(unit(otherVps, otherSps, otherPps, IDR));
    expect(toHex(reader.configure(hvcC)!)).toBe(toHex(hvcC));
  });

  test('sets alone wait for the next picture', () => {
    const reader = configured();
    expect(reader.read(unit(otherVps, otherSps, otherPps))).toMatchObject({ data: new Uint8Array(0) });
    expect(toHex(reader.config!)).toBe(toHex(hvcC));
    expect(toHex(reader.read(unit(SLICE)).config!)).toBe(toHex(other));
  });

  test('the SPS of the key picture comes first', () => {
    const reader = configured();
    const second = hevcSpsOf({ id: 'ue:7' });
    const secondPps = nalOf([0x44, 0x01], 'ue:1 ue:7 1010');
    const idr = nalOf([0x28, 0x01], '1 0 ue:1 1010');
    const firstIn = (config: Uint8Array): string => toHex(parseHevcConfig(config).sps[0]!);
    expect(firstIn(reader.read(unit(second, secondPps, SLICE)).config!)).toBe(toHex(sps));
    expect(firstIn(reader.read(unit(idr)).config!)).toBe(toHex(second));
    expect(firstIn(reader.read(unit(IDR)).config!)).toBe(toHex(sps));
  });

  test('a set with another id is added', () => {
    const second = fromHex('44016bff'); // id 2
    const layers = `${'11'.repeat(6)} 0000 ${'0'.repeat(96 * 6)}`;
    const seventh = hevcSpsOf({ id: 'ue:7', subLayers: 7, layers });
    const config = parseHevcConfig(configured().read(unit(second, seventh, IDR)).config!);
    expect(config.pps.map(toHex)).toEqual([toHex(pps), toHex(second)]);
    expect(config.sps.map(toHex)).toEqual([toHex(sps), toHex(seventh)]);
  });

  test.each([
    ['a PPS without an id', fromHex('440100')],
    ['a PPS with the id 64', fromHex('44010208')],
    ['an SPS with the id 16', hevcSpsOf({ id: 'ue:16' })],
    ['a VPS of two bytes', fromHex('4001')],
    ...unreadableHevcSps.slice(0, 4).map(({ name, bytes }): [string, Uint8Array] => [`an SPS with ${name}`, bytes]),
  ])('%s is passed over', (_, nal) => {
    const { config, data } = configured().read(unit(nal, IDR));
    expect(config).toBeUndefined();
    expect(toHex(data)).toBe(toHex(unit(IDR)));
  });

  test('a set above 4 KiB is above the limit, in the unit and in the config', () => {
    const large = new Uint8Array(4097).fill(0x44).with(1, 1);
    expect(configured().read(unit(large.subarray(0, 4096))).data).toHaveLength(0);
    expect(() => configured().read(unit(large))).toThrow(/more than 4096 bytes/);
    const config = Uint8Array.of(...hvcC.subarray(0, 22), 1, 0xa2, 0, 1, 0x10, 0x01, ...large);
    expect(() => new H265Reader().configure(config)).toThrow(/more than 4096 bytes/);
  });

  test('a flood of sets stays within 16 KiB', () => {
    const reader = configured();
    for (let id = 1; id < 64; id++) {
      const code = (id + 1).toString(2);
      const bits = `${'0'.repeat(code.length - 1)}${code}`.padEnd(24, '1');
      const set = new Uint8Array(2000).fill(0xaa);
      set.set([0x44, 0x01, ...bits.match(/.{8}/g)!.map((eight) => Number.parseInt(eight, 2))]);
      reader.read(unit(set, IDR));
    }
    expect(reader.config!.length).toBeGreaterThan(14_000);
    expect(reader.config!.length).toBeLessThan(17_000);
  });

  test('units with start codes are taken where lengths do not add up', () => {
    const { data, key } = configured().read(annexB(AUD, vps, sps, pps, fromHex('2601af84')));
    expect(toHex(data)).toBe(toHex(unit(fromHex('2601af84'))));
    expect(key).toBe(true);
  });

  test('keeps no more SEI than 8 KiB', () => {
    const sei = new Uint8Array(3000).fill(0xaa);
    sei.set([0x4e, 0x01]);
    const arrays = [
      0x27,
      0,
      4,
      ...Array.from({ length: 4 }, () => [sei.length >> 8, sei.length & 0xff, ...sei]).flat(),
    ];
    const config = new H265Reader().configure(Uint8Array.of(...hvcC.with(22, hvcC[22]! + 1), ...arrays))!;
    expect(parseHevcConfig(config).prefixSei).toHaveLength(2);
  });

  test('keeps SEI for the whole stream in the config, whatever sets come', () => {
    const sei = fromHex('4e01900400640032 80');
    const arrays = [0x27, 0, 1, 0, sei.length, ...sei];
    const reader = new H265Reader();
    const config = reader.configure(Uint8Array.of(...hvcC.with(22, hvcC[22]! + 1), ...arrays))!;
    expect(parseHevcConfig(config).prefixSei.map(toHex)).toEqual([toHex(sei)]);
    const changed = reader.read(unit(otherVps, otherSps, otherPps, IDR)).config!;
    expect(toHex(parseHevcConfig(changed).sps[0]!)).toBe(toHex(otherSps));
    expect(parseHevcConfig(changed).prefixSei.map(toHex)).toEqual([toHex(sei)]);
    expect(parseHevcConfig(reader.configure(hvcC)!).prefixSei).toEqual([]);
  });

  test('gives the captions of all SEI before the picture, which stays as it is', () => {
    const captions = (packet: string): Uint8Array => fromHex(`4e01 04 0e b5 0031 47413934 03 41 ff ${packet} ff 80`);
    const bytes = unit(captions('fc9420'), captions('fd1122'), IDR);
    const read = configured().read(bytes);
    expect(toHex(read.captions!)).toBe('fc9420fd1122');
    expect(read.data).toBe(bytes);
    expect(configured().read(unit(IDR)).captions).toBeUndefined();
  });

  test('what is no hvcC is refused', () => {
    expect(() => new H265Reader().configure(hvcC.with(0, 2))).toThrow(ProtocolError);
    expect(() => new H265Reader().configure(hvcC.subarray(0, 22))).toThrow(ProtocolError);
  });

  test('an hvcC that is cut off anywhere gives the sets that are whole', () => {
    for (let length = 23; length < hvcC.length; length++) {
      const reader = new H265Reader();
      expect(reader.configure(hvcC.subarray(0, length))).toBeUndefined();
      expect(toHex(reader.read(unit(vps, sps, pps, IDR)).config!)).toBe(toHex(hvcC));
    }
  });
});
