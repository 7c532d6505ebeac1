import type { Hub, HubEvents } from '../../live/hub.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import type { Session } from '../../live/session.ts';
import type { Stream, StreamState } from '../../live/stream.ts';
import type { Logger } from '../../log.ts';
import type { EndReason } from '../../media/frame.ts';
import { MILLISECOND } from '../../media/time.ts';

/** How sessions end, in words. A viewer has no other way to leave than to hang up. */
const ENDS: Readonly<Record<EndReason, string>> = {
  ended: 'left',
  lost: 'was lost',
  kicked: 'was kicked',
  revoked: 'is not allowed any more',
  replaced: 'was replaced by a newer one',
  shutdown: 'had to go: the server stops',
  error: 'was cut off',
};
/** What becomes of streams. A broadcast that is about to begin is no news yet. */
const STATES: Partial<Record<StreamState, string>> = {
  live: 'the stream is live',
  waiting: 'the stream waits for its publisher',
  ended: 'the broadcast is over',
};

export interface JournalOptions {
  hub: Hub;
  log: Logger;
  scheduler: Scheduler;
}

/** One line when a session starts and one when it ends, one for each turn of a stream, and one for each refusal. */
export class Journal {
  readonly #log: Logger;
  readonly #scheduler: Scheduler;
  /** Monotonic µs. */
  readonly #starts = new WeakMap<Session, number>();
  /** What was said of each path last. */
  readonly #said = new Map<string, string>();
  readonly #stop: (() => void)[];

  constructor({ hub, log, scheduler }: JournalOptions) {
    this.#log = log;
    this.#scheduler = scheduler;
    this.#stop = [
      hub.events.on('session-start', (session) => this.#start(session)),
      hub.events.on('session-end', ({ session, reason }) => this.#end(session, reason)),
      hub.events.on('stream', (stream) => this.#turn(stream)),
      hub.events.on('refused', (refusal) => this.#refuse(refusal)),
      hub.events.on('left-out', ({ path, feed, track }) => {
        const facts = { protocol: feed, path, code: 'codec-unsupported', codec: track.codec };
        log.warn(facts, 'a track does not fit this format and is left out');
      }),
    ];
  }

  /** Writes nothing any more. */
  close(): void {
    for (const stop of this.#stop) stop();
  }

  #start(session: Session): void {
    this.#starts.set(session, this.#scheduler.now());
    const { port, agent } = session.access.remote;
    const more = { ...(port === undefined ? {} : { port }), ...(agent === undefined ? {} : { agent }) };
    this.#log.info({ ...factsOf(session), ...more }, `a ${who(session)} came`);
  }

  #end(session: Session, reason: EndReason): void {
    const now = this.#scheduler.now();
    const ms = Math.round((now - (this.#starts.get(session) ?? now)) / MILLISECOND);
    const { in: bytesIn, out: bytesOut } = session.traffic;
    const { skips } = session;
    const facts = { reason, duration: ms / 1000, bytesIn, bytesOut, ...(skips > 0 ? { skips } : {}) };
    const hungUp = session.action === 'play' && reason === 'lost';
    this.#log.info({ ...factsOf(session), ...facts }, `a ${who(session)} ${hungUp ? ENDS.ended : ENDS[reason]}`);
  }

  /** Changes that nobody would notice are not told: the same codecs in another configuration. */
  #turn({ path, state, reason, tracks, last }: Stream): void {
    const words = STATES[state];
    const codecs = tracks.filter((track) => track.kind !== 'data').map((track) => track.codec);
    const saying = `${state} ${codecs.join()}`;
    if (!words || this.#said.get(path) === saying) return;
    const over = state === 'ended';
    if (over) this.#said.delete(path);
    else this.#said.set(path, saying);
    const facts = {
      path,
      state,
      ...(reason ? { reason } : {}),
      ...(over && last ? { duration: (last.endedAt - last.startedAt) / 1000 } : {}),
      ...(codecs.length > 0 ? { codecs } : {}),
    };
    this.#log.info(facts, words);
  }

  /** What the server or a publisher's owner may want to look into is a warning; a viewer with a wrong address is not. */
  #refuse({ action, protocol, path, remote, error }: HubEvents['refused']): void {
    const where = path === undefined ? {} : { path };
    const facts = { protocol, action, ...where, remote: remote.address, code: error.code };
    const serious = action === 'publish' || error.code === 'busy' || error.code === 'internal';
    this.#log[serious ? 'warn' : 'info'](facts, error.message);
  }
}

function who({ action }: Session): string {
  return action === 'publish' ? 'publisher' : 'viewer';
}

function factsOf({ id, protocol, action, path, access }: Session): object {
  return { session: id, protocol, action, path, remote: access.remote.address };
}
