import type { ErrorCode } from '../../errors.ts';
import type { Seats } from '../../io/seats.ts';
import type { Hub } from '../../live/hub.ts';
import type { Session } from '../../live/session.ts';
import type { Kind } from '../../media/frame.ts';

/** Why peers are refused. Each is counted from the start on: a rate is blind to the first of a counter that was not there. */
const REFUSALS: readonly ErrorCode[] = [
  'bad-path',
  'sign-in',
  'denied',
  'wrong-key',
  'kicked',
  'not-found',
  'too-soon',
  'already-publishing',
  'busy',
  'shutting-down',
  'internal',
];

/** What sessions of one protocol moved since the server started. */
export interface Traffic {
  /** Bytes. */
  in: number;
  out: number;
  skips: number;
}

/** What one protocol did and does. */
export interface ProtocolCounts {
  protocol: string;
  /** Sessions now, by action; an action that was seen before stays with 0. */
  sessions: ReadonlyMap<Session['action'], number>;
  /** Never less than what was told before. */
  traffic: Traffic;
}

/** What was counted since the server started, by protocol, kind of frame and error. */
export interface Counts {
  protocols: ProtocolCounts[];
  frames: Readonly<Record<Kind, number>>;
  refused: ReadonlyMap<ErrorCode, number>;
}

/**
 * What a server did since it started. Only what is over is added up here, once for each session and broadcast; what
 * goes on is read from its session or its stream when somebody asks, so that no frame and no viewer costs anything.
 */
export class Totals {
  readonly #hub: Hub;
  readonly #seats: Pick<Seats, 'refused'>;
  readonly #protocols = new Map<string, ProtocolTotals>();
  readonly #frames: Record<Kind, number> = { video: 0, audio: 0, data: 0 };
  readonly #refused = new Map<ErrorCode, number>(REFUSALS.map((code) => [code, 0]));
  readonly #stop: (() => unknown)[];

  constructor(hub: Hub, seats: Pick<Seats, 'refused'>) {
    this.#hub = hub;
    this.#seats = seats;
    this.#stop = [
      hub.events.on('session-end', ({ session }) => this.#protocolOf(session).end(session)),
      hub.events.on('stream', (stream) => {
        if (stream.state === 'ended') addFrames(this.#frames, stream.frames);
      }),
      hub.events.on('refused', ({ error: { code } }) => {
        this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1);
      }),
    ];
  }

  read(): Counts {
    for (const protocol of this.#protocols.values()) protocol.begin();
    for (const session of this.#hub.sessions.values()) this.#protocolOf(session).see(session);
    const frames = { ...this.#frames };
    for (const stream of this.#hub.streams()) if (stream.active) addFrames(frames, stream.frames);
    const protocols = [...this.#protocols].map(([protocol, totals]) => ({ protocol, ...totals.told() }));
    // Those without a seat never come before the hub.
    const refused = new Map(this.#refused).set('busy', this.#refused.get('busy')! + this.#seats.refused);
    return { protocols, frames, refused };
  }

  /** Counts nothing any more. */
  close(): void {
    for (const stop of this.#stop) stop();
  }

  #protocolOf({ protocol }: Session): ProtocolTotals {
    let totals = this.#protocols.get(protocol);
    if (!totals) this.#protocols.set(protocol, (totals = new ProtocolTotals()));
    return totals;
  }
}

class ProtocolTotals {
  readonly #over: Traffic = { in: 0, out: 0, skips: 0 };
  readonly #sessions = new Map<Session['action'], number>();
  #now: Traffic = { in: 0, out: 0, skips: 0 };
  #told: Traffic = { in: 0, out: 0, skips: 0 };

  /** A session is over. */
  end(session: Session): void {
    add(this.#over, session);
    if (!this.#sessions.has(session.action)) this.#sessions.set(session.action, 0);
  }

  /** Sessions that go on are about to be seen. */
  begin(): void {
    this.#now = { ...this.#over };
    for (const action of this.#sessions.keys()) this.#sessions.set(action, 0);
  }

  see(session: Session): void {
    add(this.#now, session);
    this.#sessions.set(session.action, (this.#sessions.get(session.action) ?? 0) + 1);
  }

  /**
   * A socket that is gone did not send what still waited in it, and so counts less than before. A counter that falls is
   * taken for a new start by those who read it.
   */
  told(): Omit<ProtocolCounts, 'protocol'> {
    const [before, now] = [this.#told, this.#now];
    this.#told = {
      in: Math.max(before.in, now.in),
      out: Math.max(before.out, now.out),
      skips: Math.max(before.skips, now.skips),
    };
    return { sessions: this.#sessions, traffic: this.#told };
  }
}

function add(sum: Traffic, { traffic, skips }: Session): void {
  sum.in += traffic.in;
  sum.out += traffic.out;
  sum.skips += skips;
}

function addFrames(sum: Record<Kind, number>, frames: Readonly<Record<Kind, number>>): void {
  sum.video += frames.video;
  sum.audio += frames.audio;
  sum.data += frames.data;
}
