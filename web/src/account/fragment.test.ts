import { expect, test } from 'vitest';
import { proofOf } from './fragment.ts';

test.each([
  ['#owner=abc_-1', { kind: 'owner', token: 'abc_-1' }],
  ['#pass=rp_abc.def-_', { kind: 'pass', token: 'rp_abc.def-_' }],
  ['#reset=abc', { kind: 'reset', token: 'abc' }],
  ['', undefined],
  ['#', undefined],
  ['#owner=', undefined],
  ['#owner=a&b=c', undefined],
  ['#x&owner=a', undefined],
  ['#owner=a b', undefined],
  ['#player', undefined],
  ['#key=abc', undefined],
  ['#pass=a/../b', undefined],
  ['owner=abc', undefined],
])('of “%s” the proof is %o', (hash, proof) => {
  expect(proofOf(hash)).toEqual(proof);
});
