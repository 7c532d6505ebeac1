import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { toRoomcastError } from '../../errors.ts';
import type { Caller } from '../../io/http.ts';
import { closeCodes, closeSocket, PING_EVERY, textFrame } from '../../io/websocket.ts';
import type { Intake } from '../../io/outlet.ts';
import type { RoomRole } from '../../live/access.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import type { Logger } from '../../log.ts';
import { MILLISECOND, SECOND } from '../../media/time.ts';
import type { SocketPeer } from '../../plugin.ts';
import { BadMessage, type ClientMessage, readClientMessage, type RequestId } from './client-message.ts';
import { MemberOutlet } from './member-outlet.ts';

/** A page that does not read this much is asleep or gone; what it missed it gets when it comes back. */
const MAX_QUEUED = 256 * 1024;
/** After a close frame that cannot be delivered, the socket goes. */
const CLOSE_WITHIN = 5 * SECOND;
const WINDOW = 10 * SECOND;
/** Messages of one socket that may wait for their answers. */
const MAX_WAITING = 32;
/** Who sends this many times what is answered is closed. */
const FLOOD = 20;

/** Limits of one socket in µs, bytes and counts; 0 is none. */
export interface MemberLimits {
  /** Messages that are answered within ten seconds. */
  messages: number;
  /** How long it may take to say something first, if only that it is there: an upgrade alone must hold nothing for long. */
  first: number;
  /** How long it may be silent; it is asked in time, and every WebSocket answers by itself. */
  idle: number;
  /** How long bytes may wait to be read. */
  write: number;
}

export interface MemberOptions {
  ws: WebSocket;
  socket: Socket;
  slug: string;
  /** Who it is, and what it proved that with. */
  caller: Caller;
  /** What it may do in the room. */
  role: RoomRole;
  log: Logger;
  limits: MemberLimits;
  /** Answers one message; throws an error of the list. */
  answer(message: ClientMessage, member: Member): Promise<object>;
  scheduler: Scheduler;
  /** Called before it is closed as one who may not come back. */
  shuttingOut(member: Member): void;
  left(member: Member): void;
}

/** One socket in a room. It has no timers of its own: `tick` is called about once a second. */
export class Member implements SocketPeer {
  readonly slug: string;
  readonly topics: Set<string> = new Set();
  /** Wants what is pushed together as one message. */
  batches = false;
  caller: Caller;
  role: RoomRole;
  /** Until when it may be here, by the wall clock in ms. */
  ends: number | undefined;
  readonly #options: MemberOptions;
  #heard = false;
  #heardAt: number;
  /** When it was asked whether it is there, and has not answered. */
  #askedAt: number | undefined;
  #roundTrip: number | undefined;
  #stuckSince: number | undefined;
  #closingSince: number | undefined;
  #messages = 0;
  #waiting = 0;
  #turn: Promise<void> = Promise.resolve();
  #windowEnds = 0;
  #gone = false;
  /** What most sockets never have: a way for media, those who wait for their end, and what follows an answer. */
  #outlet: MemberOutlet | undefined;
  #ended: Set<() => void> | undefined;
  #next: (() => void)[] | undefined;

  constructor(options: MemberOptions) {
    this.#options = options;
    this.slug = options.slug;
    this.caller = options.caller;
    this.role = options.role;
    this.#heardAt = options.scheduler.now();
    const { ws } = options;
    ws.on('message', (data: Buffer, binary: boolean) => this.#receive(binary ? undefined : data.toString()));
    ws.on('pong', () => this.#answered());
    ws.on('close', () => this.#leave());
  }

  get outlet(): Intake {
    const { ws, socket, scheduler } = this.#options;
    return (this.#outlet ??= new MemberOutlet({ ws, socket, scheduler }));
  }

  roundTrip(): number | undefined {
    this.#ask();
    return this.#roundTrip === undefined ? undefined : this.#roundTrip / MILLISECOND;
  }

  onEnd(listener: () => void): () => void {
    const ended = (this.#ended ??= new Set());
    ended.add(listener);
    return () => ended.delete(listener);
  }

  afterwards(run: () => void): void {
    (this.#next ??= []).push(run);
  }

  /** Sends one message to this socket alone. */
  say(message: object): void {
    this.send(textFrame(JSON.stringify(message)));
  }

  leave(topic: string): void {
    this.topics.delete(topic);
  }

  /** Sends a frame that was made once for all sockets, or several in one piece. */
  send(frame: Uint8Array): void {
    const { ws, socket } = this.#options;
    if (ws.readyState !== ws.OPEN) return;
    if (socket.writableLength - (this.#outlet?.waiting ?? 0) + frame.length > MAX_QUEUED)
      this.close(closeCodes.policy, 'Too slow: messages were not read.');
    // The library frames each message anew; without compression it keeps nothing of its own between two.
    else socket.write(frame);
  }

  close(code: number, reason: string): void {
    if (code === closeCodes.kicked && !this.#gone) this.#options.shuttingOut(this);
    closeSocket(this.#options.ws, code, reason);
    this.#closingSince ??= this.#options.scheduler.now();
    this.#leave();
  }

  /** Looks after the connection. False when it is over and needs no more looking after. */
  tick(now: number): boolean {
    const { ws } = this.#options;
    if (ws.readyState === ws.CLOSED) return false;
    if (this.#closingSince !== undefined) {
      if (now - this.#closingSince >= CLOSE_WITHIN) ws.terminate();
      return true;
    }
    this.#checkReading(now);
    this.#checkSilence(now);
    return true;
  }

  #checkReading(now: number): void {
    const { socket, limits } = this.#options;
    // What waits behind media is looked after by those who send it: they see whether bytes move.
    if (socket.writableLength === 0 || this.#outlet?.busy) this.#stuckSince = undefined;
    else this.#stuckSince ??= now;
    if (limits.write > 0 && this.#stuckSince !== undefined && now - this.#stuckSince >= limits.write)
      this.close(closeCodes.policy, 'Too slow: nothing was read for too long.');
  }

  #checkSilence(now: number): void {
    // A ping waits behind media, too.
    if (this.#outlet?.busy) return;
    const { first, idle } = this.#options.limits;
    const most = this.#heard ? idle : first;
    const silence = now - this.#heardAt;
    if (most > 0 && silence >= most) this.close(closeCodes.policy, 'Nothing was heard for too long.');
    else if (silence >= (most > 0 ? Math.min(PING_EVERY, most / 2) : PING_EVERY)) this.#ask();
  }

  #ask(): void {
    const { ws, scheduler } = this.#options;
    if (this.#askedAt !== undefined || ws.readyState !== ws.OPEN) return;
    this.#askedAt = scheduler.now();
    ws.ping();
  }

  #answered(): void {
    if (this.#askedAt !== undefined) this.#roundTrip = this.#options.scheduler.now() - this.#askedAt;
    this.#askedAt = undefined;
    this.#hear();
  }

  #hear(): void {
    this.#heard = true;
    this.#heardAt = this.#options.scheduler.now();
  }

  /** Messages are answered one after the other: what is said first is done first. */
  #receive(text: string | undefined): void {
    this.#hear();
    const answer = this.#admits(text);
    if (!answer) return;
    if (this.#waiting >= MAX_WAITING) {
      this.say({ type: 'error', code: 'too-many-requests', message: 'Wait for the answers first.' });
      return;
    }
    this.#waiting++;
    this.#turn = this.#turn.then(answer).finally(() => this.#waiting--);
  }

  async #answer(text: string | undefined): Promise<void> {
    let id: RequestId | undefined;
    try {
      const message = readClientMessage(text);
      ({ id } = message);
      const answer = await this.#options.answer(message, this);
      this.say({ ...(id === undefined ? {} : { id }), type: 'ok', ...answer });
    } catch (error) {
      this.#refuse(error, id);
    }
    const next = this.#next?.splice(0) ?? [];
    if (!this.#gone) for (const run of next) run();
  }

  #refuse(error: unknown, asked: RequestId | undefined): void {
    const { code, message, cause, detail } = toRoomcastError(error);
    if (code === 'internal') this.#options.log.error({ err: cause }, 'a message to a room failed');
    const id = error instanceof BadMessage ? error.id : asked;
    this.say({ ...(id === undefined ? {} : { id }), type: 'error', code, message, ...(detail && { detail }) });
  }

  /** What is to be done about a message. A flood gets one answer that says so, then none until the window is over. */
  #admits(text: string | undefined): (() => Promise<void>) | undefined {
    const answer = (): Promise<void> => this.#answer(text);
    const { messages } = this.#options.limits;
    if (messages === 0) return answer;
    const now = this.#options.scheduler.now();
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + WINDOW;
      this.#messages = 0;
    }
    this.#messages++;
    if (this.#messages > messages * FLOOD) this.close(closeCodes.policy, 'Too many messages.');
    if (this.#messages <= messages) return answer;
    if (this.#messages > messages + 1) return undefined;
    const words = 'Too many messages; what follows is not read for ten seconds.';
    return async () => this.say({ type: 'error', code: 'too-many-requests', message: words });
  }

  #leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#options.left(this);
    for (const ended of this.#ended ?? []) ended();
  }
}
