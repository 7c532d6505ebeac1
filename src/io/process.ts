import { spawn } from 'node:child_process';
import type { Scheduler } from '../live/scheduler.ts';
import { SECOND } from '../media/time.ts';

/** A program that was asked to end has this long. */
const STOP_TIME = 2 * SECOND;
/** What it started and left behind may hold its standard error open; nobody waits for that longer than this. */
const LAST_WORDS = SECOND;
/** What is kept of the last words of a program, in characters. */
const MAX_WORDS = 4096;

/** How a program ended. */
export interface ProgramEnd {
  /** Exit status; undefined where a signal ended it or it did not start. */
  status: number | undefined;
  /** True where there is no such program. */
  missing: boolean;
  /** The end of what it said on standard error, or why it did not start. */
  words: string;
}

/** A program that runs beside this one, and whose output is read. */
export interface RunningProgram {
  /** What it writes. While nobody reads, it waits. Ends early where the program could not start. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Never rejects. */
  readonly ended: Promise<ProgramEnd>;
  /** Ends it, with force where it does not end by itself. */
  stop(): Promise<ProgramEnd>;
}

/**
 * Starts a program without a shell, so that nothing in `args` is anything but an argument. It gets no input, and does not
 * outlive this process.
 */
export function startProgram(command: string, args: readonly string[], scheduler: Scheduler): RunningProgram {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], shell: false, windowsHide: true });
  const { promise: ended, resolve } = Promise.withResolvers<ProgramEnd>();
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  void ended.then(() => process.off('exit', kill));
  let words = '';
  child.stdout.on('error', () => {});
  child.stderr.on('error', () => {});
  child.stderr.setEncoding('utf8').on('data', (text: string) => (words = (words + text).slice(-MAX_WORDS)));
  child.once('error', (error: NodeJS.ErrnoException) => {
    child.stdout.destroy();
    resolve({ status: undefined, missing: error.code === 'ENOENT', words: error.message });
  });
  child.once('exit', () => {
    const cancel = scheduler.after(LAST_WORDS, () => child.stderr.destroy());
    void ended.then(cancel);
  });
  child.once('close', (status) => resolve({ status: status ?? undefined, missing: false, words: words.trim() }));
  return {
    output: bytesOf(child.stdout),
    ended,
    async stop(): Promise<ProgramEnd> {
      child.stdout.destroy(); // one that is in the middle of writing notices
      child.kill('SIGTERM');
      const cancel = scheduler.after(STOP_TIME, () => child.kill('SIGKILL'));
      const end = await ended;
      cancel();
      return end;
    },
  };
}

async function* bytesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const { buffer, byteOffset, length } of stream) yield new Uint8Array(buffer, byteOffset, length);
  } catch (error) {
    // It was closed before its end, by us or because there is no such program.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}
