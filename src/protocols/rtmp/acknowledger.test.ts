import { describe, expect, test } from 'vitest';
import { toHex } from '../../media/bytes/hex.ts';
import { Acknowledger } from './acknowledger.ts';
import { u32 } from './message.ts';
import { WINDOW } from './replies.ts';

const head = '02 000000 000004 03 00000000'.replaceAll(' ', '');
const window = '02 000000 000004 05 00000000'.replaceAll(' ', '');
const told = (bytes: Uint8Array | undefined): string | undefined => bytes && toHex(bytes);

describe('acknowledgements', () => {
  test('are sent each time a window is full', () => {
    const acknowledger = new Acknowledger();
    acknowledger.window(u32(10_000));
    expect(told(acknowledger.received(9999))).toBeUndefined();
    expect(told(acknowledger.received(1))).toBe(head + toHex(u32(10_000)));
    expect(told(acknowledger.received(9999))).toBeUndefined();
    expect(told(acknowledger.received(50_000))).toBe(head + toHex(u32(69_999)));
  });

  test('have a window of their own until the peer names one', () => {
    const acknowledger = new Acknowledger();
    expect(told(acknowledger.received(WINDOW - 1))).toBeUndefined();
    expect(told(acknowledger.received(1))).toBe(head + toHex(u32(WINDOW)));
  });

  test('wrap at 2^32 (C-RTMP-10)', () => {
    const acknowledger = new Acknowledger(2 ** 32 - 5000);
    acknowledger.window(u32(10_000));
    expect(told(acknowledger.received(10_000))).toBe(head + toHex(u32(5000)));
    expect(told(acknowledger.received(10_000))).toBe(head + toHex(u32(15_000)));
  });

  test('do not follow a window so small that each byte would be answered', () => {
    const acknowledger = new Acknowledger();
    acknowledger.window(u32(0));
    expect(told(acknowledger.received(4095))).toBeUndefined();
    expect(told(acknowledger.received(1))).toBeDefined();
  });

  test('take no notice of half a message', () => {
    const acknowledger = new Acknowledger();
    acknowledger.window(Uint8Array.of(0, 0, 16));
    expect(told(acknowledger.received(WINDOW - 1))).toBeUndefined();
    expect(acknowledger.bandwidth(u32(100_000))).toBeUndefined();
  });
});

describe('a peer bandwidth', () => {
  const limit = (size: number, type: number): Uint8Array => Uint8Array.of(...u32(size), type);
  const said = (...limits: [number, number][]): (string | undefined)[] => {
    const acknowledger = new Acknowledger();
    return limits.map(([size, type]) => told(acknowledger.bandwidth(limit(size, type))));
  };

  test('that is hard is what our window becomes, larger or smaller', () => {
    expect(said([100_000, 0], [100_000, 0], [9_000_000, 0])).toEqual([
      window + toHex(u32(100_000)),
      undefined,
      window + toHex(u32(9_000_000)),
    ]);
  });

  test('that is soft only makes it smaller', () => {
    expect(said([9_000_000, 1], [100_000, 1])).toEqual([undefined, window + toHex(u32(100_000))]);
  });

  test('that is dynamic counts behind a hard one only', () => {
    expect(said([100_000, 2], [200_000, 0], [100_000, 2], [150_000, 1], [50_000, 2])).toEqual([
      undefined,
      window + toHex(u32(200_000)),
      window + toHex(u32(100_000)),
      undefined,
      undefined,
    ]);
  });

  test('of an unknown type is ignored', () => {
    expect(said([100_000, 3])).toEqual([undefined]);
  });
});
