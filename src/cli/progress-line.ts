import type { PushProgress } from '../push/progress.ts';
import type { Output } from './command-context.ts';
import { bitRateInWords, clockTime } from './duration.ts';

/** Seconds between two lines where there is no terminal to write one line over and over. */
const EVERY = 10;
const CLEAR = '\r\u001b[K';

/** A terminal may be narrower than the line, which would then go on in the next one and stay there. */
export interface LineOutput extends Output {
  readonly columns?: number;
}

/** One line that says how a push goes: rewritten each second on a terminal, a new one now and then elsewhere. */
export class ProgressLine {
  readonly #output: LineOutput;
  #isShown = false;
  #calls = 0;

  constructor(output: LineOutput) {
    this.#output = output;
  }

  /** Called once a second. */
  show(progress: PushProgress): void {
    this.#calls++;
    if (this.#output.isTTY) {
      this.#output.write(`${CLEAR}${inWords(progress).slice(0, this.#output.columns || undefined)}`);
      this.#isShown = true;
    } else if (this.#calls % EVERY === 0) this.#output.write(`${inWords(progress)}\n`);
  }

  /** Nothing more comes; what others write begins on a clean line. */
  clear(): void {
    if (this.#isShown) this.#output.write(CLEAR);
    this.#isShown = false;
  }

  /** Anything else, on a line of its own. */
  say(text: string): void {
    this.clear();
    this.#output.write(`${text}\n`);
  }
}

/** At the end: `0:30:00, 78000 frames · 12 frames lost`. */
export function summary(progress: PushProgress): string {
  const { time, frames } = progress;
  return [`${clockTime(time)}, ${counted(frames, 'frame')}`, ...troubles(progress)].join(' · ');
}

/** `0:01:23 of 0:30:00 · 1.00× · 2.51 Mbit/s · 12 frames lost · 1 reconnect`. */
function inWords(progress: PushProgress): string {
  const { time, duration, speed, bitRate, live } = progress;
  return [
    duration === undefined ? clockTime(time) : `${clockTime(time)} of ${clockTime(duration)}`,
    `${speed.toFixed(2)}×`,
    live ? bitRateInWords(bitRate) : 'no connection',
    ...troubles(progress),
  ].join(' · ');
}

function troubles({ lost, reconnects }: PushProgress): string[] {
  return [
    ...(lost > 0 ? [`${counted(lost, 'frame')} lost`] : []),
    ...(reconnects > 0 ? [counted(reconnects, 'reconnect')] : []),
  ];
}

function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
