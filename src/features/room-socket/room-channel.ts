import type {
  ControlMessage,
  DoctorMessage,
  Finding,
  Room,
  RoomMessage,
  StreamMessage,
} from '../../client/messages.ts';
import { Pace } from '../../io/pace.ts';
import { textFrame } from '../../io/websocket.ts';
import type { RoomRole } from '../../live/access.ts';
import type { Hub } from '../../live/hub.ts';
import { pathOfSlug } from '../../live/path.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { concatBytes } from '../../media/bytes/bytes.ts';
import { SECOND } from '../../media/time.ts';
import type { Parcel } from '../../plugin.ts';
import type { Member } from './member.ts';
import { Rounds } from './rounds.ts';

/** A state is told at once, but a publisher that flaps does not make a flood of it. */
const STREAM_EVERY = SECOND / 5;
const CONTROL_EVERY = SECOND;
const DOCTOR_EVERY = SECOND;
/** Sessions that one push lists; the API lists them all. */
const MAX_SESSIONS = 200;

export interface ChannelOptions {
  slug: string;
  hub: Hub;
  scheduler: Scheduler;
  /** What is said of the room to those who are in it with a role. */
  room(role: RoomRole): Room;
  /** The state of the stream as it is now. */
  stream(): StreamMessage;
  /** What could be better about it now. */
  findings(): readonly Finding[];
}

/** The sockets of one room. A push is made once, however many they are. */
export class RoomChannel {
  readonly members: Set<Member> = new Set();
  readonly #options: ChannelOptions;
  readonly #stream: Pace;
  readonly #doctor: Pace;
  readonly #rounds: Rounds;
  /** As it was when it changed: a stream that has ended is forgotten a moment later. */
  #state: StreamMessage | undefined;
  #cancelControl: (() => void) | undefined;

  constructor(options: ChannelOptions) {
    this.#options = options;
    const { scheduler } = options;
    this.#rounds = new Rounds(scheduler);
    this.#stream = new Pace({ scheduler, every: STREAM_EVERY, run: () => this.push('stream', this.#state!) });
    this.#doctor = new Pace({ scheduler, every: DOCTOR_EVERY, run: () => this.push('doctor', this.doctor()) });
  }

  add(member: Member): void {
    this.members.add(member);
    this.listened();
  }

  remove(member: Member): void {
    this.members.delete(member);
    this.listened();
    if (this.members.size > 0) return;
    this.#stream.stop();
    this.#rounds.stop();
  }

  /** Who listens to what has changed: what nobody wants is not made. */
  listened(): void {
    if (this.#wanted('control') || this.#wanted('doctor')) {
      this.#cancelControl ??= this.#options.scheduler.every(CONTROL_EVERY, () => this.#pushControl());
      return;
    }
    this.#cancelControl?.();
    this.#cancelControl = undefined;
    this.#doctor.stop();
  }

  roomChanged(): void {
    const roles = new Set([...this.members].map(({ role }) => role));
    for (const role of roles) {
      const message: RoomMessage = { type: 'room', room: this.#options.room(role) };
      this.push('room', message, (member) => member.role === role);
    }
  }

  streamChanged(): void {
    this.#state = this.#options.stream();
    this.#stream.ask();
  }

  findingsChanged(): void {
    if (this.#wanted('doctor')) this.#doctor.ask();
  }

  stream(): StreamMessage {
    return this.#options.stream();
  }

  doctor(): DoctorMessage {
    return { type: 'doctor', findings: [...this.#options.findings()] };
  }

  /** Closes every socket, after all that there was to be said: why the stream ended is the last of it. */
  close(code: number, reason: string): void {
    this.#stream.flush();
    this.#rounds.start(this.members, (member) => member.close(code, reason));
  }

  /** Pushes to those who listen to a topic; `to` may leave some out. */
  push(topic: string, message: object, to?: (member: Member) => boolean): void {
    let frame: Uint8Array | undefined;
    this.#rounds.start(this.members, (member) => {
      if (member.topics.has(topic) && (!to || to(member))) member.send((frame ??= frameOf(message)));
    });
  }

  /** Pushes to those who listen to a topic the parcel of each, and then calls `done`. */
  deliver(topic: string, parcelFor: (member: Member) => Parcel | undefined, done: () => void): void {
    const made = new Map<object, Uint8Array>();
    this.#rounds.start(
      this.members,
      (member) => {
        const parcel = member.topics.has(topic) ? parcelFor(member) : undefined;
        if (!parcel) return;
        const what = member.batches ? parcel.batch : parcel.each;
        let frames = made.get(what);
        if (!frames) made.set(what, (frames = Array.isArray(what) ? concatBytes(what.map(frameOf)) : frameOf(what)));
        member.send(frames);
      },
      done,
    );
  }

  #wanted(topic: string): boolean {
    for (const { topics } of this.members) if (topics.has(topic)) return true;
    return false;
  }

  #pushControl(): void {
    const control = this.#control();
    if (control) this.push('control', control);
  }

  /** Nothing while nothing is on. */
  #control(): ControlMessage | undefined {
    const { hub, slug } = this.#options;
    const path = pathOfSlug(slug);
    const stream = hub.stream(path);
    if (!stream?.active) return undefined;
    const { bitRate, audioBitRate, frameRate = 0, gop = 0 } = stream.rates;
    const publisher = hub.publisher(path)?.session.toJSON();
    const sessions = publisher ? [publisher] : [];
    for (const session of hub.sessionsOf(path)) {
      if (sessions.length >= MAX_SESSIONS) break;
      if (session.id !== publisher?.id) sessions.push(session.toJSON());
    }
    return {
      type: 'control',
      rates: { bitRate, frameRate, gop, audioBitRate },
      sessions,
      ...(publisher ? { publisher } : {}),
    };
  }
}

function frameOf(message: object): Uint8Array {
  return textFrame(JSON.stringify(message));
}
