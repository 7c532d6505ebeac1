import { describe, expect, onTestFinished, test } from 'vitest';
import { TICKS, TS_ORIGIN } from '../../src/containers/ts/ticks.ts';
import { MILLISECOND } from '../../src/media/time.ts';
import { HlsChecker } from '../hls/checker.ts';
import { readFragments } from '../hls/fragment-reader.ts';
import type { ReadPiece } from '../hls/media-samples.ts';
import { TransportReader } from '../hls/transport-reader.ts';
import { VirtualHls } from '../hls/virtual-hls.ts';
import { LiveStage, type StagePublisher } from '../live-stage.ts';
import { TsBody } from './http-live/bodies.ts';
import { film, longestStep, MAX_GAP, type Moment, PICTURE, second, Sender, SOUND } from './time-stage.ts';

const HOUR = 3_600_000;
const names = ['index.m3u8', 'ts.m3u8'] as const;
/** A player looks at the list this often, ms. */
const LOOK = 200;
/** Two target durations and more: what a list of MPEG-TS needs to begin with. ms */
const SOON = 20_000;
/** How far two clocks of one publisher drift apart; a picture and a sound so often meanwhile, ms. */
const PPM = 200;
const RARE = 30_000;
/** What no segment can do with sound that is four seconds away from its picture, as its publisher said. */
const APART = ['C-HLS-13/equal', 'C-HLS-14/fragments', 'C-HLS-14/segments'];
/** How long a first publisher is on, how long nobody is, and how long the next one; ms. */
const [BEFORE, AWAY, AFTER] = [20_520, 3000, 20_000];

/** A player of HLS in virtual time, which keeps the segments that it is told of. */
class Listener {
  readonly checker: HlsChecker;
  readonly #hls: VirtualHls;
  readonly #name: string;
  #list = '';
  /** Bytes of each segment by its address, in order. */
  readonly #segments = new Map<string, { bytes: Uint8Array; init: Uint8Array | undefined; discontinuity: boolean }>();
  readonly #inits = new Map<string, Uint8Array>();

  constructor(hls: VirtualHls, name: (typeof names)[number]) {
    this.#hls = hls;
    this.#name = name;
    this.checker = new HlsChecker({ parts: name === 'index.m3u8' });
  }

  get discontinuities(): number {
    return this.checker.discontinuities(this.#list);
  }

  /** Asks for what is new. `ms`: of the clock. */
  async look(ms: number): Promise<void> {
    if (this.#list === '') {
      const entry = this.#hls.url(`live/a/${this.#name}`);
      const answer = await this.#hls.get(entry, 'multivariant');
      if (answer?.status !== 200) return;
      const playlist = this.checker.exchange(answer, ms);
      if (playlist?.kind !== 'multivariant') throw new Error(`${entry} is no multivariant playlist.`);
      this.#list = new URL(playlist.variants[0]!.uri, entry).href;
    }
    const answer = await this.#hls.get(this.#list, 'media');
    if (!answer) throw new Error(`${this.#list} is held.`);
    this.checker.exchange(answer, ms);
    for (const { url, kind } of this.checker.wanted()) {
      const got = (await this.#hls.get(url, kind))!;
      this.checker.exchange(got, ms);
      if (kind === 'init') this.#inits.set(url, got.bytes);
      if (kind === 'segment') this.#keep(url, got.bytes);
    }
  }

  #keep(url: string, bytes: Uint8Array): void {
    const listed = this.checker.latest(this.#list)!.segments.find(({ uri }) => new URL(uri, this.#list).href === url)!;
    const init = listed.map && this.#inits.get(new URL(listed.map.uri, this.#list).href);
    this.#segments.set(url, { bytes, init, discontinuity: listed.discontinuity });
  }

  /** What is in all segments, as the spans between their discontinuities. */
  get spans(): Moment[][] {
    const transport = new TransportReader();
    const spans: Moment[][] = [];
    for (const { bytes, init, discontinuity } of this.#segments.values()) {
      if (discontinuity) transport.restart();
      if (discontinuity || spans.length === 0) spans.push([]);
      spans.at(-1)!.push(...momentsIn(init ? readFragments(init, bytes) : transport.read(bytes)));
    }
    return spans;
  }

  /** Segments in which the written times start again. */
  get wrapped(): number {
    let count = 0;
    for (const { bytes, init } of this.#segments.values()) {
      if (init) continue;
      const body = new TsBody();
      body.push(bytes);
      for (const kind of ['video', 'audio']) {
        const times = body.media.filter((seen) => seen.kind === kind).map(({ timestamp }) => timestamp);
        if (times.some((time, index) => time < (times[index - 1] ?? -Infinity))) count++;
      }
    }
    return count;
  }
}

function momentsIn({ tracks }: ReadPiece): Moment[] {
  return tracks.flatMap(({ kind, scale, samples }) =>
    kind === 'other'
      ? []
      : samples.map(({ dts, pts }): Moment => [kind, (dts / scale) * 1000, ((pts - dts) / scale) * 1000]),
  );
}

/** A publisher, and who listens to it. `clock`: what it says at a time. */
async function open(
  name: (typeof names)[number],
  clock?: (moment: Moment) => number,
): Promise<{
  stage: LiveStage;
  by: StagePublisher;
  sender: Sender;
  listener: Listener;
  play(from: number, to: number): Promise<void>;
}> {
  const stage = new LiveStage();
  const hls = new VirtualHls(stage);
  onTestFinished(() => hls.close());
  const by = await stage.publish();
  const sender = new Sender(stage, by, { burst: SOUND, ...(clock && { clock }) });
  const listener = new Listener(hls, name);
  const play = async (from: number, to: number): Promise<void> => {
    for (let ms = from; ms < to; ms += LOOK) {
      await sender.send(film(ms, Math.min(to, ms + LOOK)));
      await listener.look(stage.scheduler.now() / MILLISECOND);
    }
  };
  onTestFinished(() => expect([stage.faults, hls.faults]).toEqual([[], []]));
  return { stage, by, sender, listener, play };
}

/** Nothing is missing and nothing goes back; the pictures of all spans together are as many as were sent. */
function expectWhole({ spans }: Listener, { from, to }: { from: number; to: number }): void {
  for (const span of spans) {
    for (const kind of ['video', 'audio'] as const) {
      expect(longestStep(span, kind), `ms from one ${kind} to the next`).toBeLessThanOrEqual(MAX_GAP);
      const times = span.filter(([of]) => of === kind).map(([, ms]) => ms);
      expect(times, `${kind} does not go back`).toEqual(times.toSorted((a, b) => a - b));
    }
  }
  const pictures = spans.flat().filter(([kind]) => kind === 'video').length;
  // The first whole segments are there when the list is, and the last one is not complete.
  expect(pictures * PICTURE).toBeGreaterThan(to - from - SOON);
}

const crossings = [
  // Ten seconds before, the clock of MPEG-TS has started again for the 45th time.
  {
    name: 'C-TIME-03 a clock of 32 bits starts again at 2^32 ms',
    at: 2 ** 32,
    breaks: { 'index.m3u8': 0, 'ts.m3u8': 1 },
  },
  {
    name: 'C-TIME-04 MPEG-TS comes to 2^33 ticks',
    at: (2 ** 33 / TICKS) * 1000 - TS_ORIGIN / MILLISECOND,
    breaks: { 'index.m3u8': 0, 'ts.m3u8': 1 },
  },
  {
    name: 'C-TIME-05 MPEG-TS comes to 2^32 ticks',
    at: (2 ** 32 / TICKS) * 1000 - TS_ORIGIN / MILLISECOND,
    breaks: { 'index.m3u8': 0, 'ts.m3u8': 0 },
  },
  {
    name: 'C-TIME-06 pictures of MP4 come to 2^32 ticks',
    at: 2 ** 32 / 1080,
    breaks: { 'index.m3u8': 0, 'ts.m3u8': 0 },
  },
];

describe.each(crossings)('$name', ({ at, breaks }) => {
  test.each(names)('no segment of %s has a wrap inside, and nothing is missing', async (name) => {
    const { sender, listener, play } = await open(name);
    const [from, to] = [second(at) - 60_000, second(at) + 30_000];
    sender.configure(0);
    for (let ms = 0; ms < from; ms += HOUR) await sender.send([['video', ms, 0]]);
    await play(from, to);
    expect(listener.checker.finish()).toEqual([]);
    expect(listener.discontinuities).toBe(breaks[name]);
    expect(listener.wrapped).toBe(0);
    expectWhole(listener, { from, to });
  });
});

describe('C-TIME-08 the clocks of sound and picture drift apart by 200 ppm for six hours', () => {
  test.each(names.flatMap((name) => (['audio', 'video'] as const).map((fast) => ({ name, fast }))))(
    '$name says of both what the publisher said, where $fast is faster',
    async ({ name, fast }) => {
      const clock = ([kind, ms]: Moment): number => Math.round(kind === fast ? ms * (1 + PPM / 1e6) : ms);
      const { sender, listener, play } = await open(name, clock);
      for (const rule of APART) listener.checker.except.add(rule);
      const [from, to] = [6 * HOUR, 6 * HOUR + 40_000];
      sender.configure(0);
      for (let ms = 0; ms < from; ms += RARE) await sender.send(film(ms, ms + SOUND));
      await play(from, to);
      expect(listener.discontinuities).toBe(0);
      const moments = listener.spans.flat();
      for (const kind of ['video', 'audio'] as const) {
        const said = new Set(
          film(from, to)
            .filter(([of]) => of === kind)
            .map(clock),
        );
        const times = moments.filter(([of]) => of === kind).map(([, ms]) => ms);
        const unsaid = times.filter((ms) => ![-1, 0, 1].some((off) => said.has(Math.round(ms - origin(name)) + off)));
        expect(unsaid, `${kind} at a time that nobody said`).toEqual([]);
        expect(times.length).toBeGreaterThan((to - from - SOON) / PICTURE);
      }
      expect(listener.checker.finish()).toEqual([]);
    },
  );
});

describe('C-TIME-10 a publisher whose clock starts at 0', () => {
  const old = ([, ms]: Moment): number => 20_000_000 + ms;

  test.each(names)('takes a stream over that goes on: viewers of %s see one discontinuity', async (name) => {
    const { stage, sender: first, listener, play } = await open(name, old);
    first.configure(0);
    await play(0, BEFORE);
    const next = new Sender(stage, await stage.publish(), { burst: SOUND });
    next.configure(0);
    const twins = film(520, 1000);
    for (const [index, moment] of film(BEFORE, BEFORE + 480).entries()) {
      await first.send([moment]);
      await next.send([twins[index]!], { paced: false });
    }
    for (let ms = 1000; ms < 1000 + AFTER; ms += LOOK) {
      await next.send(film(ms, ms + LOOK));
      await listener.look(stage.scheduler.now() / MILLISECOND);
    }
    expect(stage.told).toContain('end publish live/a replaced');
    expect(listener.checker.finish()).toEqual([]);
    expect(listener.discontinuities).toBe(1);
    expectWhole(listener, { from: 0, to: BEFORE + 480 + AFTER });
  });

  test.each(names)('comes back after it was lost: viewers of %s see one discontinuity', async (name) => {
    const { stage, by, sender: first, listener, play } = await open(name, old);
    first.configure(0);
    await play(0, BEFORE);
    by.publisher.end('lost');
    listener.checker.streamLost(true);
    for (let ms = 0; ms < AWAY; ms += LOOK) {
      stage.scheduler.advance(LOOK * MILLISECOND);
      await listener.look(stage.scheduler.now() / MILLISECOND);
    }
    listener.checker.streamLost(false);
    const again = new Sender(stage, await stage.publish(), { burst: SOUND });
    again.configure(0);
    for (let ms = 0; ms < AFTER; ms += LOOK) {
      await again.send(film(ms, ms + LOOK));
      await listener.look(stage.scheduler.now() / MILLISECOND);
    }
    expect(listener.checker.finish()).toEqual([]);
    expect(listener.discontinuities).toBe(1);
    expectWhole(listener, { from: 0, to: BEFORE + AFTER });
  });

  test.each(names)('starts again on its own connection: viewers of %s see nothing of it', async (name) => {
    const { sender, listener, play } = await open(name, ([, ms]) => (ms < BEFORE ? 20_000_000 + ms : ms - BEFORE));
    sender.configure(0);
    await play(0, BEFORE + AFTER);
    expect(listener.checker.finish()).toEqual([]);
    expect(listener.discontinuities).toBe(0);
    expectWhole(listener, { from: 0, to: BEFORE + AFTER });
  });
});

/** What time 0 is written as, ms. */
function origin(name: (typeof names)[number]): number {
  return name === 'ts.m3u8' ? TS_ORIGIN / MILLISECOND : 0;
}
