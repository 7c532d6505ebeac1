import { describeTrack } from '../../media/codec/table.ts';
import type { Frame, Track } from '../../media/frame.ts';
import { MILLISECOND, SECOND } from '../../media/time.ts';
import { thresholds } from './thresholds.ts';
import type { Verdict } from './verdict.ts';

/** The frames of a block that were least late stand for it, which takes the jitter of the line away. */
const BLOCK = 10 * SECOND;
/** Half an hour: what moves apart more slowly than can be seen in it is as good as steady. */
const MOST = 180;
/** A drift goes on evenly; a step, from a buffer that was filled anew, is in one of so many parts only. */
const PARTS = 6;
/** So many of the steps from part to part have to be this share of their mean. */
const EVEN_STEPS = 4;
const EVEN_SHARE = 1 / 3;
/** Fewer are as good as none. */
const UNEVEN_STEPS = 2;
/** All is well after so many blocks in a row that say so. */
const WELL_BLOCKS = 6;
/** Sound that is missing for longer than this, and than so many frames, was lost. Time goes on over it. */
const GAP = 60 * MILLISECOND;
const GAP_FRAMES = 2.5;
const HOUR = 3600 * SECOND;

/**
 * How the clock that makes the sound runs against that of the picture. The sound's is counted in samples, since its time
 * stamps may come from the picture's clock; where a codec's frames have no fixed number of samples, its time stamps
 * have to do.
 */
export class DriftProbe {
  #track: Track | undefined;
  /** µs of a frame of sound, with a fraction; undefined where it is not fixed. */
  #frame: number | undefined;
  /** µs of sound so far, from the first time stamp on. */
  #sound = 0;
  #lastSound = 0;
  /** By how much each kind was ahead of real time at most in this block. */
  #videoLead = -Infinity;
  #audioLead = -Infinity;
  #next: number | undefined;
  /** By how much the sound was ahead of the picture in each block, µs. */
  #blocks: number[] = [];
  #verdict: Verdict;
  /** Blocks in a row after which all was well. */
  #well = 0;

  /** `late`: µs of arrival minus the time stamp. */
  seeVideo(late: number): void {
    if (-late > this.#videoLead) this.#videoLead = -late;
  }

  /** Of the main audio track. */
  seeAudio({ track, dts }: Frame, now: number): void {
    if (track !== this.#track) this.#start(track, dts, now);
    const step = dts - this.#lastSound;
    this.#lastSound = dts;
    if (this.#frame === undefined) this.#sound = dts;
    else if (step > GAP && step > GAP_FRAMES * this.#frame) this.#sound += step - this.#frame;
    const lead = this.#sound - now;
    if (lead > this.#audioLead) this.#audioLead = lead;
    if (this.#frame !== undefined) this.#sound += this.#frame;
    if (now >= this.#next!) this.#roll(now);
  }

  /** The clocks jumped, or are others. */
  reset(): void {
    this.#track = undefined;
    this.#verdict = undefined;
  }

  /** Verdict on `clock-drift`. */
  verdict(): Verdict {
    return this.#verdict;
  }

  #start(track: Track, dts: number, now: number): void {
    const { sampleRate, frameSamples } = describeTrack(track);
    this.#track = track;
    this.#frame = sampleRate && frameSamples ? (frameSamples * SECOND) / sampleRate : undefined;
    this.#sound = this.#lastSound = dts;
    this.#blocks = [];
    this.#next = now + BLOCK;
    this.#audioLead = this.#videoLead = -Infinity;
  }

  #roll(now: number): void {
    // A block without a picture tells nothing; one that took too long neither.
    const whole = now - this.#next! < SECOND && this.#videoLead > -Infinity;
    if (whole) this.#blocks.push(this.#audioLead - this.#videoLead);
    if (this.#blocks.length > MOST) this.#blocks.shift();
    const verdict = this.#judge();
    this.#well = verdict === 'well' ? this.#well + 1 : 0;
    this.#verdict = verdict === 'well' && this.#well < WELL_BLOCKS ? 'border' : verdict;
    this.#next = whole ? this.#next! + BLOCK : now + BLOCK;
    this.#audioLead = this.#videoLead = -Infinity;
  }

  #judge(): Verdict {
    const { comes, apart, least, goes } = thresholds['clock-drift'].limits;
    const blocks = this.#blocks;
    const size = Math.floor(blocks.length / PARTS);
    if (blocks.length * BLOCK < least.value * SECOND) return undefined;
    const means = Array.from({ length: PARTS }, (_, part) =>
      meanOf(blocks, blocks.length - (PARTS - part) * size, size),
    );
    const whole = means.at(-1)! - means[0]!;
    const step = whole / (PARTS - 1);
    const msPerHour = Math.round(((step / (size * BLOCK)) * HOUR) / MILLISECOND);
    const even = means.filter((mean, part) => part > 0 && (mean - means[part - 1]!) / step >= EVEN_SHARE).length;
    const hasGone = (blocks.length * whole) / ((PARTS - 1) * size) / MILLISECOND;
    if (Math.abs(msPerHour) > comes.value && Math.abs(hasGone) >= apart.value && even >= EVEN_STEPS)
      return { msPerHour };
    return Math.abs(msPerHour) < goes.value || even <= UNEVEN_STEPS ? 'well' : 'border';
  }
}

function meanOf(numbers: readonly number[], from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += numbers[i]!;
  return sum / count;
}
