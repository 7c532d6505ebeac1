import type { SegmentMuxer } from '../../containers/segment-muxer.ts';
import type { Broadcast } from '../../live/broadcast.ts';
import type { Rendition } from '../../live/rendition.ts';
import { Segments } from '../../live/segments.ts';
import type { Stream } from '../../live/stream.ts';
import { SECOND } from '../../media/time.ts';
import type { App } from '../../plugin.ts';
import { Holds } from './holds.ts';

/** Segments are made for so long after the last request for them. */
const IDLE = 60 * SECOND;

/** How segments are packed. */
export interface Packing {
  /** In addresses. */
  readonly name: 'mp4' | 'ts';
  /** Of the names of segments. */
  readonly extension: 'm4s' | 'ts';
  readonly type: string;
  /** Segments come in parts, too. */
  readonly parts: boolean;
  readonly muxer: () => SegmentMuxer;
  /** True where its clock starts again between two times in µs. */
  readonly wraps?: (from: number, to: number) => boolean;
}

/** One broadcast in segments of one packing, from the first request for it on. */
export class Run {
  /** In addresses: `BROADCAST/PACKING`, with a number where it is not the first of its broadcast. */
  readonly folder: string;
  readonly path: string;
  readonly packing: Packing;
  readonly segments: Segments;
  /** Those who wait for the first list. */
  readonly starts: Holds;
  /** When it was asked for last, monotonic µs. */
  asked: number;
  /** When the last of it may be forgotten, monotonic µs; undefined while it goes on. */
  until: number | undefined;
  readonly #app: App;
  readonly #holds = new Map<Rendition, Holds>();
  readonly #stop: () => void;

  constructor(options: { app: App; stream: Stream; broadcast: Broadcast; packing: Packing; folder: string }) {
    const { app, stream, broadcast, packing, folder } = options;
    const { settings, scheduler, hub, log } = app;
    this.#app = app;
    this.folder = folder;
    this.path = stream.path;
    this.packing = packing;
    this.asked = scheduler.now();
    this.starts = new Holds(scheduler);
    const { gop } = stream.rates;
    this.segments = new Segments({
      muxer: packing.muxer,
      scheduler,
      segment: settings.hls.segment * SECOND,
      part: packing.parts ? settings.hls.part * SECOND : 0,
      window: settings.hls.window,
      bytes: settings.limits.hlsBytes,
      gop: gop === undefined ? undefined : gop * SECOND,
      past: stream.hasPast,
      apart: ['video', 'audio'].some((kind) => stream.tracks.filter((track) => track.kind === kind).length > 1),
      wraps: packing.wraps,
      wallTime: (media) => broadcast.wallTime(media),
      leftOut: (track, why) => {
        if (why === 'codec') hub.events.emit('left-out', { path: stream.path, feed: `hls-${packing.name}`, track });
        else
          log.warn(
            { protocol: 'hls', path: stream.path, track: track.id },
            'a track is left out of HLS: its key frames are not in step with those of the first',
          );
      },
      progress: () => this.#progress(),
    });
    this.#stop = stream.add(this.segments, { past: true });
  }

  /** Requests that wait for more of a rendition. */
  holdsOf(rendition: Rendition): Holds {
    let holds = this.#holds.get(rendition);
    if (!holds) {
      this.#holds.set(rendition, (holds = new Holds(this.#app.scheduler)));
      const woken = holds;
      rendition.listeners.add(() => woken.wake());
    }
    return holds;
  }

  /** Target durations in µs. */
  get target(): number {
    return (this.segments.target || this.#app.settings.hls.segment) * SECOND;
  }

  stop(): void {
    this.#stop();
    if (!this.segments.ended) this.segments.end('ended');
  }

  #progress(): void {
    if (this.segments.ended && this.until === undefined) {
      const { duration = 0 } = this.segments.renditions[0]?.window ?? {};
      this.until = this.#app.scheduler.now() + duration + 2 * this.target;
    }
    if (this.starts.size > 0 && (this.segments.ready || this.segments.ended)) this.starts.wake();
  }
}

/** All broadcasts that are in segments. Nobody asks, nothing is made. */
export class Runs {
  readonly #app: App;
  readonly #runs = new Map<string, Run>();
  /** How often a broadcast was begun to be cut, by packing: what was made once keeps its address for good. */
  readonly #counts = new WeakMap<Broadcast, Map<string, number>>();

  constructor(app: App) {
    this.#app = app;
  }

  /** The one that has what a path's folder names. */
  find(path: string, folder: string): Run | undefined {
    return this.#runs.get(keyOf(path, folder));
  }

  /** The one of the broadcast that is on; undefined where none is. */
  of(stream: Stream, packing: Packing): Run | undefined {
    const { broadcast } = stream;
    if (!broadcast || !stream.active) return undefined;
    const counts = this.#counts.get(broadcast) ?? new Map<string, number>();
    this.#counts.set(broadcast, counts);
    const count = counts.get(packing.name) ?? 0;
    const known = this.find(stream.path, folderOf(broadcast, packing, count));
    // Those who watch one that has too few renditions by now go on with it.
    if (known && !known.segments.ended && !known.segments.outgrown) return known;
    counts.set(packing.name, count + 1);
    const folder = folderOf(broadcast, packing, count + 1);
    const run = new Run({ app: this.#app, stream, broadcast, packing, folder });
    this.#runs.set(keyOf(stream.path, folder), run);
    return run;
  }

  /** Target duration in µs of what is on a path. */
  targetOf(path: string): number {
    const targets = [...this.#runs.values()].filter((run) => run.path === path).map(({ target }) => target);
    return Math.max(this.#app.settings.hls.segment * SECOND, ...targets);
  }

  /** Ends what nobody asks for any more, and forgets what is over. */
  sweep(): void {
    const now = this.#app.scheduler.now();
    for (const [key, run] of this.#runs) {
      const isIdle = run.until === undefined && now - run.asked > IDLE;
      if (isIdle) run.stop();
      if (isIdle || (run.until !== undefined && now >= run.until)) this.#runs.delete(key);
    }
  }

  close(): void {
    for (const run of this.#runs.values()) run.stop();
    this.#runs.clear();
  }
}

function folderOf({ id }: Broadcast, { name }: Packing, count: number): string {
  return `${id}/${count > 1 ? `${name}-${count}` : name}`;
}

function keyOf(path: string, folder: string): string {
  return `${path} ${folder}`;
}
