import type {
  ControlMessage,
  EndedBecause,
  Finding,
  PresenceMessage,
  Room,
  RoomEvent,
  ServerMessage,
  StreamClock,
} from '../../../src/client/index.ts';

/** An ended broadcast counts as news for this long. ms */
const NEWS = 10 * 60_000;

/** What the page knows of its room. */
export interface RoomView {
  link: 'connecting' | 'open' | 'down' | 'refused';
  /** The server's code when refused. */
  refusal?: string;
  room?: Room;
  /** Id of who one is to the room’s socket; absent where nobody in particular. */
  me?: string;
  reason?: EndedBecause;
  broadcast?: string;
  clock?: StreamClock;
  control?: ControlMessage;
  /** Who watches, as those know it who look after the room. */
  audience?: PresenceMessage;
  /** What the doctor has found, the worst first; told to owners only. */
  findings: readonly Finding[];
  /** This page was open while the room was live. */
  seenLive: boolean;
  /** Monotonic time in ms at which the publisher was lost. */
  waitingSince?: number;
}

export const unknownRoom: RoomView = { link: 'connecting', findings: [], seenLive: false };

/** The next view after an event of the room's connection. `now` is monotonic, ms. */
export function reduceRoom(view: RoomView, event: RoomEvent, now: number): RoomView {
  switch (event.type) {
    case 'open':
      return { ...view, link: 'open' };
    case 'down':
      return { ...view, link: 'down' };
    case 'refused':
      return { ...view, link: 'refused', refusal: event.code };
    case 'room':
      return entered(view, event.room, now);
    case 'media':
      return view;
    case 'message':
      return heard(view, event.message, now);
    default:
      return view;
  }
}

function heard(view: RoomView, message: ServerMessage, now: number): RoomView {
  switch (message.type) {
    case 'hello': {
      const { me: _before, ...rest } = view;
      const me = message.user && { me: message.user.id };
      return entered({ ...rest, ...me, link: 'open' }, message.room, now);
    }
    case 'room':
      return entered(view, message.room, now);
    case 'presence':
      return view.room ? { ...view, audience: message, room: { ...view.room, viewers: message.viewers } } : view;
    case 'control':
      return { ...view, control: message };
    case 'doctor':
      return { ...view, findings: message.findings };
    case 'stream': {
      if (!view.room) return view;
      const { type: _type, reason, broadcast, clock, ...rest } = message;
      const { since: _since, ...kept } = view.room;
      const next: RoomView = { ...view };
      for (const key of ['reason', 'broadcast', 'clock'] as const) delete next[key];
      if (reason) next.reason = reason;
      if (broadcast) next.broadcast = broadcast;
      if (clock) next.clock = clock;
      return entered(next, { ...kept, ...rest }, now);
    }
    default:
      return view;
  }
}

function entered(view: RoomView, room: Room, now: number): RoomView {
  const next: RoomView = {
    ...view,
    room,
    seenLive: view.seenLive || room.state === 'live' || room.state === 'waiting',
  };
  if (room.state !== 'waiting') delete next.waitingSince;
  else next.waitingSince ??= now;
  if (room.state !== 'live' && room.state !== 'waiting') delete next.control;
  return next;
}

/** What the player shows. */
export type Scene =
  | { kind: 'loading' | 'missing' | 'unsupported' | 'offline' | 'starting' | 'ended' | 'live' | 'slow' }
  | { kind: 'refused'; code: string }
  /** Over the last picture: the publisher was lost, the viewer's network is down, or the server cannot be reached. */
  | { kind: 'reconnecting'; who: 'publisher' | 'viewer' | 'server' };

export interface SceneFacts {
  view: RoomView;
  join: 'off' | 'joining' | 'flowing' | 'broken' | 'refused';
  joinRefusal?: string | undefined;
  supported: boolean;
  /** A picture was shown since the broadcast began. */
  seen: boolean;
  /** Playback stands still for want of data. */
  starved: boolean;
  online: boolean;
  /** Wall time, ms. */
  wall: number;
}

/** Which of the player's scenes fits what is known. */
export function sceneOf(facts: SceneFacts): Scene {
  const { view, join, joinRefusal, supported, seen, starved, online, wall } = facts;
  if (view.link === 'refused') return refused(view.refusal ?? 'denied');
  const room = view.room;
  if (room && !room.admitted) return refused(reasonOf(room));
  if (join === 'refused') return refused(joinRefusal ?? 'denied');
  const cut: Scene = { kind: 'reconnecting', who: online ? 'server' : 'viewer' };
  if (!room) return view.link === 'down' ? cut : { kind: 'loading' };
  if (room.state === 'idle') return { kind: 'offline' };
  // A server that stops ends everything, but it comes back, and the encoder with it.
  if (room.state === 'ended' && view.reason === 'shutdown' && view.link !== 'open') return cut;
  if (room.state === 'ended') return { kind: view.seenLive || isNews(room, wall) ? 'ended' : 'offline' };
  if (!supported) return { kind: 'unsupported' };
  if (!online && starved) return cut;
  if (room.state === 'starting') return { kind: 'starting' };
  // Whether the publisher is still away, only the server could say.
  if (room.state === 'waiting') return view.link === 'down' ? cut : { kind: 'reconnecting', who: 'publisher' };
  if (joinRefusal === 'busy') return refused('busy');
  if (join === 'broken') return cut;
  if (!seen) return { kind: 'starting' };
  if (!starved) return { kind: 'live' };
  return join === 'flowing' ? { kind: 'slow' } : cut;
}

function refused(code: string): Scene {
  return code === 'not-found' || code === 'bad-path' ? { kind: 'missing' } : { kind: 'refused', code };
}

/** Why somebody may not enter: by what they are, or by what the room asks for. */
function reasonOf({ role, archived, watch }: Room): string {
  if (role === 'banned') return 'banned';
  if (archived !== undefined) return 'archived';
  if (role === 'guest' && (watch === 'signed-in' || watch === 'list')) return 'sign-in';
  return watch === 'everyone' || watch === 'signed-in' ? 'denied' : watch;
}

function isNews(room: Room, wall: number): boolean {
  return room.lastLive !== undefined && wall - Date.parse(room.lastLive.endedAt) < NEWS;
}

/** Scenes that are told on the poster instead of over a picture. */
export function onPoster(scene: Scene): boolean {
  return !['live', 'slow', 'reconnecting'].includes(scene.kind);
}
