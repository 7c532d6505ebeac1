import { expect } from 'vitest';
import { publish } from '../publish.ts';
import type { ClipName } from '../clips.ts';
import type { Program } from '../programs.ts';
import { until } from '../servers.ts';
import { HlsWatcher } from '../hls/watcher.ts';
import { Watcher } from '../watch.ts';
import { BodyWatcher } from './body-watcher.ts';
import { Metronome } from './metronome.ts';
import { RtmpWatcher } from './rtmp-watcher.ts';
import type { Secure } from './watched-server.ts';

/** Longest pause that the viewers of a healthy stream may see beside any fault. ms */
export const MAX_GAP = 500;
/** Longest step between two pictures where none was lost: 40 ms each, and a little more where the film starts anew. */
const MAX_STEP = 100;

/** HLS brings parts of this much at a time; its option's default. ms */
const PART = 333;
/** Times are rounded to the clock of each container. ms */
const ROUNDING = 5;

/** A viewer of a stream without an end. */
export type Viewer = Watcher | RtmpWatcher | BodyWatcher;

export interface ControlOptions {
  path?: string;
  /** The key by which it publishes, where one is needed. */
  name?: string;
  film?: ClipName;
  /** How long it may live. */
  limitMs?: number;
  /** Which viewers it has besides those of FLV and RTMP. */
  also?: readonly ('http-ts' | 'http-mp4' | 'ws-mp4' | 'hls' | 'h2-mp4')[];
}

/** A healthy stream beside the victims: ffmpeg publishes, and viewers of each protocol must notice nothing. */
export class Control {
  readonly metronome: Metronome;
  readonly publisher: Program;
  readonly viewers: Record<string, Viewer>;
  readonly hls: HlsWatcher | undefined;

  private constructor(publisher: Program, watching: Pick<Control, 'viewers' | 'hls'>, server: number) {
    this.metronome = new Metronome(server, publisher.child.pid!);
    this.publisher = publisher;
    this.viewers = watching.viewers;
    this.hls = watching.hls;
  }

  static async beside(
    server: { http: string; ws: string; rtmp: string; secure?: Secure | undefined; process?: { pid: number } },
    options: ControlOptions = {},
  ): Promise<Control> {
    const { path = 'live/control', name = path.slice('live/'.length), film = 'plain', limitMs = 120_000 } = options;
    const { also = [] } = options;
    const publisher = await publish(film, `${server.rtmp}/live/${name}`, { loop: true, limitMs });
    const viewers = {
      'http-flv': new Watcher(`${server.http}/${path}.flv`),
      'ws-flv': new Watcher(`${server.ws}/${path}.flv`),
      rtmp: new RtmpWatcher(`${server.rtmp}/${path}`),
      ...(also.includes('http-ts') && { 'http-ts': new BodyWatcher(`${server.http}/${path}.ts`) }),
      ...(also.includes('http-mp4') && { 'http-mp4': new BodyWatcher(`${server.http}/${path}.mp4`) }),
      ...(also.includes('ws-mp4') && { 'ws-mp4': new BodyWatcher(`${server.ws}/${path}.mp4`) }),
      ...(also.includes('h2-mp4') &&
        server.secure && { 'h2-mp4': new BodyWatcher(`https://127.0.0.1:${server.secure.https}/${path}.mp4`) }),
    };
    const hls = also.includes('hls') ? new HlsWatcher(`${server.http}/${path}/index.m3u8`) : undefined;
    const control = new Control(publisher, { viewers, hls }, server.process?.pid ?? process.pid);
    await control.plays();
    return control;
  }

  /** Waits until every viewer has pictures, and one second more of them. */
  async plays(): Promise<void> {
    const all = Object.entries({ ...this.viewers, ...(this.hls && { hls: this.hls }) });
    for (const [protocol, viewer] of all) {
      const before = viewer.pictures.length;
      await until(`the control stream plays over ${protocol}`, () => viewer.pictures.length >= before + 25);
    }
  }
}

/** No pause, no picture lost, nobody closed. Gives the longest pause in ms. */
export function expectUnharmed({ viewers, hls, metronome }: Control): number {
  let longest = 0;
  expectSameCounts(Object.values(viewers));
  for (const [protocol, viewer] of Object.entries(viewers)) {
    const gap = metronome.longestGap(viewer.arrivals);
    longest = Math.max(longest, gap);
    expect(viewer.ended, `${protocol} of the control stream is still open`).toBeUndefined();
    expect(gap, `ms of silence over ${protocol} of the control stream`).toBeLessThan(MAX_GAP);
    expectAllPictures(viewer, protocol);
    if (viewer instanceof BodyWatcher) expect(viewer.fault, protocol).toBeUndefined();
  }
  if (hls) longest = Math.max(longest, expectPlayedHls(hls, metronome));
  return Math.round(longest);
}

/** The same of HLS, where nothing comes before its part is whole. Gives the longest pause beyond a part in ms. */
export function expectPlayedHls(
  { pictures, arrivals, ended, jumps, checker }: HlsWatcher,
  metronome: Metronome,
): number {
  expect(ended, 'HLS of the control stream is still played').toBeUndefined();
  expect(jumps, 'places where a player of HLS could not go on').toEqual([]);
  expect(checker.complaints).toEqual([]);
  const gap = metronome.longestGap(arrivals) - PART;
  expect(gap, 'ms of silence over HLS of the control stream').toBeLessThan(MAX_GAP);
  const steps = stepsOf(pictures.toSorted((a, b) => a.timestamp - b.timestamp));
  expect(Math.max(...steps), 'HLS: ms between pictures').toBeLessThan(MAX_STEP);
  return gap;
}

/** Whatever one of them got, all got, over the span in which all were there. */
function expectSameCounts(viewers: readonly Viewer[]): void {
  for (const kind of ['video', 'audio'] as const) {
    const times = viewers.map((viewer) => timesOf(viewer, kind));
    const from = Math.max(...times.map((of) => of[0] ?? Infinity));
    const to = Math.min(...times.map((of) => of.at(-1) ?? -Infinity));
    const counts = times.map((of) => of.filter((time) => time >= from - ROUNDING && time <= to + ROUNDING).length);
    expect(counts[0], `${kind} frames that all have`).toBeGreaterThan(10);
    expect(new Set(counts).size, `${kind} frames of each: ${counts.join(', ')}`).toBe(1);
  }
}

/** Times in ms of all frames of a kind. */
function timesOf(viewer: Viewer, kind: 'video' | 'audio'): number[] {
  const frames: readonly { timestamp: number }[] =
    viewer instanceof Watcher ? viewer.flv.media(kind) : viewer.frames.filter((frame) => frame.kind === kind);
  return frames.map(({ timestamp }) => timestamp);
}

/** Every picture arrived, in order. */
function expectAllPictures(viewer: Viewer, name: string): void {
  const steps = stepsOf(viewer.pictures);
  expect(Math.min(...steps), `${name}: times go on`).toBeGreaterThanOrEqual(0);
  expect(Math.max(...steps), `${name}: ms between pictures`).toBeLessThan(MAX_STEP);
}

/** ms of media from each picture to the next. */
export function stepsOf(pictures: readonly { timestamp: number }[]): number[] {
  return pictures.slice(1).map(({ timestamp }, index) => timestamp - pictures[index]!.timestamp);
}
