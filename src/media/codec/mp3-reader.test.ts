import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { concatBytes } from '../bytes/bytes.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { mp3FrameCases } from './audio-frame-cases.ts';
import { Mp3Reader } from './mp3-reader.ts';

const FRAME = mp3FrameCases[0]!.bytes;

describe('a reader of MPEG audio', () => {
  test.each(mp3FrameCases)('reads $name', ({ bytes, value }) => {
    const reader = new Mp3Reader();
    const units = reader.read(bytes);
    expect(units.map(({ samples }) => samples)).toEqual(value.samples);
    expect(toHex(concatBytes(units.map(({ data }) => data)))).toBe(toHex(bytes));
    expect(units.map(({ config }) => config && toHex(config))).toEqual([value.config, ...Array(units.length - 1)]);
  });

  test.each(mp3FrameCases)('passes on what is there of $name', ({ bytes }) => {
    for (let length = 0; length < bytes.length; length++) {
      const read = new Mp3Reader().read(bytes.subarray(0, length)).reduce((sum, { data }) => sum + data.length, 0);
      expect(read).toBe(length < 4 ? 0 : length);
    }
  });

  test('keeps a frame together with what is behind it and no header', () => {
    const bytes = concatBytes([FRAME, fromHex('00112233')]);
    expect(new Mp3Reader().read(bytes).map(({ data }) => data)).toEqual([bytes]);
  });

  test('takes all for one frame where its bit rate is free', () => {
    const free = FRAME.with(2, FRAME[2]! & 0x0f);
    expect(new Mp3Reader().read(concatBytes([free, FRAME]))).toHaveLength(1);
  });

  test('takes what has no header for nothing', () => {
    expect(new Mp3Reader().read(fromHex('00112233'))).toEqual([]);
  });

  test('gives no more than belongs into a message', () => {
    expect(new Mp3Reader().read(concatBytes(Array.from({ length: 300 }, () => FRAME)))).toHaveLength(256);
  });

  test('hears of another rate in the midst of a message', () => {
    const configs = new Mp3Reader().read(concatBytes([FRAME, mp3FrameCases[2]!.bytes])).map(({ config }) => config);
    expect(configs.map((config) => config && toHex(config))).toEqual(['fff304c0', 'fffb0000', undefined]);
  });

  test('takes the header of a frame for a config, and nothing else', () => {
    const reader = new Mp3Reader();
    expect(toHex(reader.configure(FRAME)!)).toBe('fff304c0');
    expect(reader.read(FRAME)[0]).not.toHaveProperty('config');
    expect(() => reader.configure(fromHex('00112233'))).toThrow(ProtocolError);
  });
});
