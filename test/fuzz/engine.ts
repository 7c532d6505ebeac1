import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { seedsOf } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { check, checkLinear, checkTwice, cpuTime, type Finding } from './invariants.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';
import type { FuzzTarget } from './target.ts';

/** What is fuzzed: the product, and the reader of playlists that judges it. */
const OURS = ['src', 'test/hls'].map((folder) => pathToFileURL(join(import.meta.dirname, '..', '..', folder)).href);

/** Coverage is read once for so many runs, because that takes as long as they do. */
const BATCH = 32;
/** G4 and G5 cost several runs: every so many inputs, and for each that reaches something new. */
const TWICE_EVERY = 8;
/** Inputs that are kept to be changed further. */
const MAX_CORPUS = 2000;

export interface FuzzOptions {
  /** Of processor time, so that a busy machine tries as much as one at rest. */
  seconds: number;
  /** The same seed gives the same inputs, as far as coverage leads the same way. */
  seed: number;
  /** Called before each input is run, so that one that never returns is known. */
  trying?(input: Uint8Array): void;
}

export interface FuzzReport {
  runs: number;
  /** Inputs that reached something new. */
  corpus: number;
  /** Blocks of code reached. */
  blocks: number;
  findings: Finding[];
}

/** Changes a target's seeds for some seconds of processor time, led by what reaches new code, and checks G1 to G5 on the way. */
export function fuzz(target: FuzzTarget, { seconds, seed, trying = () => {} }: FuzzOptions): FuzzReport {
  const random = new Random(seed);
  const coverage = new Coverage(OURS);
  const corpus: Uint8Array[] = [...target.seeds, ...seedsOf(target).map(({ bytes }) => bytes)];
  if (corpus.length === 0) corpus.push(new Uint8Array(16));
  const findings = new Map<string, Finding>();
  const report = (finding: Finding | undefined): void => {
    if (!finding) return;
    const key = `${finding.invariant} ${finding.message.replaceAll(/\d+/g, '')}`;
    const known = findings.get(key);
    if (!known || finding.input.length < known.input.length) findings.set(key, finding);
  };
  // What is run for the first time is compiled, which takes longer than it will ever again.
  for (const input of corpus) ignoring(() => target.run(input));
  for (const input of corpus.slice()) {
    trying(input);
    report(check(target, input) ?? checkTwice(target, input, random));
  }
  coverage.add(coverage.take());

  let runs = corpus.length;
  const end = cpuTime() + seconds * 1000;
  while (cpuTime() < end) {
    const batch: Uint8Array[] = [];
    for (let i = 0; i < BATCH && cpuTime() < end; i++) {
      const input = mutate(random.pick(corpus), random, corpus);
      trying(input);
      report(check(target, input));
      if (runs++ % TWICE_EVERY === 0) report(checkTwice(target, input, random));
      batch.push(input);
    }
    if (!coverage.isNew(coverage.take())) continue;
    for (const input of batch) {
      trying(input);
      ignoring(() => target.run(input));
      if (!coverage.add(coverage.take())) continue;
      report(checkTwice(target, input, random));
      if (corpus.length < MAX_CORPUS) corpus.push(input);
    }
  }
  coverage.stop();
  // Code runs slower while its coverage is counted: a fault of time or memory must be one without that, too.
  for (const [key, { invariant, input }] of findings) {
    if (/^G[23]$/.test(invariant) && !check(target, input)) findings.delete(key);
  }
  for (const input of slowest(target, corpus)) {
    trying(input);
    report(checkLinear(target, input));
  }
  return { runs, corpus: corpus.length, blocks: coverage.blocks, findings: [...findings.values()] };
}

/** The three inputs that take longest for their size. */
function slowest(target: FuzzTarget, corpus: readonly Uint8Array[]): Uint8Array[] {
  const costs = corpus.map((input) => {
    const started = performance.now();
    ignoring(() => target.run(input));
    return { input, cost: (performance.now() - started) / (input.length + 64) };
  });
  return costs
    .toSorted((a, b) => b.cost - a.cost)
    .slice(0, 3)
    .map(({ input }) => input);
}

function ignoring(run: () => void): void {
  try {
    run();
  } catch {
    // `check` has judged it, or will.
  }
}
