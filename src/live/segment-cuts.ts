import { MILLISECOND, SECOND } from '../media/time.ts';

/** The longest GOP that is waited for: beyond it segments are cut without a key frame, so that players need not wait. */
const LONGEST_GOP = 10 * SECOND;
/** What a duration may have above the target, so that it is still rounded down to it (rfc8216bis, 4.4.3.1). */
const OVER_TARGET = 450 * MILLISECOND;
/** A GOP that is above whole seconds by no more than this is so by the rounding of its times. */
const JITTER = 100 * MILLISECOND;
/** A part is at least this much of the part target, with a little to spare (rfc8216bis, 4.4.4.9: 85 %). */
const LEAST_PART = 0.86;
/** Where one more frame makes a part longer than the option by no more than this, it is by the rounding of times. */
const ROUNDING = 2 * MILLISECOND;
/** Part targets that a player stays behind the end: with as much in it the first segment is of use. */
const FIRST_PARTS = 3;
/** Part targets of a GOP that may be left when the first segment ends in it: a player that comes then begins before it. */
const REST_PARTS = 4;
/** Frames further apart than this do not tell how long one is shown. */
const LONGEST_FRAME = SECOND;
const FIRST_FRAME = 40 * MILLISECOND;

/** Something ends at `time`, in µs of the stream. After a break what follows does not continue it. */
export interface Cut {
  time: number;
  what: 'part' | 'segment' | 'break';
}

export interface CutOptions {
  /** µs that a segment has. */
  segment: number;
  /** µs that a part has; 0 is no parts. */
  part: number;
  /** µs of the stream's GOP, where it is known already. */
  gop?: number | undefined;
  /** Where there are pictures, the target is known with the first GOP; without them at once. */
  pictures: boolean;
  /** The first segment may end in its GOP, so that nobody waits for it. */
  hasty: boolean;
}

/** Says where segments and parts end, from the times of one track. Times in µs. */
export class SegmentCuts {
  /** Whole seconds that no segment's rounded duration exceeds; undefined until the first GOP is known. Never changes. */
  target: number | undefined;
  /** No part is longer than this; undefined until the distance of frames is known. Never changes. */
  partTarget: number | undefined;
  readonly #options: CutOptions;
  #start = 0;
  #part = 0;
  /** Frames since the part began. */
  #count = 0;
  #last = 0;
  #frame = FIRST_FRAME;
  /** As `#frame`, but one that is shown for long does not say that the next one is. */
  #usual = FIRST_FRAME;
  /** No segment has ended yet, and the first may end early. */
  #first: boolean;
  #independent = true;
  #key: number | undefined;
  #gop: number | undefined;
  #hurried = false;

  constructor(options: CutOptions) {
    this.#options = options;
    const { gop, pictures, segment, hasty } = options;
    this.#gop = gop;
    this.#first = hasty;
    if (!pictures || gop !== undefined) this.#aim(pictures ? gop! : segment);
  }

  /** How long a frame is shown, by those before it. */
  get frame(): number {
    return this.#frame;
  }

  /** Where what was gathered so far ends, when nothing follows it. */
  close(): number {
    this.#first = false;
    const end = Math.min(this.#last + this.#frame, this.#start + this.#longest);
    if (this.target === undefined) this.#aim(end - this.#start);
    return end;
  }

  /** A segment begins with a frame that nothing comes before. */
  begin(time: number, key: boolean): void {
    this.#start = this.#part = this.#last = time;
    this.#count = 1;
    this.#independent = key;
    this.#key = key ? time : undefined;
  }

  /**
   * What ends before the frame at `time`, in order. `filled`: whether there is anything from one time to another, so that
   * a part can end while the frame before is still shown.
   */
  at(time: number, key: boolean, filled: (from: number, to: number) => boolean = () => false): Cut[] {
    const cuts: Cut[] = [];
    const step = time - this.#last;
    // Where another track was ahead a key frame may come a little late.
    if (step <= 0 && !(key && time > this.#part)) return cuts;
    const { frame } = this;
    if (step > 0) this.#usual = Math.min(step, frame);
    if (step > 0 && step <= LONGEST_FRAME) this.#frame = step;
    if (key) this.#measure(time);
    if (this.target === undefined && time + frame - this.#start > LONGEST_GOP) this.#aim(LONGEST_GOP);
    // The frame before lasted longer than was to be expected: what ended with it can still be cut off.
    const isLate = time - this.#start > this.#longest && step <= this.#longest;
    if (isLate && this.#last > this.#start) this.#cut(cuts, this.#last, 'segment', false);
    if (time - this.#start > this.#longest) {
      cuts.push({ time: this.#last + frame, what: 'break' });
      this.#first = false;
      this.begin(time, key);
      return cuts;
    }
    const { part } = this.#options;
    if (part > 0 && this.partTarget === undefined && time + this.#frame - this.#part > part) this.#settle(time);
    if (this.partTarget !== undefined) this.#cutLate(cuts, time, filled);
    if (this.#endsSegment(time, key)) this.#cut(cuts, time, 'segment', key);
    else if (this.partTarget !== undefined && this.#fillsPart(time)) this.#cutPart(cuts, time);
    this.#last = Math.max(this.#last, time);
    this.#count++;
    return cuts;
  }

  /** The next key frame begins a segment. */
  hurry(): void {
    this.#hurried = true;
  }

  /** Ends the segment before the frame that was looked at last, whatever it begins with. False where it has just begun. */
  force(time: number): boolean {
    if (time <= this.#start) return false;
    this.#first = this.#hurried = false;
    this.#start = this.#part = time;
    this.#count = 1;
    this.#independent = false;
    return true;
  }

  get #longest(): number {
    return (this.target === undefined ? LONGEST_GOP : this.target * SECOND) + OVER_TARGET;
  }

  #endsSegment(time: number, key: boolean): boolean {
    const { segment } = this.#options;
    const length = time - this.#start;
    if (this.target === undefined) return false;
    if (length + this.#frame > this.#longest) return true;
    if (!key) return false;
    if (this.#hurried || (this.#first && this.#isUseful(length))) return true;
    if (length >= segment - this.#frame / 2) return true;
    if (this.#gop !== undefined && length + this.#gop > this.#longest) return true;
    // One that began without a key frame makes way for one that does.
    return !this.#independent && length >= segment / 2;
  }

  /** What should have ended before the frame at `time`, had that come sooner. */
  #cutLate(cuts: Cut[], time: number, filled: (from: number, to: number) => boolean): void {
    const partTarget = this.partTarget!;
    // The frame before is shown for longer than was to be expected.
    if (time - this.#part > partTarget && this.#last > this.#part) {
      const isLong = this.#last - this.#part >= LEAST_PART * partTarget;
      const isEnough = time - this.#last <= partTarget && !filled(this.#part, this.#part + partTarget);
      if (isLong || isEnough) this.#cutPart(cuts, this.#last);
    }
    // Without any it is one part, which is too long: there is nothing to cut.
    while (time - this.#part > partTarget && filled(this.#part, this.#part + partTarget))
      this.#cutPart(cuts, this.#part + partTarget);
  }

  #fillsPart(time: number): boolean {
    const length = time - this.#part;
    return length + this.#usual > this.partTarget! && length >= LEAST_PART * this.partTarget!;
  }

  #cutPart(cuts: Cut[], time: number): void {
    this.#cut(cuts, time, this.#endsFirst(time) ? 'segment' : 'part');
  }

  #cut(cuts: Cut[], time: number, what: 'part' | 'segment', key = false): void {
    cuts.push({ time, what });
    this.#part = time;
    this.#count = time === this.#last ? 1 : 0;
    if (what === 'part') return;
    this.#first = this.#hurried = false;
    this.#start = time;
    this.#independent = key;
  }

  /** The first segment may end in its GOP, so that nobody waits for the next key frame, unless that is near or very far. */
  #endsFirst(time: number): boolean {
    if (!this.#first || this.target === undefined || this.#gop === undefined || this.#key === undefined) return false;
    const { partTarget = 0 } = this;
    if (this.#gop <= FIRST_PARTS * partTarget && this.#options.pictures) return false;
    return this.#isUseful(time - this.#start) && this.#key + this.#gop - time <= REST_PARTS * partTarget;
  }

  #isUseful(length: number): boolean {
    return this.partTarget !== undefined && length >= FIRST_PARTS * LEAST_PART * this.partTarget;
  }

  #measure(time: number): void {
    if (this.#key !== undefined) {
      this.#gop = time - this.#key;
      // The segment may have begun before that GOP.
      if (this.target === undefined) this.#aim(Math.max(this.#gop, time - this.#start));
    }
    this.#key = time;
  }

  #aim(gop: number): void {
    const longest = Math.max(this.#options.segment, Math.min(gop, LONGEST_GOP) - JITTER);
    this.target = Math.ceil(longest / SECOND);
  }

  /** As the option says, where whole frames fill it well; else what the nearest number of frames above it takes. */
  #settle(time: number): void {
    const { part } = this.#options;
    const frame = (time - this.#part) / Math.max(1, this.#count);
    const count = Math.floor((part + ROUNDING) / frame);
    const filled = count * frame;
    // Where a frame is no whole number of milliseconds, times may be rounded to them.
    const isRounded = frame % MILLISECOND > 0 && filled > part - MILLISECOND;
    if (filled < LEAST_PART * part) this.partTarget = Math.ceil((filled + frame) / MILLISECOND + 1) * MILLISECOND;
    else this.partTarget = isRounded ? (Math.round(filled / MILLISECOND) + 1) * MILLISECOND : part;
  }
}
