import type { Frame } from '../../media/frame.ts';
import { rounded } from '../../media/rounding.ts';
import { SECOND } from '../../media/time.ts';
import { thresholds } from './thresholds.ts';
import type { Verdict } from './verdict.ts';

/** GOPs that ended so lately count, and two in any case. */
const RECENT = 8 * SECOND;
/** The same for what is irregular, which takes four to tell. */
const RECENT_IRREGULAR = 10 * SECOND;
const FEWEST_IRREGULAR = 4;
/** More are not kept. */
const MOST = 64;

interface Gop {
  end: number;
  length: number;
}

/** How far apart key frames are. */
export class GopProbe {
  #gops: Gop[] = [];
  #key: number | undefined;
  /** Since when no key frame was seen: the last one, or the first picture where none came yet. */
  #since: number | undefined;
  #last = 0;

  /** Of the main video track. */
  see({ dts, key }: Frame): void {
    this.#last = dts;
    this.#since ??= dts;
    if (!key) return;
    if (this.#key !== undefined && dts > this.#key) {
      if (this.#gops.length >= MOST) this.#gops.shift();
      this.#gops.push({ end: dts, length: dts - this.#key });
    }
    this.#key = this.#since = dts;
  }

  /** The clock jumped, or is another. */
  reset(): void {
    this.#gops = [];
    this.#key = this.#since = undefined;
  }

  /** Verdict on `gop-long`. The GOP that is going on counts once it is far too long: only its end tells its length. */
  long(): Verdict {
    const { comes, waited, goes } = thresholds['gop-long'].limits;
    const recent = this.#recent(RECENT, 2);
    const open = this.#last - (this.#since ?? this.#last);
    const longest = Math.max(open > waited.value * SECOND ? open : 0, ...recent) / SECOND;
    if (longest > comes.value) return { seconds: rounded(longest, 1) };
    if (open > comes.value * SECOND) return 'border';
    if (recent.length < 2) return undefined;
    return longest <= goes.value ? 'well' : 'border';
  }

  /** Verdict on `gop-irregular`. */
  irregular(): Verdict {
    const { longest: limit, ratio, share } = thresholds['gop-irregular'].limits;
    const recent = this.#recent(RECENT_IRREGULAR, FEWEST_IRREGULAR);
    if (recent.length < FEWEST_IRREGULAR - 1) return undefined;
    const longest = Math.max(...recent);
    const short = recent.filter((length) => length * ratio.value <= longest).length;
    if (longest <= limit.value * SECOND || short < Math.max(2, recent.length * share.value)) return 'well';
    if (recent.length < FEWEST_IRREGULAR) return undefined;
    return { shortest: rounded(Math.min(...recent) / SECOND, 1), longest: rounded(longest / SECOND, 1) };
  }

  #recent(span: number, fewest: number): number[] {
    const first = this.#gops.length - fewest;
    return this.#gops
      .filter(({ end }, index) => index >= first || this.#last - end <= span)
      .map(({ length }) => length);
  }
}
