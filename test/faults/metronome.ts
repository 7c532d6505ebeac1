import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { stolen, stolenSince, waitedOf } from '../processors.ts';

/** ms between two beats. */
const BEAT = 20;
/** A pause that is longer may not be the machine's for more than this share of it: it says nothing then. ms */
const [LONG, MACHINE] = [2000, 0.5];

interface Span {
  from: number;
  to: number;
}

/** `stolen`: ms that the host has given to other guests since the last one. */
type Beat = (now: number, stolen: number) => void;

/** A process that does nothing but beat, for as long as somebody listens: one for all, because each costs the machine. */
const beater = new (class Beater {
  readonly #listeners = new Set<Beat>();
  #stop: (() => void) | undefined;

  listen(listener: Beat): () => void {
    this.#listeners.add(listener);
    this.#stop ??= this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#stop?.();
      this.#stop = undefined;
    };
  }

  #start(): () => void {
    const script = `setInterval(() => process.stdout.write('.'), ${BEAT})`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    let before = stolen();
    child.stdout.on('data', () => {
      const now = performance.now();
      const since = stolenSince(before);
      before = stolen();
      for (const listener of this.#listeners) listener(now, since);
    });
    return () => void child.kill('SIGKILL');
  }
})();

/**
 * Tells what the machine did from what the server did. A process that does nothing but beat shows when the test itself
 * could not look; the system tells for how long each process of the stream was ready to run and not let, and for how
 * long the host ran other guests, which it counts as running. What viewers miss meanwhile is nobody's fault.
 */
export class Metronome {
  /** When the machine did not let the stream run, in the order in which it was seen; they may overlap. */
  readonly #lost: Span[] = [];
  /** ms for which each process had waited when it was looked at last. */
  readonly #followed = new Map<number, number>();
  #last: number | undefined;

  /** `pids`: the processes through which the stream runs. */
  constructor(...pids: readonly number[]) {
    for (const pid of pids) this.follow(pid);
    onTestFinished(beater.listen(this.#beat));
  }

  /** The stream runs through one more process. */
  follow(pid: number): void {
    this.#followed.set(pid, waitedOf(pid));
  }

  readonly #beat: Beat = (now, stolen) => {
    if (this.#last !== undefined) this.#lose(this.#last + BEAT, now);
    this.#last = now;
    this.#lose(now - stolen, now);
    // The system adds up what a process has waited when it runs again, so it was just before.
    for (const [pid, before] of this.#followed) {
      const waited = Math.max(before, waitedOf(pid));
      this.#lose(now - (waited - before), now);
      this.#followed.set(pid, waited);
    }
  };

  #lose(from: number, to: number): void {
    if (to > from) this.#lost.push({ from, to });
  }

  /**
   * The longest pause among these times in ms, without the time in which the machine was busy with something else.
   * Throws where a long pause was mostly the machine's. `expected`: one that is no longer than this says enough as it is. ms
   */
  longestGap(times: readonly number[], expected = 0): number {
    let longest = 0;
    for (let i = 1; i < times.length; i++) {
      const [from, to] = [times[i - 1]!, times[i]!];
      const gap = to - from;
      if (gap <= longest) continue;
      const lost = this.lost(from, to);
      if (gap > Math.max(LONG, expected) && lost > MACHINE * gap) {
        throw new Error(`The machine is too busy: it kept ${Math.round(lost)} of a pause of ${Math.round(gap)} ms.`);
      }
      longest = Math.max(longest, gap - lost);
    }
    return longest;
  }

  /** ms from one moment to another, without the time in which the machine was busy with something else. */
  between(from: number, to: number): number {
    return Math.round(to - from - this.lost(from, to));
  }

  /** ms of a span in which the machine did not let the stream run. */
  lost(from: number, to: number): number {
    const parts = this.#lost.filter((span) => span.from < to && span.to > from).toSorted((a, b) => a.from - b.from);
    let lost = 0;
    let until = from;
    for (const part of parts) {
      const end = Math.min(to, part.to);
      lost += Math.max(0, end - Math.max(until, part.from));
      until = Math.max(until, end);
    }
    return lost;
  }
}
