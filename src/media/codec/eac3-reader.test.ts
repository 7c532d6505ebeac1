import { describe, expect, test } from 'vitest';
import { concatBytes } from '../bytes/bytes.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { eac3Frame, eac3FrameCases } from './audio-frame-cases.ts';
import { eac3, parseEac3Config } from './eac3.ts';
import { parseEac3Frame } from './eac3-frame.ts';
import { Eac3Reader, splitEac3 } from './eac3-reader.ts';

const find = (name: string): Uint8Array => eac3FrameCases.find((one) => one.name === name)!.bytes;
const config = (reader: Eac3Reader): string => toHex(reader.config!);

describe('access units of E-AC-3', () => {
  test.each(eac3FrameCases)('are read: $name', ({ bytes, value }) => {
    const reader = new Eac3Reader();
    const units = reader.read(bytes);
    expect(units.map(({ samples }) => samples)).toEqual(value.samples);
    expect(toHex(concatBytes(units.map(({ data }) => data)))).toBe(toHex(bytes));
    expect(config(reader)).toBe(value.config);
    expect(units.map((unit) => unit.config !== undefined)).toEqual(value.samples.map((_, index) => index === 0));
  });

  test.each(eac3FrameCases)('are left out as far as they are not whole: $name', ({ bytes }) => {
    const ends = new Set([0]);
    for (let end = 0; end < bytes.length;) ends.add((end += parseEac3Frame(bytes, end)!.length));
    for (let length = 0; length < bytes.length; length++) {
      const read = splitEac3(bytes.subarray(0, length)).reduce((sum, { data }) => sum + data.length, 0);
      expect(read).toBe(Math.max(...[...ends].filter((end) => end <= length)));
    }
  });

  test('begin with the programme that is heard', () => {
    const rear = find('7.1').subarray(find('5.1').length);
    expect(splitEac3(concatBytes([rear, find('7.1')])).map(({ frames }) => frames.length)).toEqual([2]);
    expect(splitEac3(rear)).toEqual([]);
  });

  test('have no more frames than can be told apart', () => {
    const first = find('5.1');
    const more = Array.from({ length: 100 }, () => eac3Frame({ type: 1, bits: '00 11 010 0 10000' }));
    const [unit, ...others] = splitEac3(concatBytes([first, ...more]));
    expect([unit?.frames.length, others.length]).toEqual([72, 0]);
    const reader = new Eac3Reader();
    reader.read(concatBytes([first, ...more]));
    expect(parseEac3Config(reader.config!).substreams).toMatchObject([{ dependents: 15, lfe: true, acmod: 7 }]);
  });

  test('are no more than belong into a message', () => {
    const frames = Array.from({ length: 300 }, () => eac3Frame({ words: 4, bits: '00 11 010 0 10000' }));
    expect(splitEac3(concatBytes(frames))).toHaveLength(256);
  });
});

describe('a syncframe of E-AC-3', () => {
  test.each([
    ['no sync word', '0b76003f34872000'],
    ['a reserved type', '0b77c00334872000'],
    ['a reserved rate', '0b770003f4872000'],
    ['the bsid of AC-3', '0b77000334472000'],
    ['a bsid of the future', '0b770003348f2000'],
    ['a length below that of its header', '0b77000134872000'],
    ['a length beyond the end', '0b77000434872000'],
    ['five bytes', '0b77000334'],
  ])('is none with %s', (_, hex) => {
    expect(parseEac3Frame(fromHex(hex))).toBeUndefined();
  });

  test('knows its rate, length and channels', () => {
    expect(parseEac3Frame(find('half of a rate'))).toMatchObject({ sampleRate: 24_000, samples: 1536, length: 128 });
    expect(parseEac3Frame(find('one block, with its share of the mixing'))).toMatchObject({ samples: 256, acmod: 1 });
    expect(parseEac3Frame(fromHex('0b77000334872000'))).toMatchObject({ length: 8, acmod: 2, lfe: false, bsid: 16 });
  });
});

describe('a reader of E-AC-3', () => {
  test('takes for news what a decoder must know', () => {
    const reader = new Eac3Reader();
    const said = ['5.1', '7.1', '7.1', 'half of a rate', '5.1'].map((name) => reader.read(find(name))[0]!.config);
    expect(said.map((bytes) => bytes && eac3.describe(bytes).channels)).toEqual([6, 8, undefined, 2, 6]);
  });

  test('takes for no news a bit rate, and objects that are not spoken of in every frame', () => {
    const reader = new Eac3Reader();
    const [first, second] = [find('objects'), eac3Frame({ words: 200, bits: '00 11 111 1 10000 11111 0 0 0 0' })];
    expect(toHex(reader.read(first)[0]!.config!)).toBe('0100200f000110');
    expect(reader.read(second)[0]).not.toHaveProperty('config');
    expect(config(reader)).toBe('0100200f000110');
  });

  test('hears of objects later, too', () => {
    const reader = new Eac3Reader();
    reader.read(find('5.1'));
    expect(toHex(reader.read(find('objects'))[0]!.config!)).toBe('0100200f000110');
  });

  test('takes the config of a container, and stays with it', () => {
    const reader = new Eac3Reader();
    expect(toHex(reader.configure(fromHex('0c00200f00'))!)).toBe('0c00200f00');
    expect(reader.configure(fromHex('0c00200f00'))).toBeUndefined();
    expect(reader.read(find('5.1'))[0]).not.toHaveProperty('config');
  });
});
