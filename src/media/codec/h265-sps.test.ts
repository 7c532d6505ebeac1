import { describe, expect, test } from 'vitest';
import { hostileHevcSpsCases, unreadableHevcSps } from './h265-hostile-cases.ts';
import { hevcSpsOf } from './h265-sps-cases.ts';
import { parseHevcSps } from './h265-sps.ts';
import { parseHevcVps } from './h265-vps.ts';
import { hevcVpsCases } from './h265-vps-cases.ts';

describe('an SPS of H.265', () => {
  test.each(hostileHevcSpsCases)('with $name gives what can be known', ({ bytes, value }) => {
    const sps = parseHevcSps(bytes);
    expect(sps).toMatchObject({ profile: { profile: 1, level: 90 } });
    for (const [name, wanted] of Object.entries(value)) expect(sps?.[name as 'width'], name).toEqual(wanted);
  });

  test.each(hostileHevcSpsCases)('with $name tells nothing else wherever it is cut off', ({ bytes }) => {
    const whole = parseHevcSps(bytes)!;
    for (let length = 0; length < bytes.length; length++) {
      const { width, height, reorder, color } = parseHevcSps(bytes.subarray(0, length)) ?? {};
      if (width !== undefined) expect([width, height]).toEqual([whole.width, whole.height]);
      if (reorder !== undefined) expect(reorder).toBe(whole.reorder);
      if (color !== undefined) expect(color).toEqual(whole.color);
    }
  });

  test.each(unreadableHevcSps)('with $name is not read at all', ({ bytes }) => {
    expect(parseHevcSps(bytes)).toBeUndefined();
  });

  test('above 4 KiB is not read at all', () => {
    const long = new Uint8Array(4097);
    long.set(hevcSpsOf());
    expect(parseHevcSps(long)).toBeUndefined();
    expect(parseHevcSps(long.subarray(0, 4096))).toMatchObject({ width: 640 });
  });
});

describe('a VPS', () => {
  test.each(hevcVpsCases)('with $name gives what can be known', ({ bytes, value }) => {
    expect(parseHevcVps(bytes)).toEqual(value);
  });

  test('below three bytes or above 4 KiB is not read at all', () => {
    expect(parseHevcVps(Uint8Array.of(0x40, 0x01))).toBeUndefined();
    expect(parseHevcVps(new Uint8Array(4097).fill(0x40))).toBeUndefined();
  });
});
