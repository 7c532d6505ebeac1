import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hashStreamKey, isSameHash } from '../../src/features/rooms/stream-key.ts';
import { readToken, signToken } from '../../src/io/signed-token.ts';

/** Comparisons of each of two kinds, in an order by chance. */
const SAMPLES = 100_000;
/** |t| of Welch’s test above which two kinds are told apart (dudect, arXiv:1612.06605). */
const TOLD_APART = 4.5;
/** What takes longer than this part of all was interrupted by something else. */
const KEPT = 0.9;

/** How surely one can tell by the time whether a secret differs from a guess at its first or at its last letter. */
function tellApart(compare: (isLate: boolean) => boolean): number {
  for (let i = 0; i < 20_000; i++) compare(i % 2 === 0);
  const times = new Float64Array(SAMPLES);
  const isLate = Uint8Array.from({ length: SAMPLES }, () => (Math.random() < 0.5 ? 1 : 0));
  for (let i = 0; i < SAMPLES; i++) {
    const late = isLate[i] === 1;
    const start = process.hrtime.bigint();
    compare(late);
    times[i] = Number(process.hrtime.bigint() - start);
  }
  const most = times.toSorted()[Math.floor(SAMPLES * KEPT)]!;
  const kinds = [0, 1].map((kind) => {
    const kept = times.filter((time, i) => isLate[i] === kind && time <= most);
    const mean = kept.reduce((sum, time) => sum + time, 0) / kept.length;
    const variance = kept.reduce((sum, time) => sum + (time - mean) ** 2, 0) / (kept.length - 1);
    return { mean, error: variance / kept.length };
  }) as [Kind, Kind];
  return Math.abs(kinds[0].mean - kinds[1].mean) / Math.sqrt(kinds[0].error + kinds[1].error);
}

interface Kind {
  mean: number;
  error: number;
}

const SECRET = createHash('sha256').update('a secret').digest();
const guess = (at: number): Buffer => {
  const bytes = Buffer.from(SECRET);
  bytes[at]! ^= 1;
  return bytes;
};
const [early, late] = [guess(0), guess(31)];

/** Of a token whose code is known, so that only the comparison takes its time. */
const mac = (): Uint8Array => SECRET;
const token = signToken('rx_', {}, mac);
const withCode = (code: Uint8Array): string => `${token.split('.')[0]}.${Buffer.from(code).toString('base64url')}`;
const [earlyToken, lateToken] = [withCode(early), withCode(late)];

describe('S-07 how long a comparison takes tells nothing of', () => {
  test('the hash of a publish key', () => {
    expect(isSameHash(hashStreamKey('a secret'), SECRET)).toBe(true);
    expect(tellApart((isLate) => isSameHash(isLate ? late : early, SECRET))).toBeLessThan(TOLD_APART);
  });

  test('the code of a pass', () => {
    expect(readToken('rx_', token, mac)).toEqual({});
    expect(tellApart((isLate) => readToken('rx_', isLate ? lateToken : earlyToken, mac) === undefined)).toBeLessThan(
      TOLD_APART,
    );
  });
});

test('S-07 one that ends at the first difference would be found', () => {
  const careless = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, i) => byte === b[i]);
  expect(tellApart((isLate) => careless(isLate ? late : early, SECRET))).toBeGreaterThan(TOLD_APART);
});
