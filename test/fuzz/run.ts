import { Worker } from 'node:worker_threads';
import { keepSeed, loadTargets, nameOf } from './corpus.ts';
import type { FuzzReport } from './engine.ts';
import type { FuzzTarget } from './target.ts';
import { TRACE_BYTES, TRACE_HEAD, type WorkerTask } from './worker.ts';

/** A target that takes longer than this for one input never ends; a busy machine lets it wait for seconds. ms */
const HANG = 45_000;

export interface FuzzResult extends FuzzReport {
  /** One line for each finding, with the file that keeps its input. */
  complaints: string[];
}

/** Runs the fuzzer on one target in a thread of its own, so that an input that never ends is found, too. */
export async function runFuzzer(target: FuzzTarget, options: { seconds: number; seed: number }): Promise<FuzzResult> {
  const trace = new SharedArrayBuffer(TRACE_BYTES);
  const workerData: WorkerTask = { target: nameOf(target), ...options, trace };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData, execArgv: [] });
  const report = await new Promise<FuzzReport & { polluted: string[] }>((resolve, reject) => {
    const numbers = new Int32Array(trace, 0, 2);
    let last = { tried: -1, at: performance.now() };
    const watch = setInterval(() => {
      const tried = Atomics.load(numbers, 0);
      if (tried !== last.tried) last = { tried, at: performance.now() };
      else if (performance.now() - last.at > HANG && tried > 0) {
        const input = new Uint8Array(trace, TRACE_HEAD, numbers[1]).slice();
        const finding = { invariant: 'hang', message: `no end within ${HANG / 1000} s`, input };
        resolve({ runs: tried, corpus: 0, blocks: 0, findings: [finding], polluted: [] });
      }
    }, 500);
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => clearInterval(watch));
  }).finally(() => worker.terminate());

  const complaints = report.findings.map(({ invariant, message, input }) => {
    const file = keepSeed(target, invariant, input);
    return `${nameOf(target)} breaks ${invariant}: ${message}\n  input kept in ${file} (${input.length} bytes)`;
  });
  if (report.polluted.length > 0)
    complaints.push(`${nameOf(target)} put ${report.polluted.join(', ')} into Object.prototype`);
  return { ...report, complaints };
}

/** `TARGET SECONDS [SEED]`: the target by name, or by the beginning of it; `all` is each in turn. */
async function main(wanted = '', seconds = '60', seed = String(Date.now() % 1_000_000)): Promise<number> {
  const targets = await loadTargets();
  const chosen = targets.filter((target) => wanted === 'all' || (wanted !== '' && nameOf(target).startsWith(wanted)));
  if (chosen.length === 0 || !(Number(seconds) > 0)) {
    console.error(
      'Usage: npm run fuzz -- TARGET SECONDS [SEED]\nTargets: all, or one of these, or the beginning of one:',
    );
    for (const target of targets) console.error(`  ${nameOf(target)}`);
    return 2;
  }
  let failed = 0;
  for (const target of chosen) {
    console.log(`${nameOf(target)}: ${seconds} s from seed ${seed} …`);
    const { runs, corpus, blocks, complaints } = await runFuzzer(target, {
      seconds: Number(seconds),
      seed: Number(seed),
    });
    console.log(`  ${runs} runs, ${blocks} blocks of code, ${corpus} inputs kept, ${complaints.length} findings`);
    for (const complaint of complaints) console.error(complaint);
    failed += complaints.length;
  }
  return failed > 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = await main(...process.argv.slice(2));
