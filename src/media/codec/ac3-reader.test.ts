import { describe, expect, test } from 'vitest';
import { concatBytes } from '../bytes/bytes.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { Ac3Reader, parseAc3Frame } from './ac3-reader.ts';
import { ac3FrameCases } from './audio-frame-cases.ts';

/** A header with these bytes from the sizes on. */
const header = (hex: string): Uint8Array => fromHex(`0b770000${hex}`);

describe('a syncframe of AC-3', () => {
  test.each(ac3FrameCases)('is read: $name', ({ bytes, value }) => {
    const reader = new Ac3Reader();
    const units = reader.read(bytes);
    expect(units.map(({ samples, config, data }) => [samples, config && toHex(config), data.length])).toEqual([
      [1536, value.config, bytes.length],
    ]);
    expect(toHex(reader.config!)).toBe(value.config);
  });

  test.each(ac3FrameCases)('is left out while it is not whole: $name', ({ bytes }) => {
    for (let length = 0; length < bytes.length; length++) {
      expect(new Ac3Reader().read(bytes.subarray(0, length))).toEqual([]);
    }
  });

  test.each([
    ['004040', 128],
    ['244040', 2560],
    ['254040', 2560],
    ['404040', 138],
    ['414040', 140],
    ['644040', 2786],
    ['654040', 2788],
    ['804040', 192],
    ['a44040', 3840],
  ])('has, with the sizes of %s, %i bytes', (hex, length) => {
    expect(parseAc3Frame(header(hex))?.length).toBe(length);
  });

  test('has one of nineteen bit rates, which grow in steps of 8 kbit/s and more', () => {
    const lengths = Array.from({ length: 19 }, (_, code) => {
      return parseAc3Frame(header(`${(code * 2).toString(16).padStart(2, '0')}4040`))!.length;
    });
    // At 48 kHz a frame lasts 32 ms, so 1 kbit/s makes 4 bytes.
    const steps = lengths.map((length, index) => (length - (lengths[index - 1] ?? 0)) / (8 * 4));
    expect(steps).toEqual([4, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 8, 8, 8, 8, 8, 8]);
  });

  test('has its mark of low frequencies behind what the channels need', () => {
    const marks = ['10', '30', '44', '64', '84', 'a1', 'c4', 'e1'];
    for (const [acmod, byte] of marks.entries()) {
      expect(parseAc3Frame(header(`0040${byte}`))?.config).toMatchObject({ acmod, lfe: true });
      const without = (acmod << 5).toString(16).padStart(2, '0');
      expect(parseAc3Frame(header(`0040${without}`))?.config).toMatchObject({ acmod, lfe: false });
    }
  });

  test.each([
    ['no sync word', '0b76000000 4040'],
    ['a reserved rate', '0b770000c0 4040'],
    ['a size that is none', '0b77000026 4040'],
    ['the bsid of E-AC-3', '0b77000000 5840'],
    ['six bytes', '0b77000000 40'],
  ])('is none with %s', (_, hex) => {
    expect(parseAc3Frame(fromHex(hex))).toBeUndefined();
  });
});

describe('a reader of AC-3', () => {
  const { bytes } = ac3FrameCases[0]!;
  const other = ac3FrameCases[1]!.bytes;

  test('gives each frame of a message, and what is new with them', () => {
    const reader = new Ac3Reader();
    const units = reader.read(concatBytes([bytes, bytes, other, other.subarray(0, 9)]));
    expect(units.map(({ data, config }) => [data.length, config !== undefined])).toEqual([
      [bytes.length, true],
      [bytes.length, false],
      [other.length, true],
    ]);
  });

  test('takes another bit rate for no news', () => {
    const reader = new Ac3Reader();
    reader.read(bytes);
    const faster = new Uint8Array(bytes.length * 2);
    faster.set(bytes);
    faster[4] = (bytes[4]! & 0xc0) | 8; // twice the rate of 32 kbit/s
    expect(reader.read(faster)).toEqual([{ data: faster, samples: 1536 }]);
  });

  test('takes the config of a container, and stays with it', () => {
    const reader = new Ac3Reader();
    const config = fromHex(ac3FrameCases[0]!.value.config);
    expect(reader.configure(config)).toEqual(config);
    expect(reader.configure(config)).toBeUndefined();
    expect(reader.read(bytes)[0]).not.toHaveProperty('config');
  });
});
