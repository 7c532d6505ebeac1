import { equalBytes } from '../media/bytes/bytes.ts';
import { sameSize } from '../media/codec/picture-size.ts';
import { sameColorInfo } from '../media/color-info.ts';
import { type EndReason, type Frame, type Kind, mainTrack, type Track } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';
import { Broadcast } from './broadcast.ts';
import { GopCache, type GopLimits, JoinPoints } from './gop.ts';
import { Meter, type Rates } from './meter.ts';
import type { Scheduler } from './scheduler.ts';
import { Timeline } from './timeline.ts';

/** A stream goes live when it has picture and sound, or this long after its first frame. */
const TRACKS_WAIT = SECOND;

/**
 * `idle`: nobody publishes. `starting`: frames come, the tracks are not all known. `live`. `waiting`: the publisher was
 * lost and may come back. `ended`: over; the next publisher starts a new broadcast.
 */
export type StreamState = 'idle' | 'starting' | 'live' | 'waiting' | 'ended';

/** What is fed by a stream. */
export interface StreamSink {
  /** The tracks in force from here on; called before the first frame and at each change. */
  update(tracks: readonly Track[]): void;
  /** `start`: a joiner can start at this frame. */
  write(frame: Frame, start: boolean): void;
  end(reason: EndReason): void;
}

/** Looks at what a publisher sends, with the publisher's own times. It must be quick: it is asked for every frame. */
export interface StreamWatcher {
  /** Another publisher begins, whose clock and tracks have nothing to do with those of the one before. */
  begin(): void;
  /** `main`: of the track that is played. `now`: monotonic µs. */
  see(frame: Frame, main: boolean, now: number): void;
}

export interface StreamOptions {
  path: string;
  scheduler: Scheduler;
  gop: GopLimits;
  /** µs for which viewers wait for a lost publisher. */
  grace: number;
  newId(): string;
  changed(stream: Stream): void;
}

/** A slot under a path. It outlives its publishers: viewers stay while one is lost, replaced or comes back. */
export class Stream {
  readonly path: string;
  state: StreamState = 'idle';
  /** Why the last broadcast ended, or why the stream waits. */
  reason: EndReason | undefined;
  broadcast: Broadcast | undefined;
  /** Wall times in ms of the broadcast before. */
  last: { startedAt: number; endedAt: number } | undefined;
  #tracks: readonly Track[] = [];
  readonly #options: StreamOptions;
  readonly #cache: GopCache;
  readonly #sinks = new Set<StreamSink>();
  readonly #shared = new Map<string, StreamSink>();
  #watchers: readonly StreamWatcher[] = [];
  #joins = new JoinPoints();
  #meter = new Meter();
  #timeline: Timeline | undefined;
  #held: Frame[] = [];
  #heldBytes = 0;
  /** From the publisher's tracks to the stream's own. */
  #aliases = new WeakMap<Track, Track>();
  /** A new publisher's pictures are of no use before its first key frame. */
  #needKey = true;
  #cancel: (() => void) | undefined;

  constructor(options: StreamOptions) {
    this.path = options.path;
    this.#options = options;
    this.#cache = new GopCache(options.gop);
  }

  get tracks(): readonly Track[] {
    return this.#tracks;
  }

  /** True while a broadcast is on, with or without its publisher. */
  get active(): boolean {
    return this.state === 'starting' || this.state === 'live' || this.state === 'waiting';
  }

  get rates(): Rates {
    return this.#meter.rates(this.#options.scheduler.now());
  }

  /** Frames of each kind that the broadcast took, also when it is over. */
  get frames(): Readonly<Record<Kind, number>> {
    return this.#meter.counts;
  }

  /** The stream's time at the newest frame and the monotonic time at which it came, in µs. */
  get edge(): { media: number; at: number } | undefined {
    return this.#timeline && { media: this.#timeline.edge, at: this.#timeline.at };
  }

  /** Feeds a sink from here on, beginning with the current GOP. Returns what stops it. */
  add(sink: StreamSink): () => void {
    this.#sinks.add(sink);
    if (this.state === 'live' || this.state === 'waiting') this.#replay(sink);
    return () => this.#sinks.delete(sink);
  }

  /** Shows a watcher what publishers send from here on. Returns what stops it. */
  watch(watcher: StreamWatcher): () => void {
    this.#watchers = [...this.#watchers, watcher];
    return () => void (this.#watchers = this.#watchers.filter((other) => other !== watcher));
  }

  /** The one sink of a name, made when the first viewer needs it. */
  share<S extends StreamSink>(name: string, make: (empty: () => void) => S): S {
    const found = this.#shared.get(name);
    if (found) return found as S;
    const sink = make(() => {
      remove();
      if (this.#shared.get(name) === sink) this.#shared.delete(name);
    });
    this.#shared.set(name, sink);
    const remove = this.add(sink);
    return sink;
  }

  /** Called right before a new publisher's first frame, which continues the broadcast or starts one. */
  begin(): void {
    const { scheduler } = this.#options;
    this.#needKey = true;
    this.#aliases = new WeakMap();
    const now = scheduler.now();
    for (const watcher of this.#watchers) watcher.begin();
    if (this.active && this.#timeline) {
      this.#timeline = new Timeline({ base: this.#timeline.edge + (now - this.#timeline.at), now });
      return;
    }
    this.#timeline = new Timeline({ base: 0, now });
    this.#tracks = [];
    this.#joins = new JoinPoints();
    this.#meter = new Meter();
    this.#cache.clear();
  }

  /** A publisher was admitted where one was lost: its first frame may come later than the grace would have ended. */
  expect(): void {
    if (this.state === 'waiting') this.#startGrace();
  }

  announce(track: Track): void {
    const known = this.#tracks.find((other) => other.id === track.id);
    if (known && sameConfig(known, track)) {
      // A publisher that came back with the same configuration changes nothing for anyone.
      this.#aliases.set(track, known);
      return;
    }
    this.#aliases.set(track, track);
    this.#tracks = replaceTrack(this.#tracks, track);
    if (this.state === 'live') for (const sink of this.#sinks) sink.update(this.#tracks);
    if (this.state === 'live') this.#changed();
    else if (this.#held.length > 0) this.#goLiveWhenKnown();
  }

  write(frame: Frame): void {
    const { scheduler } = this.#options;
    const now = scheduler.now();
    if (!this.#aliases.has(frame.track)) this.announce(frame.track);
    const main = mainTrack(this.#tracks, frame.track.kind)?.id === frame.track.id;
    if (this.#needKey && frame.track.kind === 'video') {
      if (!frame.key || !main) return;
      this.#needKey = false;
    }
    const mapped = this.#timeline!.map(frame, this.#aliases.get(frame.track)!, now);
    this.#meter.add(mapped, main, now);
    if (this.state === 'live') this.#deliver(mapped);
    else if (this.state === 'waiting') this.#resume(mapped);
    else this.#hold(mapped);
    // Last, so that one who came with the first frame sees it, too.
    for (const watcher of this.#watchers) watcher.see(frame, main, now);
  }

  /** Ends the broadcast: at once, or after the grace when the publisher was merely lost. */
  finish(reason: EndReason): void {
    if (!this.active) return;
    if (reason === 'lost' && this.#options.grace > 0) {
      if (this.state === 'starting') this.#goLive();
      this.#wait();
      return;
    }
    this.#cancel?.();
    this.#cancel = undefined;
    this.#held = [];
    this.#heldBytes = 0;
    this.#cache.clear();
    if (this.broadcast) this.last = this.broadcast.end();
    this.broadcast = undefined;
    this.#timeline = undefined;
    this.#tracks = [];
    const sinks = [...this.#sinks];
    this.#sinks.clear();
    this.#shared.clear();
    this.#set('ended', reason);
    for (const sink of sinks) sink.end(reason === 'shutdown' ? reason : 'ended');
  }

  #wait(): void {
    if (this.state === 'waiting') return;
    this.#startGrace();
    this.#set('waiting', 'lost');
  }

  #startGrace(): void {
    const { scheduler, grace } = this.#options;
    this.#cancel?.();
    this.#cancel = scheduler.after(grace, () => this.finish('ended'));
  }

  #resume(frame: Frame): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#set('live');
    for (const sink of this.#sinks) sink.update(this.#tracks);
    this.#deliver(frame);
  }

  #hold(frame: Frame): void {
    this.#held.push(frame);
    if (this.#held.length === 1) {
      const { scheduler, newId } = this.#options;
      this.broadcast = new Broadcast({ id: newId(), scheduler });
      this.#cancel = scheduler.after(TRACKS_WAIT, () => this.#goLive());
      this.#set('starting');
    }
    this.#heldBytes += frame.data.length;
    if (this.#heldBytes > this.#options.gop.bytes) this.#goLive();
    else this.#goLiveWhenKnown();
  }

  #goLiveWhenKnown(): void {
    const kinds = new Set(this.#tracks.map((track) => track.kind));
    if (kinds.has('video') && kinds.has('audio')) this.#goLive();
  }

  #goLive(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    this.#set('live');
    for (const sink of this.#sinks) sink.update(this.#tracks);
    for (const frame of held) this.#deliver(frame);
  }

  #deliver(frame: Frame): void {
    const start = this.#joins.at(frame, this.#tracks);
    if (start && this.broadcast!.observe(frame.dts)) this.#changed();
    this.#cache.add(frame, start, this.#tracks);
    for (const sink of this.#sinks) sink.write(frame, start);
  }

  #replay(sink: StreamSink): void {
    const { frames } = this.#cache;
    let tracks = frames.length > 0 ? this.#cache.tracks : this.#tracks;
    sink.update(tracks);
    for (const [index, frame] of frames.entries()) {
      if (!tracks.includes(frame.track)) {
        tracks = replaceTrack(tracks, frame.track);
        sink.update(tracks);
      }
      sink.write(frame, index === 0);
    }
    if (tracks !== this.#tracks) sink.update(this.#tracks);
  }

  #set(state: StreamState, reason?: EndReason): void {
    if (this.state === state) return;
    this.state = state;
    this.reason = reason;
    this.#changed();
  }

  #changed(): void {
    this.#options.changed(this);
  }
}

function sameConfig(a: Track, b: Track): boolean {
  if (a === b) return true;
  if (a.codec !== b.codec || !equalBytes(a.config, b.config)) return false;
  return sameSize(a.size, b.size) && sameColorInfo(a.color, b.color);
}

function replaceTrack(tracks: readonly Track[], track: Track): readonly Track[] {
  const index = tracks.findIndex((known) => known.id === track.id);
  return index < 0 ? [...tracks, track] : tracks.with(index, track);
}
