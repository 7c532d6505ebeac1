import { isDeepStrictEqual } from 'node:util';
import { amf0Cases, amf3Cases, refusedCases } from '../../../src/containers/amf/cases.ts';
import { decodeAmf0, decodeAmf3Command, encodeAmf0 } from '../../../src/containers/amf/index.ts';
import type { FuzzTarget } from '../target.ts';

/** Longer seeds only slow the fuzzer down; the unit tests have them. */
const MAX_SEED = 4096;

/** AMF0 and AMF3 as any peer may send them before it is known. */
export const target: FuzzTarget = {
  id: 'F-02',
  title: 'AMF0 and AMF3 decoder',
  seeds: [...amf0Cases, ...amf3Cases, ...refusedCases]
    .map(({ bytes }) => bytes)
    .filter((bytes) => bytes.length <= MAX_SEED),
  run(bytes) {
    decodeAmf3Command(bytes);
  },
  roundTrip(bytes) {
    const value = decodeAmf0(bytes);
    if (!isDeepStrictEqual(decodeAmf0(encodeAmf0(...value)), value)) throw new Error('The values differ.');
    if ('polluted' in {} || Object.keys(Object.prototype).length > 0) throw new Error('Object.prototype has changed.');
  },
};
