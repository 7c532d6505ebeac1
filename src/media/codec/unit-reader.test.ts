import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../bytes/hex.ts';
import { H264Reader } from './h264-reader.ts';
import { H265Reader } from './h265-reader.ts';
import { parameterSetsOf, toInBand } from './in-band.ts';
import { nalsOf } from './nal.ts';
import { avcUnitCases, hevcUnitCases } from './unit-cases.ts';

describe.each([
  { codec: 'h264', cases: avcUnitCases, make: () => new H264Reader() },
  { codec: 'h265', cases: hevcUnitCases, make: () => new H265Reader() },
] as const)('an access unit of $codec', ({ codec, cases, make }) => {
  test.each(cases)('is read: $name', ({ bytes, value }) => {
    const reader = make();
    const { data, key, config } = reader.read(bytes);
    expect({ key, data: toHex(data), ...(config && { config: toHex(config) }) }).toEqual(value);
    expect(reader.read(data)).toEqual({ data, key });
  });

  test.each(cases.filter(({ value }) => value.config))('is written with its sets in it: $name', ({ value }) => {
    const inBand = toInBand(codec, fromHex(value.config!), fromHex(value.data));
    const { data, config } = make().read(inBand);
    expect([toHex(config!), toHex(data)]).toEqual([value.config, value.data]);
  });

  test.each(cases)('is nothing else wherever it is cut off: $name', ({ bytes, value }) => {
    const whole = nalsOf(fromHex(value.data)).map(toHex);
    for (let length = 0; length < bytes.length; length++) {
      const { data, key } = make().read(bytes.subarray(0, length));
      if (key) expect(value.key).toBe(true);
      const read = nalsOf(data).map(toHex);
      for (const nal of read.slice(0, -1)) expect(whole).toContain(nal);
      const last = read.at(-1) ?? '';
      expect(whole.some((nal) => nal.startsWith(last))).toBe(true);
    }
  });
});

test('SEI for the whole stream goes in band behind the parameter sets', () => {
  const { config } = hevcUnitCases[0]!.value;
  const sei = '4e01900403e8019080';
  const withSei = fromHex(`${config!.slice(0, 44)}04${config!.slice(46)}2700010009${sei}`);
  const types = parameterSetsOf('h265', withSei).map((nal) => nal[0]! >> 1);
  expect(types).toEqual([32, 33, 34, 39]);
  expect(toHex(toInBand('h265', withSei, new Uint8Array(0)))).toContain(`00000001${sei}`);
});
