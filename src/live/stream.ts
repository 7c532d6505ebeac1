import type { EndReason, Frame, Kind, Track } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';
import { Broadcast } from './broadcast.ts';
import { GopCache, type GopLimits, JoinPoints, weight } from './gop.ts';
import { type Lane, Lineup } from './lineup.ts';
import { Meter, type Rates } from './meter.ts';
import type { Scheduler } from './scheduler.ts';
import { Timeline } from './timeline.ts';

/** So long after its first frame a publisher’s tracks are known: where no picture has come by then there is sound alone. µs */
export const TRACKS_WAIT: number = SECOND;

/**
 * `idle`: nobody publishes. `starting`: frames come, the tracks are not all known. `live`. `waiting`: the publisher was
 * lost and may come back. `ended`: over; the next publisher starts a new broadcast.
 */
export type StreamState = 'idle' | 'starting' | 'live' | 'waiting' | 'ended';

/** What is fed by a stream. */
export interface StreamSink {
  /** The tracks in force from here on; called before the first frame and at each change. */
  update(tracks: readonly Track[]): void;
  /** Another publisher's frames follow: they go on in time, but do not continue what was before. */
  begin?(): void;
  /** `start`: a joiner of the tracks that are played can start at this frame. */
  write(frame: Frame, start: boolean): void;
  end(reason: EndReason): void;
}

/** Looks at what a publisher sends, with the publisher's own times. It must be quick: it is asked for every frame. */
export interface StreamWatcher {
  /** Another publisher begins, whose clock and tracks have nothing to do with those of the one before. */
  begin(): void;
  /** `main`: of the track that is played. `now`: monotonic µs. */
  see(frame: Frame, main: boolean, now: number): void;
  /** The publisher sends a kind in a codec that cannot be carried. `codec`: for people. */
  leaveOut?(kind: 'video' | 'audio', codec: string): void;
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
  readonly #lineup = new Lineup();
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
  #cancel: (() => void) | undefined;

  constructor(options: StreamOptions) {
    this.path = options.path;
    this.#options = options;
    this.#cache = new GopCache(options.gop);
  }

  get tracks(): readonly Track[] {
    return this.#lineup.tracks;
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

  /** There is more than the current GOP to begin with. */
  get hasPast(): boolean {
    return this.#cache.past.length > 0;
  }

  /** Feeds a sink from here on, beginning with the current GOP, or with those before it. Returns what stops it. */
  add(sink: StreamSink, { past = false }: { past?: boolean } = {}): () => void {
    this.#sinks.add(sink);
    if (this.state === 'live' || this.state === 'waiting') this.#replay(sink, past);
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

  /** Called right before a new publisher's first frame, which continues the broadcast or starts one with these tracks. */
  begin(tracks: readonly Track[]): void {
    const now = this.#options.scheduler.now();
    for (const watcher of this.#watchers) watcher.begin();
    if (this.active && this.#timeline) {
      this.#cache.mark();
      for (const sink of this.#sinks) sink.begin?.();
      this.#timeline = new Timeline({ base: this.#timeline.edge + (now - this.#timeline.at), now });
    } else {
      this.#timeline = new Timeline({ base: 0, now });
      this.#lineup.clear();
      this.#joins = new JoinPoints();
      this.#meter = new Meter();
      this.#cache.clear();
    }
    if (this.#lineup.begin(tracks, now)) this.#tell();
  }

  /** A publisher was admitted where one was lost: its first frame may come later than the grace would have ended. */
  expect(): void {
    if (this.state === 'waiting') this.#startGrace();
  }

  announce(track: Track): void {
    if (this.#lineup.announce(track, this.#options.scheduler.now())) this.#tell();
  }

  /** The publisher sends what cannot be carried. */
  leaveOut(kind: 'video' | 'audio', codec: string): void {
    for (const watcher of this.#watchers) watcher.leaveOut?.(kind, codec);
  }

  write(frame: Frame): void {
    const now = this.#options.scheduler.now();
    const { track } = frame;
    const lane = this.#lineup.lane(track) ?? this.#enter(track);
    lane.at = now;
    if (this.#lineup.settle(now)) this.#tell();
    // Pictures are of no use before the first key frame of their track.
    if (!(lane.keyed ||= frame.key)) return;
    const mapped = this.#timeline!.map(frame, lane.track, now);
    this.#meter.add(mapped, lane.main, now);
    if (this.state === 'live') this.#deliver(mapped);
    else if (this.state === 'waiting') this.#resume(mapped);
    else this.#hold(mapped);
    // Last, so that one who came with the first frame sees it, too.
    for (const watcher of this.#watchers) watcher.see(frame, lane.main, now);
  }

  /** A track whose first frame comes unannounced. */
  #enter(track: Track): Lane {
    this.announce(track);
    return this.#lineup.lane(track)!;
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
    this.#lineup.clear();
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

  /** The tracks in force are others. */
  #tell(): void {
    if (this.state === 'live') {
      for (const sink of this.#sinks) sink.update(this.tracks);
      this.#changed();
    } else if (this.#held.length > 0) this.#goLiveWhenKnown();
  }

  #resume(frame: Frame): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#set('live');
    for (const sink of this.#sinks) sink.update(this.tracks);
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
    this.#heldBytes += weight(frame);
    if (this.#heldBytes > this.#options.gop.bytes) this.#goLive();
    else this.#goLiveWhenKnown();
  }

  #goLiveWhenKnown(): void {
    const kinds = new Set(this.tracks.map((track) => track.kind));
    if (kinds.has('video') && kinds.has('audio')) this.#goLive();
  }

  #goLive(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    this.#set('live');
    for (const sink of this.#sinks) sink.update(this.tracks);
    for (const frame of held) this.#deliver(frame);
  }

  #deliver(frame: Frame): void {
    const start = this.#joins.at(frame, this.tracks);
    if (start && this.broadcast!.observe(frame.dts)) this.#changed();
    this.#cache.add(frame, start, this.tracks);
    for (const sink of this.#sinks) sink.write(frame, start);
  }

  #replay(sink: StreamSink, past: boolean): void {
    const { current } = this.#cache;
    const gops = current.frames.length > 0 ? [...(past ? this.#cache.past : []), current] : [];
    let told: readonly Track[] | undefined;
    const tell = (tracks: readonly Track[]): void => {
      if (tracks !== told) sink.update((told = tracks));
    };
    for (const { tracks, frames, break: other } of gops) {
      tell(tracks);
      for (const [index, frame] of frames.entries()) {
        if (!told!.includes(frame.track)) tell(withTrack(told!, frame.track));
        if (index === other) sink.begin?.();
        sink.write(frame, index === 0);
      }
      if (other === frames.length) sink.begin?.();
    }
    tell(this.tracks);
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

function withTrack(tracks: readonly Track[], track: Track): readonly Track[] {
  const index = tracks.findIndex((known) => known.id === track.id);
  return index < 0 ? [...tracks, track] : tracks.with(index, track);
}
