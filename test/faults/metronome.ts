import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';

/** ms between two beats. */
const BEAT = 20;

/**
 * Tells what the machine did from what the server did. A process that does nothing but beat shows when the test itself
 * could not look; the system tells for how long each process of the stream was ready to run and not let. What viewers
 * miss meanwhile is nobody's fault.
 */
export class Metronome {
  /** When each beat came, and the ms for which the processes had waited for a processor by then. */
  readonly #beats: { at: number; waited: number }[] = [];
  readonly #child: ChildProcess;
  /** ms for which each process had waited when it was looked at last. */
  readonly #followed = new Map<number, number>();
  #waited = 0;

  /** `pids`: the processes through which the stream runs. */
  constructor(...pids: readonly number[]) {
    for (const pid of pids) this.follow(pid);
    const script = `setInterval(() => process.stdout.write('.'), ${BEAT})`;
    this.#child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child.stdout?.on('data', () => {
      this.#beats.push({ at: performance.now(), waited: this.#look() });
    });
    onTestFinished(() => void this.#child.kill('SIGKILL'));
  }

  /** The stream runs through one more process. */
  follow(pid: number): void {
    this.#followed.set(pid, waitedOf(pid));
  }

  #look(): number {
    for (const [pid, before] of this.#followed) {
      const waited = Math.max(before, waitedOf(pid));
      this.#waited += waited - before;
      this.#followed.set(pid, waited);
    }
    return this.#waited;
  }

  /** The longest pause among these times in ms, without the time in which the machine was busy with something else. */
  longestGap(times: readonly number[]): number {
    let longest = 0;
    for (let i = 1; i < times.length; i++) {
      const [from, to] = [times[i - 1]!, times[i]!];
      if (to - from > longest) longest = Math.max(longest, to - from - this.#lost(from, to));
    }
    return longest;
  }

  /** ms of a span by which its beats were late or in which a process had to wait. */
  #lost(from: number, to: number): number {
    const beats = this.#beats;
    let lost = 0;
    for (let i = 1; i < beats.length; i++) {
      const [before, beat] = [beats[i - 1]!, beats[i]!];
      const overlap = Math.min(to, beat.at) - Math.max(from, before.at);
      if (overlap > 0) lost += Math.min(overlap, Math.max(0, overlap - BEAT) + beat.waited - before.waited);
    }
    return lost;
  }
}

/** ms for which the main thread of a process was ready to run and had no processor; 0 where the system does not tell. */
export function waitedOf(pid: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'latin1').split(' ')[1]) / 1e6;
  } catch {
    return 0;
  }
}
