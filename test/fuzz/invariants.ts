import { isDeepStrictEqual } from 'node:util';
import { getHeapStatistics } from 'node:v8';
import { ProtocolError } from '../../src/errors.ts';
import { cut } from './mutate.ts';
import { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

/** What a target did that it may not. */
export interface Finding {
  /** Of the catalogue: `G1` to `G5`, or `hang`. */
  invariant: string;
  message: string;
  input: Uint8Array;
}

/** G2: bytes of buffers that may be allocated, beside 8 for each byte of input. */
const BUFFERS = 256 * 1024;
/** G2: what is allocated in the heap counts until it is collected, so this is wider. */
const OBJECTS = { fixed: 2 * 1024 * 1024, perByte: 96 };
/** G3: ms, and ms for each KiB of input. */
const TIME = { fixed: 5, perKiB: 1 };
/** A fault of time or memory counts when it shows in each of so many runs: the machine has other work, too. */
const REPEATS = { time: 12, memory: 4, growth: 4 };
/** G3: how many times as long twice the bytes may take, and over how many doublings. */
const GROWTH = 2.5;
const DOUBLINGS = 3;
/** G3: ms of processor time over which a mean is taken. */
const MEASURED = 200;

/** Runs one input through a target. Undefined where it keeps its promises. */
export function check(target: FuzzTarget, input: Uint8Array): Finding | undefined {
  const found = (invariant: string, message: string): Finding => ({ invariant, message, input });
  const before = memory();
  const started = performance.now();
  const thrown = errorOf(() => target.run(input));
  const took = performance.now() - started;
  const after = memory();
  if (thrown !== undefined && !(thrown instanceof ProtocolError)) return found('G1', describe(thrown));
  const taken = difference(before, after);
  if (isMuch(target, input, taken) || saysNothing(taken)) {
    const least = leastMemory(target, input);
    if (isMuch(target, input, least)) {
      return found('G2', `${least.buffers} bytes of buffers and ${least.objects} of objects for ${input.length} bytes`);
    }
  }
  if (took > timeLimit(target, input) && fastest(target, input) > timeLimit(target, input)) {
    return found('G3', `${took.toFixed(1)} ms for ${input.length} bytes`);
  }
  return undefined;
}

/** The dearer half: where the bytes are cut must not matter, and what was read can be written. */
export function checkTwice(
  target: FuzzTarget,
  input: Uint8Array,
  random: Random = new Random(input.length + 1),
): Finding | undefined {
  const { splits, roundTrip } = target;
  if (splits) {
    const whole = outcome(() => splits([input]));
    for (const chunks of [cut(input, random, 1), cut(input, random, 16), cut(input, random, 2000)]) {
      const parts = outcome(() => splits(chunks));
      if (isDeepStrictEqual(whole, parts)) continue;
      const sizes = chunks.slice(0, 20).map(({ length }) => length);
      return { invariant: 'G4', message: `other events in chunks of ${sizes.join(', ')} … bytes`, input };
    }
  }
  const thrown = roundTrip && errorOf(() => roundTrip(input));
  if (thrown === undefined || thrown instanceof ProtocolError) return undefined;
  return { invariant: 'G5', message: describe(thrown), input };
}

/** G3, the other half: twice the bytes take about twice the time. Undefined, or what is wrong. */
export function checkLinear(target: FuzzTarget, input: Uint8Array): Finding | undefined {
  if (input.length === 0) return undefined;
  for (let size = 16 * 1024; size <= 256 * 1024; size *= 4) {
    // A run of a moment that others interrupt takes many times as long.
    const first = fastest(target, repeated(input, size), REPEATS.growth);
    const last = fastest(target, repeated(input, 2 ** DOUBLINGS * size), 1);
    if (last > GROWTH ** DOUBLINGS * Math.max(0.1, first)) {
      // Several times, since the kernel gives some of the time that others take to us.
      let ratio = Infinity;
      for (let i = 0; i < REPEATS.growth && ratio > GROWTH; i++) ratio = Math.min(ratio, growth(target, input, size));
      if (ratio > GROWTH) {
        const message = `from ${size} bytes on, twice the bytes take ${ratio.toFixed(1)} times as long`;
        return { invariant: 'G3', message, input };
      }
    }
    if (first > 50) break;
  }
  return undefined;
}

/**
 * How many times as long twice the bytes take: the one in the middle of some doublings, and no more than all of them
 * together tell. One of them may reach the end of a message whose parts were only kept before, or cross a step of caches or
 * of the collector; what grows with the square of the bytes does so from the first to the last.
 */
function growth(target: FuzzTarget, input: Uint8Array, size: number): number {
  const costs = Array.from({ length: DOUBLINGS + 1 }, (_, doubling) =>
    meanCost(target, repeated(input, 2 ** doubling * size)),
  );
  const ratios = costs.slice(1).map((cost, index) => cost / Math.max(0.1, costs[index]!));
  const middle = ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)]!;
  const overall = (costs.at(-1)! / Math.max(0.1, costs[0]!)) ** (1 / DOUBLINGS);
  return Math.min(middle, overall);
}

function outcome(run: () => unknown): unknown {
  try {
    return { value: run() };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { error: error.code };
  }
}

function errorOf(run: () => unknown): unknown {
  try {
    const result = run();
    if (result instanceof Promise) throw new TypeError('A target is synchronous.');
    return undefined;
  } catch (error) {
    return error ?? new Error('It threw nothing at all.');
  }
}

function timeLimit({ patience = 1 }: FuzzTarget, input: Uint8Array): number {
  return patience * (TIME.fixed + (TIME.perKiB * input.length) / 1024);
}

/** The least ms of some runs: other programs only ever add to it. */
function fastest(target: FuzzTarget, input: Uint8Array, times = REPEATS.time): number {
  let best = Infinity;
  for (let i = 0; i < times; i++) {
    const started = performance.now();
    errorOf(() => target.run(input));
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

/**
 * Mean ms of processor time of a run: what other programs do meanwhile does not count, and the collector's share is
 * even. The kernel counts in ticks of some ms, so many runs are counted as one.
 */
function meanCost(target: FuzzTarget, input: Uint8Array): number {
  const started = cpuTime();
  let runs = 0;
  do {
    errorOf(() => target.run(input));
    runs++;
  } while (cpuTime() - started < MEASURED);
  return (cpuTime() - started) / runs;
}

/** ms of processor time of this thread so far. */
export function cpuTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

interface Memory {
  buffers: number;
  objects: number;
}

function isMuch({ patience = 1 }: FuzzTarget, input: Uint8Array, { buffers, objects }: Memory): boolean {
  return (
    buffers > patience * (8 * input.length + BUFFERS) ||
    objects > patience * (OBJECTS.perByte * input.length + OBJECTS.fixed)
  );
}

function memory(): Memory {
  const { external_memory: buffers, used_heap_size: objects } = getHeapStatistics();
  return { buffers, objects };
}

function leastMemory(target: FuzzTarget, input: Uint8Array): Memory {
  const least = { buffers: Infinity, objects: Infinity };
  let seen = 0;
  for (let i = 0; i < REPEATS.memory || (seen === 0 && i < 4 * REPEATS.memory); i++) {
    const before = memory();
    errorOf(() => target.run(input));
    const taken = difference(before, memory());
    if (saysNothing(taken)) continue;
    seen++;
    least.buffers = Math.min(least.buffers, taken.buffers);
    least.objects = Math.min(least.objects, taken.objects);
  }
  return seen > 0 ? least : { buffers: 0, objects: 0 };
}

function difference(before: Memory, after: Memory): Memory {
  return { buffers: after.buffers - before.buffers, objects: after.objects - before.objects };
}

/** The collector came meanwhile and took what others had left. */
function saysNothing({ buffers, objects }: Memory): boolean {
  return buffers < 0 || objects < 0;
}

function repeated(input: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  for (let at = 0; at < size; at += input.length) out.set(input.subarray(0, size - at), at);
  return out;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return `It threw ${String(error)}`;
  const frames = (error.stack ?? '').split('\n').filter((line) => line.includes('at '));
  return `${error.name}: ${error.message}${frames.length > 0 ? `\n${frames.slice(0, 6).join('\n')}` : ''}`;
}
