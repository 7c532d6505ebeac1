import { describe, expect, test } from 'vitest';
import { avcCases } from './h264-cases.ts';
import { parseAvcConfig } from './h264-config.ts';
import { hostileSpsCases, spsOf } from './h264-hostile-cases.ts';
import { parseSps } from './h264-sps.ts';

describe('an SPS', () => {
  test.each(hostileSpsCases)('with $name gives what can be known', ({ bytes, value }) => {
    const sps = parseSps(bytes);
    expect(sps).toMatchObject({ level: 30 });
    for (const [name, wanted] of Object.entries(value)) expect(sps?.[name as 'width'], name).toEqual(wanted);
  });

  test('tells of chroma, depth, fields and aspect', () => {
    const of = (name: string): unknown =>
      parseSps(parseAvcConfig(avcCases.find((item) => item.name === name)!.bytes).sps[0]!);
    expect(of('4:4:4')).toMatchObject({ chromaFormat: 3, bitDepthLuma: 8 });
    expect(of('10 bit, cropped to an odd size')).toMatchObject({
      chromaFormat: 1,
      bitDepthLuma: 10,
      bitDepthChroma: 10,
    });
    expect(of('monochrome')).toMatchObject({ chromaFormat: 0 });
    expect(of('interlaced 1080i')).toMatchObject({ interlaced: true, reorder: 2 });
    expect(of('scaling lists, colours and two buffers in the VUI')).toMatchObject({ aspect: [12, 11], reorder: 2 });
    expect(of('an aspect ratio of its own')).toMatchObject({ aspect: [98, 67] });
  });

  test('above 4 KiB is not read at all', () => {
    const long = new Uint8Array(4097);
    long.set(spsOf('ue:0 ue:0 ue:2 ue:1 0 ue:39 ue:22 1 1 0 0'));
    expect(parseSps(long)).toBeUndefined();
    expect(parseSps(long.subarray(0, 4096))).toMatchObject({ width: 640 });
  });

  test('below 4 bytes is not read at all', () => {
    expect(parseSps(Uint8Array.of(0x67, 66, 0))).toBeUndefined();
  });
});
