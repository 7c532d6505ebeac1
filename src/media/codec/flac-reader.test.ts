import { describe, expect, test } from 'vitest';
import { concatBytes } from '../bytes/bytes.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { flacConfigCases } from './audio-cases.ts';
import { flacFrameCases } from './audio-frame-cases.ts';
import { crc16, crc8 } from './crc.ts';
import { parseFlacConfig } from './flac.ts';
import { parseFlacHeader, splitFlac } from './flac-frame.ts';
import { FlacReader } from './flac-reader.ts';

/** A header with its checksum. */
function header(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  return concatBytes([bytes, Uint8Array.of(crc8(bytes, 0, bytes.length))]);
}

/** A frame of silence with this header: constant subframes of 16 bits, and the checksum. */
function frame(hex: string, subframes = '000000 000000'): Uint8Array {
  const bytes = concatBytes([header(hex), fromHex(subframes)]);
  const crc = bytes.reduce(crc16, 0);
  return concatBytes([bytes, Uint8Array.of(crc >> 8, crc)]);
}

const SILENCE = frame('fff8 ca 18 00');

describe('frames of FLAC', () => {
  test.each(flacFrameCases)('are read: $name', ({ bytes, value }) => {
    const reader = new FlacReader();
    reader.configure(fromHex(value.config));
    const units = reader.read(bytes);
    expect(units.map(({ samples, config }) => [samples, config])).toEqual(value.samples.map((n) => [n, undefined]));
    expect(toHex(concatBytes(units.map(({ data }) => data)))).toBe(toHex(bytes));
  });

  test.each(flacFrameCases)('are told from each other: $name', ({ bytes, value }) => {
    const twice = splitFlac(concatBytes([bytes, bytes]));
    expect(twice.map(({ header: { samples } }) => samples)).toEqual([...value.samples, ...value.samples]);
  });

  test.each(flacFrameCases)('are left out while they are not whole: $name', ({ bytes }) => {
    const ends = new Set<number>([0]);
    let end = 0;
    for (const { data } of splitFlac(bytes)) ends.add((end += data.length));
    for (let length = 0; length < bytes.length; length++) {
      const read = splitFlac(bytes.subarray(0, length)).reduce((sum, { data }) => sum + data.length, 0);
      expect(read).toBe(ends.has(length) ? length : 0);
    }
  });

  test.each(flacFrameCases)('are left out with any byte changed: $name', ({ bytes }) => {
    for (let at = 0; at < bytes.length; at++) {
      expect(splitFlac(bytes.with(at, bytes[at]! ^ 0x10))).not.toHaveLength(splitFlac(bytes).length);
    }
  });

  test('go on where their checksum is right in their midst', () => {
    const half = frame('fff8 ca 18 00');
    const whole = frame('fff8 ca 18 00', toHex(half.subarray(6)) + 'abcdef');
    expect(whole.subarray(0, half.length)).toEqual(half);
    expect(splitFlac(whole).map(({ data }) => data.length)).toEqual([whole.length]);
  });

  test('are more than a header', () => {
    const right = fromHex('fff8c61ce0b9bbbb');
    expect(right.reduce(crc16, 0)).toBe(0);
    expect(parseFlacHeader(right)).toBeDefined();
    expect(splitFlac(concatBytes([right, SILENCE]))).toHaveLength(1);
  });

  test('are no more than belong into a message', () => {
    expect(splitFlac(concatBytes(Array.from({ length: 300 }, () => SILENCE)))).toHaveLength(256);
  });
});

describe('the header of a frame of FLAC', () => {
  test.each([
    ['fff8 1a 18 00', { samples: 192, sampleRate: 48_000, channels: 2, bitDepth: 16 }],
    ['fff8 29 0c 00', { samples: 576, sampleRate: 44_100, channels: 1, bitDepth: 24 }],
    ['fff8 5b 7a 00', { samples: 4608, sampleRate: 96_000, channels: 8, bitDepth: 20 }],
    ['fff8 81 88 00', { samples: 256, sampleRate: 88_200, channels: 2, bitDepth: 16 }],
    ['fff8 f3 a4 00', { samples: 32_768, sampleRate: 192_000, channels: 2, bitDepth: 12 }],
    ['fff8 c4 92 00', { samples: 4096, sampleRate: 8000, channels: 2, bitDepth: 8 }],
    ['fff8 ca 1e 00', { samples: 4096, sampleRate: 48_000, channels: 2, bitDepth: 32 }],
    ['fff8 6a 18 00 00', { samples: 1, sampleRate: 48_000 }],
    ['fff8 7a 18 00 fffe', { samples: 65_535, sampleRate: 48_000 }],
    ['fff8 6c 18 00 ff 10', { samples: 256, sampleRate: 16_000 }],
    ['fff8 cd 18 00 5622', { samples: 4096, sampleRate: 22_050 }],
    ['fff8 ce 18 00 1194', { samples: 4096, sampleRate: 45_000 }],
    ['fff9 ca 18 fe8080808080 80', { samples: 4096, variable: true, length: 12 }],
    ['fff8 ca 18 c280', { length: 7, variable: false }],
  ])('%s is read', (hex, value) => {
    expect(parseFlacHeader(header(hex))).toMatchObject(value);
  });

  test('leaves rate and depth to the config', () => {
    expect(parseFlacHeader(header('fff8 c0 10 00'))).toEqual({
      samples: 4096,
      channels: 2,
      variable: false,
      length: 6,
    });
  });

  test.each([
    ['no sync code', 'fff0 ca 18 00'],
    ['the sync code of MPEG audio', 'fffb ca 18 00'],
    ['a reserved size of blocks', 'fff8 0a 18 00'],
    ['65 536 samples', 'fff8 7a 18 00 ffff'],
    ['a forbidden rate', 'fff8 cf 18 00'],
    ['a rate of 0', 'fff8 cc 18 00 00'],
    ['reserved channels', 'fff8 ca b8 00'],
    ['a reserved depth', 'fff8 ca 16 00'],
    ['a reserved bit', 'fff8 ca 19 00'],
    ['a number that goes on from nothing', 'fff8 ca 18 80'],
    ['a number of eight bytes', 'fff8 ca 18 ff80808080808080'],
    ['a number whose end is not there', 'fff8 ca 18 c200'],
  ])('with %s is none', (_, hex) => {
    expect(parseFlacHeader(header(hex))).toBeUndefined();
  });

  test('with another checksum, or cut off, is none', () => {
    const right = header('fff8 7e 18 c280 0fff 1194');
    expect(parseFlacHeader(right)).toMatchObject({ samples: 4096, sampleRate: 45_000 });
    expect(parseFlacHeader(right.with(right.length - 1, right.at(-1)! ^ 1))).toBeUndefined();
    for (let length = 0; length < right.length; length++) {
      expect(parseFlacHeader(right.subarray(0, length))).toBeUndefined();
    }
  });
});

describe('a reader of FLAC', () => {
  test('makes a config of the frames where none was sent', () => {
    const reader = new FlacReader();
    const [unit] = reader.read(SILENCE);
    expect(toHex(unit!.config!)).toBe(toHex(flacConfigCases[1]!.bytes));
    expect(reader.config).toBe(unit!.config);
    expect(reader.read(SILENCE)).toEqual([{ data: SILENCE, samples: 4096 }]);
  });

  test('makes room for every size where blocks differ', () => {
    const reader = new FlacReader();
    reader.read(frame('fff9 ca 18 00'));
    expect(parseFlacConfig(reader.config!)).toMatchObject({ minBlock: 16, maxBlock: 65_535 });
  });

  test('leaves out frames that count on a config which did not come', () => {
    const reader = new FlacReader();
    expect(reader.read(frame('fff8 c0 18 00'))).toEqual([]);
    reader.configure(flacConfigCases[1]!.bytes);
    expect(reader.read(frame('fff8 c0 10 00'))).toHaveLength(1);
  });

  test('believes frames more than the config', () => {
    const reader = new FlacReader();
    reader.configure(flacConfigCases[1]!.bytes);
    const [unit] = reader.read(frame('fff8 c9 18 00'));
    expect(parseFlacConfig(unit!.config!)).toMatchObject({ sampleRate: 44_100, channels: 2, bitDepth: 16 });
    const [larger] = reader.read(frame('fff8 d9 18 00'));
    expect(parseFlacConfig(larger!.config!)).toMatchObject({ minBlock: 8192, maxBlock: 8192 });
    expect(reader.read(frame('fff8 c9 18 01'))[0]).not.toHaveProperty('config');
  });

  test('keeps the config as it came, once', () => {
    const reader = new FlacReader();
    const { bytes } = flacConfigCases[1]!;
    expect(reader.configure(bytes)).toEqual(bytes);
    expect(reader.configure(bytes.slice())).toBeUndefined();
    expect(reader.config).toEqual(bytes);
  });
});
