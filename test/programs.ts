import { type ChildProcess, spawn } from 'node:child_process';
import { test, type TestFunction, type TestOptions } from 'vitest';
import { fewPrograms, programs } from '../scripts/programs.js';
import { long } from './long.ts';

export type ProgramName = keyof typeof programs;

/** Full path of a program, or undefined where it is not installed. */
export function findProgram(name: ProgramName): string | undefined {
  return programs[name].find();
}

/** Full path of a program that must be there. */
export function program(name: ProgramName): string {
  const path = findProgram(name);
  if (!path) throw new Error(`${name} is not installed.`);
  return path;
}

/**
 * A test that needs programs. Where one is missing it is left out, and `npm test` lists it by name. What needs more of
 * them than `npm test` brings onto a machine is for `npm run test:full`, whatever is there by chance.
 */
export function testWith(needs: readonly ProgramName[], name: string, options: TestOptions, run: TestFunction): void {
  if (!long && !needs.every((each) => fewPrograms.includes(each))) return;
  const missing = needs.filter((each) => findProgram(each) === undefined);
  const needed = missing.length > 0 ? ` (needs ${missing.join(', ')})` : '';
  test.skipIf(missing.length > 0)(`${name}${needed}`, options, run);
}

export interface Outcome {
  /** Exit status; undefined where it was ended by a signal. */
  status: number | undefined;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** It was still running when its time was over. */
  late: boolean;
}

export interface RunOptions {
  /** ms after which it is killed. */
  limitMs: number;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Whom it runs as. Default: the same user as the tests. */
  uid?: number;
  gid?: number;
  input?: Uint8Array | string;
  /** Its input stays open for what is written to it. */
  isTalkedTo?: true;
}

/** Most of what a program says is kept up to this. */
const MAX_OUTPUT = 32 * 1024 * 1024;

/** What still runs. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A program outside of this process: started without a shell, bounded in time, never left behind. */
export class Program {
  readonly child: ChildProcess;
  readonly done: Promise<Outcome>;
  stdout = '';
  stderr = '';
  #late = false;

  constructor(path: string, args: readonly string[], options: RunOptions) {
    this.child = spawn(path, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      ...(options.uid !== undefined && { uid: options.uid }),
      ...(options.gid !== undefined && { gid: options.gid }),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.child.stdin?.on('error', () => {});
    if (!options.isTalkedTo) this.child.stdin?.end(options.input);
    this.child.stdout
      ?.setEncoding('utf8')
      .on('data', (text: string) => (this.stdout = (this.stdout + text).slice(-MAX_OUTPUT)));
    this.child.stderr
      ?.setEncoding('utf8')
      .on('data', (text: string) => (this.stderr = (this.stderr + text).slice(-MAX_OUTPUT)));
    const timer = setTimeout(() => {
      this.#late = true;
      this.kill();
    }, options.limitMs);
    running.add(this.child);
    this.done = new Promise((resolve) => {
      const end = (status: number | null, signal: NodeJS.Signals | null): void => {
        clearTimeout(timer);
        running.delete(this.child);
        resolve({ status: status ?? undefined, signal, stdout: this.stdout, stderr: this.stderr, late: this.#late });
      };
      this.child.once('error', (error) => {
        this.stderr += error.message;
        end(127, null);
      });
      this.child.once('close', end);
    });
  }

  /** Waits until what it printed matches; rejects when it ends first. */
  async says(pattern: RegExp, stream: 'stdout' | 'stderr' = 'stdout'): Promise<RegExpMatchArray> {
    let over = false;
    void this.done.then(() => (over = true));
    for (;;) {
      const match = this[stream].match(pattern);
      if (match) return match;
      if (over) throw new Error(`It ended without saying ${pattern}:\n${this.stdout}\n${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.child.kill(signal);
  }

  /** Ends it and waits until it has. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Outcome> {
    this.kill(signal);
    const timer = setTimeout(() => this.kill(), 5000);
    const outcome = await this.done;
    clearTimeout(timer);
    return outcome;
  }
}

/** Runs a program to its end. */
export function runProgram(path: string, args: readonly string[], options: RunOptions): Promise<Outcome> {
  return new Program(path, args, options).done;
}
