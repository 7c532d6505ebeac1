import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { concatBytes } from '../bytes/bytes.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { av1Cases, av1UnitCases } from './av1-cases.ts';
import { parseAv1Config } from './av1-config.ts';
import { obuLimits } from './av1-obu.ts';
import { Av1Reader } from './av1-reader.ts';
import { sequenceOf } from './av1-sequence-cases.ts';

const av1C = av1Cases[0]!.bytes;
const sequence = parseAv1Config(av1C).obus;
const other = av1Cases[1]!.bytes;
const otherSequence = parseAv1Config(other).obus;
const KEY = fromHex('3203 10aaaa');
const INTER = fromHex('3203 30bbbb');
const DELIMITER = fromHex('1200');

function configured(): Av1Reader {
  const reader = new Av1Reader();
  reader.configure(av1C);
  return reader;
}

describe('the AV1 reader takes a config', () => {
  test('that is right as it is', () => {
    const reader = new Av1Reader();
    expect(toHex(reader.configure(av1C)!)).toBe(toHex(av1C));
    expect(reader.config).toBeDefined();
  });

  test('once', () => {
    expect(configured().configure(av1C.slice())).toBeUndefined();
  });

  test('that is empty, or without a sequence header, and waits for one in the units', () => {
    const reader = new Av1Reader();
    expect(reader.configure(new Uint8Array(0))).toBeUndefined();
    expect(reader.configure(av1C.subarray(0, 4))).toBeUndefined();
    expect(reader.read(KEY)).toEqual({ data: KEY, key: false });
    const { config, key } = reader.read(concatBytes([sequence, KEY]));
    expect(toHex(config!)).toBe(toHex(av1C));
    expect(key).toBe(true);
  });

  test('of OBUs alone', () => {
    const reader = new Av1Reader();
    expect(toHex(reader.configure(concatBytes([DELIMITER, sequence]))!)).toBe(toHex(av1C));
    expect(reader.configure(av1C)).toBeUndefined();
  });

  test('with metadata behind its sequence header, and keeps that', () => {
    const hdr = concatBytes([av1C, fromHex('2a06 0103e8019080')]);
    expect(toHex(new Av1Reader().configure(hdr)!)).toBe(toHex(hdr));
  });

  test('that contradicts its sequence header, and puts it right', () => {
    const wrong = concatBytes([av1C.subarray(0, 4).with(1, 0).with(3, 0x19), sequence]);
    const reader = new Av1Reader();
    expect(toHex(reader.configure(wrong)!)).toBe(toHex(av1C.with(3, 0x19)));
    expect(reader.configure(wrong.slice())).toBeUndefined();
  });

  test('with OBUs without sizes or cut off, and puts it right', () => {
    const unsized = concatBytes([av1C.subarray(0, 4), fromHex('08'), sequence.subarray(2)]);
    expect(toHex(new Av1Reader().configure(unsized)!)).toBe(toHex(av1C));
    const cut = concatBytes([av1C, fromHex('2a06 0103e8')]);
    expect(toHex(new Av1Reader().configure(cut)!)).toBe(toHex(av1C));
  });

  test('as it is where its sequence header says too little', () => {
    const short = fromHex('81040c00 0a0100');
    expect(toHex(new Av1Reader().configure(short)!)).toBe(toHex(short));
  });

  test('and refuses what is none', () => {
    expect(() => new Av1Reader().configure(fromHex('82040c00'))).toThrow(ProtocolError);
    expect(() => new Av1Reader().configure(fromHex('8104'))).toThrow(ProtocolError);
    const long = concatBytes([fromHex('81040c00'), new Uint8Array(obuLimits.config)]);
    expect(() => new Av1Reader().configure(long)).toThrow(/more than 65536 bytes/);
  });
});

describe('the AV1 reader reads', () => {
  test.each(av1UnitCases)('a real unit: $name', ({ bytes, value }) => {
    const reader = new Av1Reader();
    const { data, key, config } = reader.read(bytes);
    expect({ key, config: config && toHex(config), data: toHex(data) }).toEqual(value);
    expect(reader.read(data)).toEqual({ data, key });
  });

  test('gives the bytes themselves where nothing has to change', () => {
    const bytes = concatBytes([sequence, KEY]);
    expect(configured().read(bytes).data).toBe(bytes);
    expect(configured().read(INTER).data).toBe(INTER);
  });

  test('leaves out delimiters, padding, tile lists, redundant headers and reserved types', () => {
    const metadata = fromHex('2a0504b5003c00');
    const left = ['1200', '7a03000000', '4201ff', '3a0130', '0200', '4a01ff', '72021122'].map(fromHex);
    const unit = concatBytes([...left, sequence, metadata, KEY, ...left, INTER]);
    expect(toHex(configured().read(unit).data)).toBe(toHex(concatBytes([sequence, metadata, KEY, INTER])));
  });

  test('gives an OBU without a size its size', () => {
    const { data, key } = configured().read(concatBytes([sequence, fromHex('30 10aaaa')]));
    expect(toHex(data)).toBe(toHex(concatBytes([sequence, KEY])));
    expect(key).toBe(true);
    expect(toHex(configured().read(fromHex('34 20 30bbbb')).data)).toBe('36200330bbbb');
  });

  test('nothing where there is no frame', () => {
    const reader = new Av1Reader();
    expect(reader.read(new Uint8Array(0)).data).toHaveLength(0);
    expect(reader.read(fromHex('1200')).data).toHaveLength(0);
    const { data, config } = reader.read(concatBytes([DELIMITER, sequence]));
    expect(data).toHaveLength(0);
    expect(toHex(config!)).toBe(toHex(av1C));
  });

  test.each([
    ['a forbidden bit', 'b20310aaaa'],
    ['a size of nine bytes', '32ffffffffffffffff01'],
  ])('what stands before %s, and what comes after the unit', (_, hex) => {
    const reader = configured();
    expect(reader.read(fromHex(hex))).toEqual({ data: new Uint8Array(0), key: false, damaged: true });
    expect(toHex(reader.read(concatBytes([INTER, fromHex(hex)])).data)).toBe(toHex(INTER));
    expect(reader.read(INTER)).toEqual({ data: INTER, key: false });
  });

  test('a frame that is cut off as none', () => {
    expect(configured().read(KEY.subarray(0, 4)).data).toHaveLength(0);
    expect(configured().read(fromHex('32')).data).toHaveLength(0);
  });
});

describe('a key frame', () => {
  test.each([
    ['a frame OBU', '3203 10aaaa', true],
    ['a frame header OBU', '1a0110 2202aaaa', true],
    ['a key frame that is not shown', '3203 00aaaa', false],
    ['an inter frame', '3203 30aaaa', false],
    ['an intra-only frame', '3203 50aaaa', false],
    ['a switch frame', '3203 70aaaa', false],
    ['an existing frame', '1a0190', false],
    ['an empty frame', '3200', false],
    ['a shown frame behind one that is not shown', '3202 00aa 3203 10aaaa', false],
    ['a frame of layers', '360003 10aaaa', true],
  ])('is told from %s', (_, hex, key) => {
    const bytes = concatBytes([sequence, fromHex(hex)]);
    expect(configured().read(bytes).key).toBe(key);
  });

  test('gets the sequence header in front that it came without', () => {
    const { data, key, config } = configured().read(concatBytes([DELIMITER, KEY]));
    expect(toHex(data)).toBe(toHex(concatBytes([sequence, KEY])));
    expect([key, config]).toEqual([true, undefined]);
  });

  test('keeps the sequence header in force before another one behind it', () => {
    const { data, config } = configured().read(concatBytes([KEY, otherSequence]));
    expect(toHex(data)).toBe(toHex(concatBytes([sequence, KEY, otherSequence])));
    expect(toHex(config!)).toBe(toHex(other));
  });

  test('of a still picture needs no type', () => {
    const still = sequenceOf('000 1 1 00100 0111 0111 01111111 01111111 000 000 0 0 0 0 00 0 0');
    const reader = new Av1Reader();
    expect(reader.read(concatBytes([still, fromHex('320180')])).key).toBe(true);
  });
});

describe('a sequence header in a unit', () => {
  test('that is another one changes the config', () => {
    const reader = configured();
    const { config } = reader.read(concatBytes([otherSequence, KEY]));
    expect(toHex(config!)).toBe(toHex(other));
    expect(reader.read(concatBytes([otherSequence, KEY])).config).toBeUndefined();
    expect(toHex(reader.configure(av1C)!)).toBe(toHex(av1C));
  });

  test('that cannot be read changes nothing', () => {
    const reader = configured();
    expect(reader.read(concatBytes([fromHex('0a0100'), KEY])).config).toBeUndefined();
    expect(reader.read(concatBytes([fromHex('0a00'), KEY])).config).toBeUndefined();
    expect(toHex(reader.config!)).toBe(toHex(av1C));
  });

  test('may change as often as its pictures pay for', () => {
    const reader = configured();
    const flood = (): void => {
      for (let i = 0; i < 200; i++) reader.read([otherSequence, sequence][i % 2]!);
    };
    expect(flood).toThrow(expect.objectContaining({ code: 'limit-exceeded' }));
  });

  test('of more than 1 KiB is above the limit', () => {
    const long = concatBytes([fromHex('0a8108'), new Uint8Array(1025)]);
    expect(() => configured().read(long)).toThrow(/more than 1024 bytes/);
    expect(() => new Av1Reader().configure(concatBytes([av1C.subarray(0, 4), long]))).toThrow(/more than 1024 bytes/);
  });

  test('does not change with the bytes it was read from', () => {
    const reader = new Av1Reader();
    const bytes = concatBytes([sequence, KEY]);
    reader.read(bytes);
    bytes.fill(0);
    expect(toHex(reader.config!)).toBe(toHex(av1C));
    expect(toHex(reader.read(KEY).data)).toBe(toHex(concatBytes([sequence, KEY])));
  });
});
