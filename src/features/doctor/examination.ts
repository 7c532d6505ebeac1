import type { Finding, FindingCode } from '../../client/messages.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import type { StreamWatcher } from '../../live/stream.ts';
import type { Frame } from '../../media/frame.ts';
import { BitRateProbe } from './bit-rate-probe.ts';
import { DriftProbe } from './drift-probe.ts';
import { FrameRateProbe } from './frame-rate-probe.ts';
import { GopProbe } from './gop-probe.ts';
import { JumpProbe } from './jump-probe.ts';
import { Patience } from './patience.ts';
import { PresenceProbe } from './presence-probe.ts';
import { ReorderProbe } from './reorder-probe.ts';
import type { Verdict } from './verdict.ts';

/** What belongs to a publisher's clock, and goes with it. */
const OF_THE_CLOCK: readonly FindingCode[] = ['clock-drift', 'timestamps-jump'];

/** Looks at one stream: a few additions for each frame, and verdicts once a second. */
export class Examination implements StreamWatcher {
  readonly #scheduler: Scheduler;
  readonly #patience: Patience = new Patience();
  readonly #gop: GopProbe = new GopProbe();
  readonly #frameRate: FrameRateProbe = new FrameRateProbe();
  readonly #bitRate: BitRateProbe = new BitRateProbe();
  readonly #reorder: ReorderProbe = new ReorderProbe();
  readonly #drift: DriftProbe = new DriftProbe();
  readonly #jumps: JumpProbe = new JumpProbe();
  #presence: PresenceProbe;
  /** What went with the publisher before. */
  #dropped: FindingCode[] = [];

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
    this.#presence = new PresenceProbe(scheduler.now());
  }

  get findings(): readonly Finding[] {
    return this.#patience.findings;
  }

  begin(): void {
    const now = this.#scheduler.now();
    this.#presence = new PresenceProbe(now);
    this.#bitRate.reset();
    this.#jumps.reset();
    this.#resetClock();
    this.#patience.pause(now);
    this.#dropped.push(...OF_THE_CLOCK.filter((code) => this.#patience.drop(code)));
  }

  see(frame: Frame, main: boolean, now: number): void {
    const { kind } = frame.track;
    if (!main || kind === 'data') return;
    const isPicture = kind === 'video';
    this.#bitRate.see(frame.data.length, isPicture && frame.key, now);
    this.#presence.see(frame, now);
    if (this.#jumps.see(frame, now)) this.#resetClock();
    if (!isPicture) {
      this.#drift.seeAudio(frame, now);
      return;
    }
    const late = now - frame.dts;
    this.#bitRate.seeLateness(late);
    this.#drift.seeVideo(late);
    this.#gop.see(frame);
    this.#frameRate.see(frame.dts);
    this.#reorder.see(frame);
  }

  /** The publisher sends what cannot be carried. `codec`: for people. */
  leaveOut(kind: 'video' | 'audio', codec: string): void {
    this.#presence.leaveOut(kind, codec);
  }

  /** Passes judgement, once a second. Tells which findings came and went, and whether anything is to be told anew. */
  judge(): { came: Finding[]; went: FindingCode[]; changed: boolean } {
    const now = this.#scheduler.now();
    const verdicts: Partial<Record<FindingCode, Verdict>> = {
      'gop-long': this.#gop.long(),
      'gop-irregular': this.#gop.irregular(),
      'frame-rate-variable': this.#frameRate.verdict(),
      'bit-rate-unstable': this.#bitRate.unstable(),
      'bit-rate-high': this.#bitRate.high(),
      'audio-missing': this.#presence.noAudio(now),
      'video-missing': this.#presence.noVideo(now),
      'b-frames': this.#reorder.verdict(),
      'clock-drift': this.#drift.verdict(),
      'codec-unplayable': this.#presence.unplayable(),
      'timestamps-jump': this.#jumps.verdict(now),
    };
    const heard = this.#patience.hear(verdicts, now);
    const dropped = this.#dropped.splice(0);
    return { came: heard.came, went: [...dropped, ...heard.went], changed: heard.changed || dropped.length > 0 };
  }

  #resetClock(): void {
    this.#gop.reset();
    this.#frameRate.reset();
    this.#reorder.reset();
    this.#drift.reset();
    this.#bitRate.jumped();
  }
}
