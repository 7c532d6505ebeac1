import { MILLISECOND } from '../../src/media/time.ts';
import { Random } from '../fuzz/random.ts';
import { addressOf, HlsChecker } from '../hls/checker.ts';
import { VirtualHls } from '../hls/virtual-hls.ts';
import { LiveStage } from '../live-stage.ts';
import { anyManner, type Manner, RandomPublisher, tracks } from './random-publisher.ts';

/** Time passes in steps of these. ms */
const STEP = 20;
/** A player looks at the playlists after so many steps: at about every part. */
const LOOK = 15;
/** After everything that a publisher does it goes on for so long, and as much again at random. ms */
const CALM = 9000;
/** A publisher may be away for so long. ms */
const GRACE = 15_000;
/** Two publishers with one key replace each other at most this often. ms */
const TAKEOVER = 10_000;

/** What cannot be kept while a publisher sends only sound, or only pictures. */
const UNEVEN = ['C-HLS-13/equal'];
/** What cannot be kept where pictures begin in the middle of a segment. */
const MIDWAY = [...UNEVEN, 'C-HLS-12/sum'];
/** What cannot be kept where nothing comes for a while: the picture before it lasts longer than a part may, or ends one. */
const HOLE = [...UNEVEN, 'C-HLS-12/duration', 'C-HLS-20/part-target', 'C-HLS-20/duration', 'C-HLS-20/least'];

/** Something that a publisher does, and how many discontinuities it is. */
interface Deed {
  name: string;
  /** Or any number up to this, where it depends on what else there is. */
  breaks: number;
  upTo?: boolean;
  /** Rules that do not hold meanwhile. */
  except?: readonly string[];
  run(): Promise<void>;
}

/** One playlist of a stream, with the checker that follows it. */
interface Followed {
  entry: string;
  media: string;
  checker: HlsChecker;
}

/** A stream whose publishers do what comes to their minds, in virtual time, and players who look at everything. */
export class RandomStream {
  readonly stage: LiveStage = new LiveStage({ grace: GRACE * MILLISECOND });
  readonly hls: VirtualHls = new VirtualHls(this.stage);
  /** What was wrong, in words. */
  readonly complaints: string[] = [];
  /** How often each thing was done. */
  readonly done: Map<string, number> = new Map();
  judged = 0;
  readonly #random: Random;
  #publisher!: RandomPublisher;
  #second: RandomPublisher | undefined;
  #followed: Followed[] = [];
  #steps = 0;
  #switched = -Infinity;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  get #ms(): number {
    return this.stage.scheduler.now() / MILLISECOND;
  }

  /** Runs for so many ms of the stream. */
  async run(ms: number): Promise<void> {
    const end = this.#ms + ms;
    await this.#beginBroadcast();
    while (this.#ms < end) {
      const deed = this.#random.pick(this.#deeds());
      const before = this.#followed.map(({ checker, media }) => checker.discontinuities(media));
      this.done.set(deed.name, (this.done.get(deed.name) ?? 0) + 1);
      const at = Math.round(this.#ms);
      for (const rule of deed.except ?? []) this.#tell(({ except }) => except.add(rule));
      await deed.run();
      await this.#pass(CALM + this.#random.below(CALM));
      // Until what came of it is listed no more.
      if (deed.except) await this.#pass(CALM);
      for (const rule of deed.except ?? []) this.#tell(({ except }) => except.delete(rule));
      if (deed.name === 'an end') continue;
      for (const [index, { checker, media, entry }] of this.#followed.entries()) {
        const breaks = checker.discontinuities(media) - before[index]!;
        const isRight = breaks === deed.breaks || (deed.upTo && breaks >= 0 && breaks < deed.breaks);
        if (!isRight) this.complaints.push(`${entry}: ${deed.name} at ${at} ms is ${breaks} discontinuities`);
      }
    }
    await this.#endBroadcast();
    await this.hls.close();
    this.complaints.push(...this.hls.faults.map(String), ...this.stage.faults.map(String));
  }

  #deeds(): Deed[] {
    const { manner } = this.#publisher;
    const change =
      (changed: Partial<Manner>): (() => Promise<void>) =>
      async () => {
        this.#publisher.manner = { ...this.#publisher.manner, ...changed };
        this.#publisher.refresh();
      };
    const deeds: Deed[] = [
      { name: 'nothing', breaks: 0, run: async () => {} },
      { name: 'other GOPs', breaks: 0, run: change({ gop: anyManner(this.#random, manner).gop }) },
      { name: 'a restart', breaks: 1, run: () => this.#restart() },
      { name: 'a lost connection', breaks: 1, run: () => this.#restart() },
      { name: 'a hole', breaks: 1, upTo: true, except: HOLE, run: () => this.#silence() },
      { name: 'a line that stands still', breaks: 0, run: () => this.#stick() },
      { name: 'an end', breaks: 0, run: () => this.#newBroadcast() },
      {
        name: 'a clock set forward',
        breaks: 0,
        run: async () => this.#publisher.jump(3_600_000),
      },
    ];
    if (manner.video) {
      const { video, video2, hevc } = tracks;
      const other = this.#random.pick([video, video2].filter((track) => track !== manner.video));
      deeds.push({ name: 'another resolution', breaks: 1, run: change({ video: other }) });
      deeds.push({ name: 'another codec', breaks: 1, run: change({ video: manner.video === hevc ? video : hevc }) });
    }
    if (manner.audio) {
      const audio = manner.audio === tracks.audio ? tracks.audio2 : tracks.audio;
      // What comes in the new one is heard from the next key frame on, whose init segment tells of it.
      deeds.push({ name: 'another sound', breaks: 1, except: UNEVEN, run: change({ audio }) });
    }
    if (manner.video && manner.audio) {
      const { video, audio } = manner;
      deeds.push({
        name: 'no pictures for a while',
        breaks: 0,
        except: MIDWAY,
        run: () => this.#without({ video: undefined }, { video }),
      });
      deeds.push({
        name: 'no sound for a while',
        breaks: 0,
        except: UNEVEN,
        run: () => this.#without({ audio: undefined }, { audio }),
      });
    }
    if (this.#ms - this.#switched > TAKEOVER)
      deeds.push({ name: 'a takeover', breaks: 1, run: () => this.#takeOver() });
    return deeds;
  }

  async #restart(): Promise<void> {
    this.#tell((checker) => checker.streamLost(true));
    this.#publisher.end('lost');
    await this.#pass(this.#random.below(GRACE - 1000));
    this.#publisher = await this.#publish(this.#publisher.manner);
    this.#tell((checker) => checker.streamLost(false));
  }

  async #without(what: Partial<Manner>, again: Partial<Manner>): Promise<void> {
    this.#publisher.manner = { ...this.#publisher.manner, ...what };
    await this.#pass(this.#random.below(8000));
    this.#publisher.manner = { ...this.#publisher.manner, ...again };
    this.#publisher.refresh();
  }

  async #stick(): Promise<void> {
    this.#publisher.stuck = true;
    await this.#pass(200 + this.#random.below(4000));
    this.#publisher.stuck = false;
  }

  async #silence(): Promise<void> {
    this.#publisher.silent = true;
    await this.#pass(200 + this.#random.below(2500));
    this.#publisher.silent = false;
    this.#publisher.refresh();
  }

  async #takeOver(): Promise<void> {
    this.#switched = this.#ms;
    this.#second = await this.#publish(this.#publisher.manner);
    await this.#pass(5000);
    this.#publisher = this.#second;
    this.#second = undefined;
  }

  async #newBroadcast(): Promise<void> {
    await this.#endBroadcast();
    await this.#pass(1000 + this.#random.below(3000));
    await this.#beginBroadcast();
  }

  async #beginBroadcast(): Promise<void> {
    const { video, audio } = tracks;
    const of = this.#random.pick([
      { video, audio },
      { video, audio },
      { video, audio: undefined },
      { video: undefined, audio },
    ]);
    this.#publisher = await this.#publish(anyManner(this.#random, of));
    await this.#pass(CALM);
    for (const name of ['index.m3u8', 'ts.m3u8']) {
      const entry = this.hls.url(`live/a/${name}`);
      const checker = new HlsChecker({ parts: name.startsWith('index') });
      const answer = this.hls.ask(entry, 'multivariant');
      for (let i = 0; i < 1000 && !answer.is; i++) await this.#step();
      const playlist = answer.is && checker.exchange(answer.is, this.#ms);
      if (playlist?.kind !== 'multivariant') {
        this.complaints.push(`${entry} is ${answer.is?.status ?? 'held'}`, ...checker.complaints);
        continue;
      }
      this.#followed.push({ entry, checker, media: new URL(playlist.variants[0]!.uri, entry).href });
    }
    await this.#pass(2000);
  }

  async #endBroadcast(): Promise<void> {
    for (const { entry, checker } of this.#followed) checker.exchange((await this.hls.get(entry, 'multivariant'))!);
    this.#publisher.end('ended');
    this.#tell((checker) => checker.streamEnded(this.#ms));
    await this.#look();
    for (const { checker, media, entry } of this.#followed) {
      if (!checker.latest(media)?.ended) this.complaints.push(`${entry} has no end`);
      this.judged += checker.judged;
      this.complaints.push(...checker.finish());
    }
    this.#followed = [];
  }

  #publish(manner: Manner): Promise<RandomPublisher> {
    const wrap = this.#random.pick([2 ** 31, 2 ** 32]);
    // Some come just before their clock starts again.
    const start = this.#random.pick([0, 0, 5000, wrap - 20_000]);
    return RandomPublisher.begin(this.stage, { random: this.#random, manner, start, wrap });
  }

  async #pass(ms: number): Promise<void> {
    for (const end = this.#ms + ms; this.#ms < end;) await this.#step();
  }

  async #step(): Promise<void> {
    this.stage.scheduler.advance(STEP * MILLISECOND);
    this.#publisher.send();
    this.#second?.send();
    await Promise.resolve();
    if (++this.#steps % LOOK === 0) await this.#look();
  }

  /** Looks at every playlist, now and then by a delta update, and at all that is new in it. */
  async #look(): Promise<void> {
    for (const { checker, media } of this.#followed) {
      const skip = this.#random.below(3) === 0 && checker.latest(media) ? '?_HLS_skip=YES' : '';
      const answer = await this.hls.get(media + skip, 'media');
      if (answer) checker.exchange(answer, this.#ms);
      else this.complaints.push(`${addressOf(media)} is held`);
      for (const { url, kind } of checker.wanted()) {
        const bytes = await this.hls.get(url, kind);
        if (bytes) checker.exchange(bytes, this.#ms);
        if (bytes?.status !== 200) this.complaints.push(`${url} is ${bytes?.status ?? 'held'}`);
      }
    }
  }

  #tell(what: (checker: HlsChecker) => void): void {
    for (const { checker } of this.#followed) what(checker);
  }
}
