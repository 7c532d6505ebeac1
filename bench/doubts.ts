import type { FanoutResult } from './fanout.ts';

/** Above this share of its core the load itself may be what limits the figures. */
const LOAD_FULL = 0.9;
/** Above this share of the server's core, what else ran there shows in the figures. */
const NOT_ALONE = 0.05;
/** A publisher that falls behind its clock by more than this sends in bursts. ms */
const LATE_MS = 50;

/** Why a result is not to be trusted: sentences, none where it is. */
export function doubts({
  generatorLoad,
  others,
  stolen,
  late,
}: Pick<FanoutResult, 'generatorLoad' | 'others' | 'stolen' | 'late'>): string[] {
  return [
    ...(generatorLoad > LOAD_FULL ? ['the load filled its own core'] : []),
    ...(others + stolen > NOT_ALONE ? ['the server was not alone on its core'] : []),
    ...(late > LATE_MS ? [`the publisher was late by up to ${late.toFixed(0)} ms`] : []),
  ];
}
