import { describe, expect, test } from 'vitest';
import { concatBytes } from '../media/bytes/bytes.ts';
import { fromHex } from '../media/bytes/hex.ts';
import { checkMp4Tables, editsIn } from './mp4-tables.ts';

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

describe('edit lists', () => {
  const list = within('moov', 'trak', 'edts');
  const wait = '000003e8 ffffffff 00010000';
  const part = '000003e8 00000400 00010000';
  const long = '00000000000003e8 0000000000000400 00010000';
  test.each([
    ['none', within('moov')(box('mvhd')), 0],
    ['one part', list(box('elst', fromHex(`00000000 00000001 ${part}`))), 1],
    ['one that waits first', list(box('elst', fromHex(`00000000 00000002 ${wait} ${part}`))), 1],
    ['two parts', list(box('elst', fromHex(`00000000 00000002 ${part} ${part}`))), 2],
    ['two parts in 64 bits', list(box('elst', fromHex(`01000000 00000002 ${long} ${long}`))), 2],
    ['more than there are', list(box('elst', fromHex(`00000000 ffffffff ${part}`))), 1],
  ])('with %s', (_name, bytes, parts) => {
    expect(editsIn(bytes)).toBe(parts);
  });
});
