import { workerData } from 'node:worker_threads';
import { parentPort } from 'node:worker_threads';
import { loadTargets, nameOf } from './corpus.ts';
import { fuzz } from './engine.ts';
import { MAX_INPUT } from './mutate.ts';

/** What the thread is told, and where it writes down what it is trying. */
export interface WorkerTask {
  target: string;
  seconds: number;
  seed: number;
  /** Number of inputs tried, length of the one that is tried, and its bytes. */
  trace: SharedArrayBuffer;
}

/** Where the bytes of an input stand in the trace. */
export const TRACE_HEAD = 8;
export const TRACE_BYTES: number = TRACE_HEAD + 64 * MAX_INPUT;

if (parentPort) {
  const { target: name, seconds, seed, trace } = workerData as WorkerTask;
  const target = (await loadTargets()).find((each) => nameOf(each) === name)!;
  const numbers = new Int32Array(trace, 0, 2);
  const bytes = new Uint8Array(trace, TRACE_HEAD);
  const report = fuzz(target, {
    seconds,
    seed,
    trying(input) {
      const part = input.subarray(0, bytes.length);
      bytes.set(part);
      numbers[1] = part.length;
      Atomics.add(numbers, 0, 1);
    },
  });
  const polluted = Object.keys(Object.prototype);
  parentPort.postMessage({ ...report, polluted });
}
