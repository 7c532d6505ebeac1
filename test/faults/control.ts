import { expect } from 'vitest';
import { publish } from '../publish.ts';
import type { ClipName } from '../clips.ts';
import type { Program } from '../programs.ts';
import { until } from '../servers.ts';
import { Watcher } from '../watch.ts';
import { Metronome } from './metronome.ts';
import { RtmpWatcher } from './rtmp-watcher.ts';

/** Longest pause that the viewers of a healthy stream may see beside any fault. ms */
export const MAX_GAP = 500;
/** Longest step between two pictures where none was lost: 40 ms each, and a little more where the film starts anew. */
const MAX_STEP = 100;

/** A healthy stream beside the victims: ffmpeg publishes, and viewers of each protocol must notice nothing. */
export class Control {
  readonly metronome: Metronome;
  readonly publisher: Program;
  readonly viewers: Record<string, Watcher | RtmpWatcher>;

  private constructor(publisher: Program, viewers: Control['viewers'], server: number) {
    this.metronome = new Metronome(server, publisher.child.pid!);
    this.publisher = publisher;
    this.viewers = viewers;
  }

  /** `name`: the key by which it publishes, where one is needed. `limitMs`: how long it may live. */
  static async beside(
    server: { http: string; ws: string; rtmp: string; process?: { pid: number } },
    options: { path?: string; name?: string; film?: ClipName; limitMs?: number } = {},
  ): Promise<Control> {
    const { path = 'live/control', name = path.slice('live/'.length), film = 'plain', limitMs = 120_000 } = options;
    const publisher = await publish(film, `${server.rtmp}/live/${name}`, { loop: true, limitMs });
    const viewers = {
      'http-flv': new Watcher(`${server.http}/${path}.flv`),
      'ws-flv': new Watcher(`${server.ws}/${path}.flv`),
      rtmp: new RtmpWatcher(`${server.rtmp}/${path}`),
    };
    const control = new Control(publisher, viewers, server.process?.pid ?? process.pid);
    await control.plays();
    return control;
  }

  /** Waits until every viewer has pictures, and one second more of them. */
  async plays(): Promise<void> {
    for (const [protocol, viewer] of Object.entries(this.viewers)) {
      const before = viewer.pictures.length;
      await until(`the control stream plays over ${protocol}`, () => viewer.pictures.length >= before + 25);
    }
  }
}

/** No pause, no picture lost, nobody closed. Gives the longest pause in ms. */
export function expectUnharmed({ viewers, metronome }: Control): number {
  let longest = 0;
  expectSameCounts(Object.values(viewers));
  for (const [protocol, viewer] of Object.entries(viewers)) {
    const gap = metronome.longestGap(viewer.arrivals);
    longest = Math.max(longest, gap);
    expect(viewer.ended, `${protocol} of the control stream is still open`).toBeUndefined();
    expect(gap, `ms of silence over ${protocol} of the control stream`).toBeLessThan(MAX_GAP);
    expectAllPictures(viewer, protocol);
  }
  return Math.round(longest);
}

/** Whatever one of them got, all got, over the span in which all were there. */
function expectSameCounts(viewers: readonly (Watcher | RtmpWatcher)[]): void {
  for (const kind of ['video', 'audio'] as const) {
    const times = viewers.map((viewer) => timesOf(viewer, kind));
    const from = Math.max(...times.map((of) => of[0] ?? Infinity));
    const to = Math.min(...times.map((of) => of.at(-1) ?? -Infinity));
    const counts = times.map((of) => of.filter((time) => time >= from && time <= to).length);
    expect(counts[0], `${kind} frames that all have`).toBeGreaterThan(10);
    expect(new Set(counts).size, `${kind} frames of each: ${counts.join(', ')}`).toBe(1);
  }
}

/** Times in ms of all frames of a kind. */
function timesOf(viewer: Watcher | RtmpWatcher, kind: 'video' | 'audio'): number[] {
  const frames: readonly { timestamp: number }[] =
    viewer instanceof Watcher ? viewer.flv.media(kind) : viewer.frames.filter((frame) => frame.kind === kind);
  return frames.map(({ timestamp }) => timestamp);
}

/** Every picture arrived, in order. */
function expectAllPictures(viewer: Watcher | RtmpWatcher, name: string): void {
  const steps = stepsOf(viewer.pictures);
  expect(Math.min(...steps), `${name}: times go on`).toBeGreaterThanOrEqual(0);
  expect(Math.max(...steps), `${name}: ms between pictures`).toBeLessThan(MAX_STEP);
}

/** ms of media from each picture to the next. */
export function stepsOf(pictures: readonly { timestamp: number }[]): number[] {
  return pictures.slice(1).map(({ timestamp }, index) => timestamp - pictures[index]!.timestamp);
}
