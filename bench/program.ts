import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { LOAD_CPU } from './network.ts';
import { sessionOf } from './usage.ts';

/** A program that has not ended this long after SIGTERM is killed. */
const END_WAIT_MS = 6000;
/** A program that has not answered by then has failed. */
const ANSWER_WAIT_MS = 60_000;

export interface ProgramOptions {
  command: readonly string[];
  /** Undefined: not pinned. */
  cpu?: number;
  /**
   * Ahead of the load where the machine allows it: paces and clocks must not wait behind it. By niceness, because under a
   * real-time policy a thread of Node spins for another one that never gets the CPU.
   */
  ahead?: boolean;
  cwd?: string;
  env?: Record<string, string>;
}

/** A child process with its own session, pinned to a CPU, that answers messages where it is one of ours. */
export class Program {
  readonly #child: ChildProcess;
  readonly #waiting: { resolve(answer: unknown): void; reject(error: Error): void }[] = [];
  #output = '';

  constructor({ command, cpu, ahead, cwd, env }: ProgramOptions) {
    const pin = cpu === undefined ? [] : ['taskset', '-c', String(cpu)];
    const priority = ahead && process.getuid?.() === 0 ? ['nice', '-n', '-20'] : [];
    const [program, ...args] = [...pin, ...priority, ...command];
    this.#child = spawn(program!, args, {
      detached: true,
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child.on('message', (answer) => this.#waiting.shift()?.resolve(answer));
    this.#child.on('exit', (status, signal) => {
      const error = new Error(`${command.join(' ')} ended (${signal ?? status}): ${this.#output.trim()}`);
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.on('data', (bytes: Buffer) => (this.#output = (this.#output + String(bytes)).slice(-4000)));
    }
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** The end of what it has printed. */
  get output(): string {
    return this.#output;
  }

  /** Sends a message and waits for the answer. */
  ask<A>(message: object): Promise<A> {
    const answer = this.answer<A>();
    this.#child.send(message);
    return answer;
  }

  /** The next message of the program. */
  async answer<A>(): Promise<A> {
    if (!this.running) throw new Error(`The program has ended: ${this.#output.trim()}`);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.push({ resolve, reject });
    const timer = setTimeout(() => reject(new Error(`No answer from process ${this.pid}.`)), ANSWER_WAIT_MS);
    try {
      return (await promise) as A;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it and all that it started. */
  async stop(): Promise<void> {
    if (this.running) {
      const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
      signal(-this.pid, 'SIGTERM');
      await Promise.race([ended, sleep(END_WAIT_MS)]);
    }
    for (const pid of sessionOf(this.pid)) signal(pid, 'SIGKILL');
  }
}

/** One of our own programs; on the CPU of the load unless told otherwise. */
export function loadProgram(file: string, options: object, where: { cpu?: number; ahead?: boolean } = {}): Program {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const command = [process.execPath, path, JSON.stringify(options)];
  return new Program({ command, cpu: LOAD_CPU, ...where });
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits until `port` takes connections. Throws when the program ends before, or after 20 s. */
export async function listening(program: Program, port: number): Promise<void> {
  const until = performance.now() + 20_000;
  while (!(await takesConnections(port))) {
    if (!program.running) throw new Error(`The server ended: ${program.output.trim()}`);
    if (performance.now() > until) throw new Error(`Nothing listens on port ${port}: ${program.output.trim()}`);
    await sleep(5);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => socket.destroy() && resolve(true));
    socket.once('error', () => resolve(false));
  });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone already.
  }
}
