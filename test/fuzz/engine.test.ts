import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../src/errors.ts';
import { fuzz } from './engine.ts';
import { check, checkLinear, checkTwice } from './invariants.ts';
import type { FuzzTarget } from './target.ts';

/** Somewhere to keep what is allocated, so that no compiler leaves it away. */
let kept = new Uint8Array();

/** A reader of messages `length, bytes …` with one fault planted. */
function target(fault: Partial<FuzzTarget>): FuzzTarget {
  return {
    id: 'F-00',
    title: 'planted',
    seeds: [Uint8Array.of(3, 1, 2, 3, 2, 9, 9), Uint8Array.of(0, 1, 255)],
    run() {},
    ...fault,
  };
}

describe('the fuzzer finds', () => {
  test.each<{ invariant: string; fault: Partial<FuzzTarget> }>([
    {
      invariant: 'G1',
      fault: {
        run(bytes) {
          const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
          if (bytes.length > 0) for (let i = 0; i < bytes[0]!; i++) view.getUint8(1 + i);
        },
      },
    },
    {
      invariant: 'G2',
      fault: {
        run(bytes) {
          if (bytes.length >= 4) kept = new Uint8Array(bytes[0]! * 8192);
          if (kept.length === 1) throw new ProtocolError('one');
        },
      },
    },
    {
      invariant: 'G3',
      fault: {
        run(bytes) {
          const end = performance.now() + (bytes[0] === 255 ? 30 : 0);
          while (performance.now() < end);
        },
      },
    },
    { invariant: 'G4', fault: { splits: (chunks) => chunks.map((chunk) => chunk[0] === 9).filter(Boolean) } },
    {
      invariant: 'G5',
      fault: {
        roundTrip(bytes) {
          if (bytes.at(-1) === 0x80) throw new Error('The values differ.');
        },
      },
    },
  ])('what breaks $invariant', ({ invariant, fault }) => {
    const { findings } = fuzz(target(fault), { seconds: 0.5, seed: 1 });
    expect(findings.map((finding) => finding.invariant)).toContain(invariant);
  });

  test('nothing where nothing is wrong', () => {
    const sound = target({
      run(bytes) {
        if (bytes[0] === 7) throw new ProtocolError('Seven is not allowed.');
      },
      splits: (chunks) => chunks.reduce((sum, { length }) => sum + length, 0),
      roundTrip() {},
    });
    const { findings, runs } = fuzz(sound, { seconds: 0.3, seed: 1 });
    expect(findings).toEqual([]);
    expect(runs).toBeGreaterThan(100);
  });

  test('work that grows with the square of the bytes', () => {
    const square = target({
      run(bytes) {
        let sum = 0;
        for (let i = 0; i < bytes.length; i += 16) for (let j = 0; j < i; j += 16) sum += bytes[j]!;
        if (sum < 0) throw new ProtocolError('never');
      },
    });
    expect(checkLinear(square, Uint8Array.of(1, 2, 3))?.invariant).toBe('G3');
  });
});

describe('the same', () => {
  test('seed gives the same verdicts', () => {
    const fragile = target({
      run(bytes) {
        if (bytes.length === 5) throw new RangeError('five');
      },
      splits: (chunks) => chunks.length > 3,
    });
    expect(check(fragile, new Uint8Array(5))?.message).toContain('five');
    expect(check(fragile, new Uint8Array(4))).toBeUndefined();
    expect(checkTwice(fragile, new Uint8Array(9))?.invariant).toBe('G4');
  });
});
