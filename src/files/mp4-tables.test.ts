import { describe, expect, test } from 'vitest';
import { concatBytes } from '../media/bytes/bytes.ts';
import { fromHex } from '../media/bytes/hex.ts';
import { checkMp4Tables } from './mp4-tables.ts';

function box(type: string, ...content: Uint8Array[]): Uint8Array {
  const body = concatBytes(content);
  const head = new Uint8Array(8);
  new DataView(head.buffer).setUint32(0, 8 + body.length);
  head.set(new TextEncoder().encode(type), 4);
  return concatBytes([head, body]);
}

const within =
  (...path: string[]) =>
  (inner: Uint8Array): Uint8Array =>
    path.reduceRight((content, type) => box(type, content), inner);
const movie = within('moov', 'trak', 'mdia', 'minf', 'stbl');
const fragment = within('moof', 'traf');

describe('tables of samples', () => {
  test.each([
    ['stts', movie(box('stts', fromHex('00000000 00000002 00000600 00000001 00000600 00000001'))), 0xc00],
    ['ctts', movie(box('ctts', fromHex('00000000 00000001 fffffff0 00000000'))), 0xffff_fff0],
    ['stsz', movie(box('stsz', fromHex('00000000 00000000 7fffffff'))), 0x7fff_ffff],
    ['trun', fragment(box('trun', fromHex('00000000 10000000'))), 0x1000_0000],
  ])('%s may say no more than the file can hold', (_type, bytes, samples) => {
    expect(() => checkMp4Tables(bytes, samples)).not.toThrow();
    expect(() => checkMp4Tables(bytes, samples - 1)).toThrow(/promises more than/);
  });

  test('that are cut off, or in boxes whose sizes lie, end the search and nothing else', () => {
    const whole = movie(box('stts', fromHex('00000000 00000001 00000010 00000001')));
    for (let length = 0; length <= whole.length; length++) {
      const bytes = whole.slice(0, length);
      for (let at = 0; at < length; at += 4) {
        for (const size of [0, 7, 9, 0xffff_ffff]) {
          const lying = bytes.slice();
          if (at + 4 <= length) new DataView(lying.buffer).setUint32(at, size);
          try {
            checkMp4Tables(lying, 1000);
          } catch (error) {
            expect(error).toMatchObject({ code: 'limit-exceeded' });
          }
        }
      }
    }
  });
});
