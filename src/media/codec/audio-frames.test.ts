import { describe, expect, test } from 'vitest';
import { concatBytes } from '../bytes/bytes.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { isAdts, parseAdts, splitAdts } from './adts.ts';
import { mp3Config, parseMpegAudio } from './mp3.ts';

/** AAC-LC, 44.1 kHz, stereo, as FFmpeg writes ADTS. */
const FRAME = fromHex('fff15080 015ffc 211004');

describe('ADTS', () => {
  test('becomes a raw frame and an AudioSpecificConfig', () => {
    const frame = parseAdts(FRAME)!;
    expect({ ...frame, config: toHex(frame.config), data: toHex(frame.data) }).toEqual({
      config: '1210',
      channelConfig: 2,
      data: '211004',
      blocks: 1,
      length: 10,
    });
  });

  test('with a checksum has a longer header', () => {
    const withCrc = fromHex('fff05080 019ffc abcd 211004');
    expect(toHex(parseAdts(withCrc)!.data)).toBe('211004');
  });

  test('knows the lowest rate', () => {
    expect(toHex(parseAdts(fromHex('fff17080 015ffc 211004'))!.config)).toBe('1610');
  });

  test('is split into its frames', () => {
    const two = concatBytes([FRAME, FRAME]);
    expect(splitAdts(two).map(({ data }) => toHex(data))).toEqual(['211004', '211004']);
    expect(isAdts(two)).toBe(true);
    expect(splitAdts(concatBytes([FRAME, fromHex('00')]))).toHaveLength(1);
    const many = concatBytes(Array.from({ length: 300 }, () => FRAME));
    expect(splitAdts(many)).toHaveLength(256);
  });

  test.each([
    ['a length below that of its header', 'fff15080 00dffc 211004'],
    ['a length beyond the end', 'fff15080 03fffc 211004'],
    ['a reserved rate', 'fff17480 015ffc 211004'],
    ['the mark of a rate written out', 'fff17c80 015ffc 211004'],
    ['a layer', 'fff75080 015ffc 211004'],
    ['no sync word', 'ffa15080 015ffc 211004'],
    ['too few bytes', 'fff15080 015f'],
  ])('with %s is none', (_, hex) => {
    expect(parseAdts(fromHex(hex))).toBeUndefined();
    expect(splitAdts(fromHex(hex))).toEqual([]);
    expect(isAdts(fromHex(hex))).toBe(false);
  });
});

describe('MPEG audio', () => {
  test.each([
    ['fffb9064', 417, 128_000],
    ['fffb9264', 418, 128_000],
    ['fff340c4', 104, 32_000],
    ['fffd8804', 576, 128_000],
    ['ffff9004', 312, 288_000],
    ['fffb0064', 0, 0],
  ])('a frame with the header %s has %i bytes', (hex, length, bitRate) => {
    expect(parseMpegAudio(fromHex(hex))).toMatchObject({ length, bitRate });
  });

  test('bit rates grow in steps of 8 kbit/s and more', () => {
    const rates = (first: string): number[] =>
      Array.from({ length: 15 }, (_, index) => parseMpegAudio(fromHex(`${first}${index.toString(16)}064`))!.bitRate);
    const steps = (first: string): number[] =>
      rates(first).map((rate, index, all) => (rate - (all[index - 1] ?? 0)) / 8000);
    expect(steps('ffff')).toEqual([0, ...Array<number>(14).fill(4)]);
    expect(steps('fffd')).toEqual([0, 4, 2, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8]);
    expect(steps('fffb')).toEqual([0, 4, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8]);
    expect(steps('fff7')).toEqual([0, 4, 2, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 4, 4]);
    expect(steps('fff5')).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]);
    expect(steps('fff3')).toEqual(steps('fff5'));
  });

  test('the config stays the same while bit rate, padding and joint stereo change', () => {
    for (const hex of ['fffb9064', 'fffba244', 'fffb0004', 'fffa9064']) {
      expect(toHex(mp3Config(fromHex(hex))!)).toBe('fffb0000');
    }
    expect(toHex(mp3Config(fromHex('fffb90c4'))!)).toBe('fffb00c0');
    expect(mp3Config(fromHex('00112233'))).toBeUndefined();
  });
});
