import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hashStreamKey, isSameHash } from '../../src/features/rooms/stream-key.ts';
import { readToken, signToken } from '../../src/io/signed-token.ts';

/** Comparisons of each of two kinds, in an order by chance. */
const SAMPLES = 100_000;
/** What is compared before, until it runs as fast as it will. */
const WARM_UP = 20_000;
/** |t| of Welch’s test above which two kinds are told apart (dudect, arXiv:1612.06605). */
const TOLD_APART = 4.5;
/** What takes longer than this part of all was interrupted by something else. */
const KEPT = 0.9;

/**
 * How surely one can tell by the time whether a secret differs from a guess at its first or at its last byte. Each guess is made
 * anew in one place, by the same steps: where bytes are in memory takes time, too, and is not what is asked.
 */
function tellApart<T>(prepare: (guess: Buffer) => T, compare: (guess: T) => boolean): number {
  const times = new Float64Array(SAMPLES);
  const isLate = Uint8Array.from({ length: SAMPLES }, () => (Math.random() < 0.5 ? 1 : 0));
  const guess = Buffer.from(SECRET);
  for (let i = -WARM_UP; i < SAMPLES; i++) {
    const late = i < 0 ? i & 1 : isLate[i]!;
    guess[0] = SECRET[0]! ^ (1 - late);
    guess[31] = SECRET[31]! ^ late;
    const prepared = prepare(guess);
    const start = process.hrtime.bigint();
    compare(prepared);
    const end = process.hrtime.bigint();
    if (i >= 0) times[i] = Number(end - start);
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
/** Of a token whose code is known, so that only the comparison takes its time. */
const mac = (): Uint8Array => SECRET;
const token = signToken('rx_', {}, mac);
const [text] = token.split('.');

describe('S-07 how long a comparison takes tells nothing of', () => {
  test('the hash of a publish key', () => {
    expect(isSameHash(hashStreamKey('a secret'), SECRET)).toBe(true);
    expect(
      tellApart(
        (guess) => guess,
        (guess) => isSameHash(guess, SECRET),
      ),
    ).toBeLessThan(TOLD_APART);
  });

  test('the code of a pass', () => {
    expect(readToken('rx_', token, mac)).toEqual({});
    expect(
      tellApart(
        (guess) => Buffer.from(`${text}.${guess.toString('base64url')}`).toString('latin1'),
        (guess) => readToken('rx_', guess, mac) === undefined,
      ),
    ).toBeLessThan(TOLD_APART);
  });
});

test('S-07 one that ends at the first difference would be found', () => {
  const careless = (guess: Uint8Array): boolean => guess.every((byte, i) => byte === SECRET[i]);
  expect(tellApart((guess) => guess, careless)).toBeGreaterThan(TOLD_APART);
});
