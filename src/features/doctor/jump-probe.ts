import type { Frame } from '../../media/frame.ts';
import { rounded } from '../../media/rounding.ts';
import { SECOND } from '../../media/time.ts';
import { thresholds } from './thresholds.ts';
import type { Verdict } from './verdict.ts';

/** What sound and picture do within this time is one jump. */
const TOGETHER = SECOND;
/** More are not kept; nobody reads the number then. */
const MOST = 1000;

interface Clock {
  time: number;
  at: number;
}

interface Jump {
  at: number;
  /** µs, without a sign. */
  by: number;
}

/** Whether the publisher's clock goes on as real time does. Steps that are merely late are no jumps. */
export class JumpProbe {
  #video: Clock | undefined;
  #audio: Clock | undefined;
  /** Of whichever track came last. */
  readonly #both: Clock = { time: 0, at: 0 };
  #jumps: Jump[] = [];
  /** Monotonic µs of the last step of a jump. */
  #last = -Infinity;

  /** Of a main track that is picture or sound. True where the clock jumped. */
  see({ track, dts }: Frame, now: number): boolean {
    const clock =
      track.kind === 'video' ? (this.#video ??= { time: dts, at: now }) : (this.#audio ??= { time: dts, at: now });
    const { back, ahead } = thresholds['timestamps-jump'].limits;
    const step = dts - clock.time;
    const jumped = step < -back.value * SECOND || step - (now - clock.at) > ahead.value * SECOND;
    const counted = jumped && this.#note(step, dts, now, clock);
    clock.time = this.#both.time = dts;
    clock.at = this.#both.at = now;
    return counted;
  }

  /** Another publisher, with another clock. */
  reset(): void {
    this.#video = this.#audio = undefined;
    this.#jumps = [];
    this.#last = -Infinity;
  }

  /** Verdict on `timestamps-jump`. */
  verdict(now: number): Verdict {
    const { lately } = thresholds['timestamps-jump'].limits;
    while (this.#jumps.length > 0 && now - this.#jumps[0]!.at > lately.value * SECOND) this.#jumps.shift();
    if (this.#jumps.length === 0) return 'well';
    const largest = Math.max(...this.#jumps.map(({ by }) => by));
    return { jumps: this.#jumps.length, seconds: rounded(largest / SECOND, 2) };
  }

  #note(step: number, dts: number, now: number, clock: Clock): boolean {
    const limit = thresholds['timestamps-jump'].limits.ahead.value * SECOND;
    // An encoder that dropped pictures steps ahead with one track, while the other goes on.
    const alone = step > 0 && dts - this.#both.time - (now - this.#both.at) <= limit;
    if (alone && now - this.#last > TOGETHER) return false;
    const by = Math.abs(step - (now - clock.at));
    const one = now - this.#last <= TOGETHER ? this.#jumps.at(-1) : undefined;
    this.#last = now;
    if (one) one.by = Math.max(one.by, by);
    else if (this.#jumps.length < MOST) this.#jumps.push({ at: now, by });
    return true;
  }
}
