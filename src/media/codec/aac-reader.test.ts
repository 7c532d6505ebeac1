import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { concatBytes } from '../bytes/bytes.ts';
import { fromHex, toHex } from '../bytes/hex.ts';
import { AacReader } from './aac-reader.ts';
import { splitAdts } from './adts.ts';
import { adtsFrameCases } from './audio-frame-cases.ts';

const MONO = adtsFrameCases[1]!.bytes;
const SURROUND = adtsFrameCases[0]!.bytes;
const RAW = fromHex('211004');

function configured(hex: string): AacReader {
  const reader = new AacReader();
  reader.configure(fromHex(hex));
  return reader;
}

describe('AAC with ADTS headers', () => {
  test.each(adtsFrameCases)('is read: $name', ({ bytes, value }) => {
    const reader = new AacReader();
    const units = reader.read(bytes);
    expect(units.map(({ samples }) => samples)).toEqual(value.samples);
    expect(units.map(({ data }) => toHex(data))).toEqual(splitAdts(bytes).map(({ data }) => toHex(data)));
    expect(units.map(({ config }) => config && toHex(config))).toEqual([value.config, ...Array(units.length - 1)]);
    expect(toHex(reader.config!)).toBe(value.config);
  });

  test.each(adtsFrameCases)('is left out where a frame of it is not whole: $name', ({ bytes }) => {
    const ends = splitAdts(bytes).reduce<number[]>((all, { length }) => [...all, all.at(-1)! + length], [0]);
    for (let length = 0; length < bytes.length; length++) {
      expect(new AacReader().read(bytes.subarray(0, length))).toHaveLength(Math.max(0, ends.indexOf(length)));
    }
  });

  test('that changes changes the config', () => {
    const reader = new AacReader();
    const configs = [MONO, SURROUND, SURROUND, MONO].map((bytes) => reader.read(bytes)[0]!.config);
    expect(configs.map((config) => config && toHex(config))).toEqual(['1188', '11b0', undefined, '1188']);
  });

  test('knows less than an AudioSpecificConfig', () => {
    const reader = configured('1210');
    expect(reader.read(MONO)[0]).not.toHaveProperty('config');
    expect(toHex(reader.config!)).toBe('1210');
  });

  test('around another one, or around nothing, is left out', () => {
    const inside = fromHex('fff15080 015ffc 211004');
    expect(new AacReader().read(concatBytes([fromHex('fff15080 023ffc'), inside]))).toEqual([]);
    expect(new AacReader().read(fromHex('fff15080 00fffc'))).toEqual([]);
  });

  test('with several blocks in a frame is left out', () => {
    expect(configured('1210').read(fromHex('fff15080 015ffd 211004'))).toEqual([]);
  });

  test('that tells its channels in a block is left out where no config tells them', () => {
    const inBlock = fromHex('fff15000 015ffc 211004');
    expect(new AacReader().read(inBlock)).toEqual([]);
    expect(configured('1210').read(inBlock)).toHaveLength(1);
  });

  test('may change as often as its sound pays for', () => {
    const reader = new AacReader();
    const [mono, stereo] = [fromHex('fff15040 015ffc 211004'), fromHex('fff15080 015ffc 211004')];
    const flood = concatBytes(Array.from({ length: 128 }, () => [mono, stereo]).flat());
    expect(() => reader.read(flood)).toThrow(expect.objectContaining({ code: 'limit-exceeded' }));
  });

  test('is no more than belongs into a message', () => {
    const frame = fromHex('fff15080 015ffc 211004');
    expect(new AacReader().read(concatBytes(Array.from({ length: 300 }, () => frame)))).toHaveLength(256);
  });
});

describe('AAC without headers', () => {
  test('is a frame a message, once its config is known', () => {
    const reader = new AacReader();
    expect(reader.read(RAW)).toEqual([]);
    expect(toHex(reader.configure(fromHex('1210'))!)).toBe('1210');
    expect(reader.read(RAW)).toEqual([{ data: RAW, samples: 1024 }]);
    expect(reader.read(new Uint8Array(0))).toEqual([]);
  });

  test('has as many samples as its config says', () => {
    expect(configured('1214').read(RAW)[0]!.samples).toBe(960);
    expect(configured('2b920800').read(RAW)[0]!.samples).toBe(2048);
    expect(configured('f94640').read(RAW)[0]!.samples).toBe(1024);
  });

  test('takes a config once, and keeps its own copy', () => {
    const reader = new AacReader();
    const bytes = fromHex('1210');
    reader.configure(bytes);
    expect(reader.configure(bytes.slice())).toBeUndefined();
    bytes.fill(0);
    expect(toHex(reader.config!)).toBe('1210');
  });

  test('refuses a config that is none, or of more than 1 KiB', () => {
    expect(() => new AacReader().configure(new Uint8Array(0))).toThrow(ProtocolError);
    expect(() => new AacReader().configure(fromHex('0000'))).toThrow(ProtocolError);
    const long = new Uint8Array(1025).fill(0x12);
    expect(() => new AacReader().configure(long)).toThrow(/more than 1024 bytes/);
    expect(new AacReader().configure(long.subarray(1))).toHaveLength(1024);
  });
});
