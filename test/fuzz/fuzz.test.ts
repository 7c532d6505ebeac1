import { describe, expect, test } from 'vitest';
import { loadTargets, nameOf, seedsOf } from './corpus.ts';
import { check, checkTwice } from './invariants.ts';
import { runFuzzer } from './run.ts';

/** Seconds of processor time for each target; the long runs are `npm run test:full` and `npm run fuzz`. */
const SECONDS = Number(process.env['TEST_FUZZ_SECONDS'] ?? 1);
/** What a target takes beside that, and how many times as long a machine may take that does much else. s */
const [BESIDE, PATIENCE] = [15, 8];
/** The same in every run, so that a failure can be had again. */
const SEED = Number(process.env['TEST_FUZZ_SEED'] ?? 20_260_101);

const targets = await loadTargets();

const named = targets.map((target) => ({ name: nameOf(target), target }));

test('there are targets', () => {
  expect(targets.length).toBeGreaterThan(0);
  expect(new Set(targets.map(nameOf)).size).toBe(targets.length);
});

test.each(named)('$name has seeds, and keeps its promises for each of them', ({ target }) => {
  const seeds = [...target.seeds.map((bytes, index) => ({ name: `seed ${index + 1}`, bytes })), ...seedsOf(target)];
  expect(target.seeds.length).toBeGreaterThan(0);
  const broken = seeds.flatMap(({ name, bytes }) => {
    const finding = check(target, bytes) ?? checkTwice(target, bytes);
    return finding ? [`${name} breaks ${finding.invariant}: ${finding.message}`] : [];
  });
  expect(broken).toEqual([]);
});

describe.concurrent('the fuzzer', () => {
  test.each(named)(
    `finds nothing in $name in ${SECONDS} s (seed ${SEED})`,
    { timeout: PATIENCE * (SECONDS + BESIDE) * 1000 },
    async ({ target }) => {
      const { runs, complaints } = await runFuzzer(target, { seconds: SECONDS, seed: SEED });
      expect(complaints).toEqual([]);
      expect(runs).toBeGreaterThan(100);
    },
  );
});
