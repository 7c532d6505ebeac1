import type { ErrorDetail } from '../errors.ts';
import type { StreamRecord } from '../features/api/stream-record.ts';
import type { BroadcastRecord, BroadcastTotals, Qoe, RoomViewer, TimelinePoint } from './audience.ts';
import type { Ban, ChatMessage, Emote, Room, RoomKey, RoomRole, RoomSettings, SessionInfo, User } from './messages.ts';
import type { HookDelivery, HookSettings, RoomCommand, Webhook } from './webhooks.ts';

export interface ClientOptions {
  /** Origin of the server, `http://host:8080`. */
  base: string;
  /** Bearer token; without one the browser's cookie counts. */
  token?: string;
  fetch?: typeof globalThis.fetch;
}

/** Who asks, and whether visitors may make accounts. */
export interface Me {
  user: User | null;
  signUp: 'open' | 'off';
}

/** What of an account its owner changes; null takes away. Another password or address needs the current password. */
export interface MeChange {
  name?: string;
  email?: string | null;
  password?: string;
  currentPassword?: string;
}

/** Somebody who is to be silent for a while. */
export interface Timeout {
  who: string;
  name: string;
  reason?: string;
  by: string;
  until: string;
}

/** What one who looks after a room noted about somebody, for the others. */
export interface Note {
  id: string;
  who: string;
  text: string;
  by: string;
  at: string;
}

/** What there is to know about somebody in a room. `role` is that of an account. */
export interface PersonRecord {
  id: string;
  name?: string;
  role?: RoomRole;
  /** How many messages. */
  said: number;
  /** The last of them, the oldest first. What others took away has its text here. */
  messages: ChatMessage[];
  timeout?: Timeout;
  bans: Ban[];
  notes: Note[];
}

/** The server said no, or could not be reached (`code` is `unreachable`, `status` 0). */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  /** Seconds after which trying again makes sense. */
  readonly retryAfter: number | undefined;
  /** What exactly is wrong with a value. */
  readonly detail: ErrorDetail | undefined;

  constructor(code: string, status: number, message: string, retryAfter?: number, detail?: ErrorDetail) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
    this.detail = detail;
  }
}

/** Every call rejects with an `ApiError`. */
export interface Client {
  /** Any call of the API, for what has no function of its own here: `path` without `/api/v1/`. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  rooms(): Promise<Room[]>;
  room(slug: string): Promise<Room>;
  key(slug: string): Promise<RoomKey>;
  /** Makes another main key; a publisher with the old one is cut off. */
  newKey(slug: string): Promise<RoomKey>;
  /** Who asks; null for nobody in particular. */
  me(): Promise<Me>;
  signIn(name: string, password: string): Promise<User>;
  signOut(): Promise<void>;
  /** Makes an account, and signs in. */
  signUp(account: { name: string; password: string; email?: string }): Promise<User>;
  /** Gives a guest a name. */
  nameGuest(name: string): Promise<User>;
  changeMe(change: MeChange): Promise<User>;
  /** Sets another password by the token of a link, and signs in. */
  reset(token: string, password: string): Promise<User>;
  createRoom(room: RoomSettings & { slug: string }): Promise<Room>;
  changeRoom(slug: string, change: RoomSettings): Promise<Room>;
  /** What can be written as `:name:` in a room's chat. */
  emotes(slug: string): Promise<Emote[]>;
  /** Adds an emote, in place of one of that name: PNG, WebP or GIF. */
  addEmote(slug: string, name: string, picture: Blob): Promise<Emote[]>;
  removeEmote(slug: string, name: string): Promise<void>;
  /** Gives a room a picture that it is shown by: JPEG, PNG or WebP. Resolves with its address. */
  setCover(slug: string, picture: Blob): Promise<string>;
  removeCover(slug: string): Promise<void>;
  timeouts(slug: string): Promise<Timeout[]>;
  person(slug: string, user: string): Promise<PersonRecord>;
  /** About one person, or all. */
  notes(slug: string, user?: string): Promise<Note[]>;
  addNote(slug: string, note: { user: string; text: string }): Promise<Note>;
  removeNote(slug: string, id: string): Promise<void>;
  /** Enters a room by its password, or by the pass of a link. */
  enter(slug: string, proof: { password: string } | { pass: string }): Promise<void>;
  /** Trades the one-time token of the printed link for the owner's cookie. */
  claim(token: string): Promise<void>;
  /** Closes a room for an account by name, an account or guest by id, or a network; for some minutes or for ever. */
  ban(
    slug: string,
    ban: { name?: string; who?: string; network?: string; reason?: string; minutes?: number },
  ): Promise<Ban>;
  liftBan(slug: string, id: string): Promise<void>;
  /** Ends the broadcast at once. */
  end(slug: string): Promise<void>;
  /** Streams that are on or waited for, with their tracks, rates and findings. */
  streams(): Promise<StreamRecord[]>;
  /** One of them by its path, `live/lobby`. */
  stream(path: string): Promise<StreamRecord>;
  sessions(): Promise<SessionInfo[]>;
  /** Those of one room, for those who look after it; moderators are told of viewers alone, and networks for addresses. */
  roomSessions(slug: string): Promise<SessionInfo[]>;
  /** Closes a session of a room; it is refused for a while. */
  kickFrom(slug: string, id: string): Promise<void>;
  /** Who is in a room and has signed in. */
  viewers(slug: string): Promise<RoomViewer[]>;
  /** What was live in a room, the newest first; `before` is the `started` of one. */
  broadcasts(
    slug: string,
    page?: { before?: string; limit?: number },
  ): Promise<{ broadcasts: BroadcastRecord[]; total: BroadcastTotals }>;
  /** How well it plays, as players tell. */
  qoe(slug: string): Promise<Qoe>;
  /** The last hour of a room's stream. */
  timeline(slug: string): Promise<TimelinePoint[]>;
  /** Closes a session; it is refused for a while. */
  kick(id: string): Promise<void>;
  /** The webhooks of a room, or with null of the server; the same for the calls below. */
  hooks(slug: string | null): Promise<Webhook[]>;
  createHook(slug: string | null, hook: Partial<HookSettings> & { url: string }): Promise<Webhook>;
  /** `rotate` makes another secret. */
  changeHook(slug: string | null, id: string, change: Partial<HookSettings> & { rotate?: true }): Promise<Webhook>;
  removeHook(slug: string | null, id: string): Promise<void>;
  /** Sends an event of the type `test` at once. */
  testHook(slug: string | null, id: string): Promise<{ ok: boolean; status?: number; error?: string; ms: number }>;
  /** The newest first; `before` is the id of one. */
  deliveries(
    slug: string | null,
    id: string,
    page?: { state?: HookDelivery['state']; before?: number; limit?: number },
  ): Promise<HookDelivery[]>;
  /** Sends an event again. */
  replay(slug: string | null, id: string, delivery: number): Promise<void>;
  commands(slug: string): Promise<RoomCommand[]>;
  createCommand(slug: string, command: Pick<RoomCommand, 'name' | 'help' | 'url' | 'bot'>): Promise<RoomCommand>;
  removeCommand(slug: string, name: string): Promise<void>;
}

/** Reads the error of an answer that is not ok. */
export async function errorOf(response: Response): Promise<ApiError> {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const after = Number.isFinite(retryAfter) ? retryAfter : undefined;
  try {
    const { error } = (await response.json()) as {
      error: { code: string; message: string; detail?: ErrorDetail };
    };
    return new ApiError(error.code, response.status, error.message, after, error.detail);
  } catch {
    return new ApiError('internal', response.status, `The server answered ${response.status}.`, after);
  }
}

/** The HTTP API, typed. */
export function createClient(options: ClientOptions): Client {
  const { base, token } = options;
  const fetch = options.fetch ?? globalThis.fetch.bind(globalThis);

  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const headers: Record<string, string> = { accept: 'application/json' };
    if (token) headers['authorization'] = `Bearer ${token}`;
    const isBytes = body instanceof Blob;
    if (body !== undefined) headers['content-type'] = isBytes ? 'application/octet-stream' : 'application/json';
    let response: Response;
    try {
      response = await fetch(`${base}/api/v1/${path}`, {
        method,
        headers,
        credentials: 'same-origin',
        cache: 'no-store',
        ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
      });
    } catch (error) {
      throw new ApiError('unreachable', 0, error instanceof Error ? error.message : String(error));
    }
    if (!response.ok) throw await errorOf(response);
    return response.status === 204 ? undefined : response.json();
  }

  const at = encodeURIComponent;
  /** The address of webhooks, or of one. */
  const hooksOf = (slug: string | null, id?: string): string =>
    `${slug === null ? '' : `rooms/${at(slug)}/`}hooks${id === undefined ? '' : `/${at(id)}`}`;
  return {
    call,
    rooms: async () => ((await call('GET', 'rooms')) as { rooms: Room[] }).rooms,
    room: async (slug) => (await call('GET', `rooms/${at(slug)}`)) as Room,
    key: async (slug) => (await call('GET', `rooms/${at(slug)}/key`)) as RoomKey,
    newKey: async (slug) => (await call('POST', `rooms/${at(slug)}/key`)) as RoomKey,
    me: async () => (await call('GET', 'me')) as Me,
    signIn: async (name, password) => userOf(await call('POST', 'sign-in', { name, password })),
    signOut: async () => void (await call('POST', 'sign-out')),
    signUp: async (account) => userOf(await call('POST', 'users', account)),
    nameGuest: async (name) => userOf(await call('POST', 'guest', { name })),
    reset: async (resetToken, password) => userOf(await call('POST', 'reset', { token: resetToken, password })),
    changeMe: async (change) => userOf(await call('PATCH', 'me', change)),
    createRoom: async (room) => (await call('POST', 'rooms', room)) as Room,
    changeRoom: async (slug, change) => (await call('PATCH', `rooms/${at(slug)}`, change)) as Room,
    emotes: async (slug) => emotesOf(await call('GET', `rooms/${at(slug)}/emotes`)),
    addEmote: async (slug, name, picture) =>
      emotesOf(await call('POST', `rooms/${at(slug)}/emotes/${at(name)}`, picture)),
    removeEmote: async (slug, name) => void (await call('DELETE', `rooms/${at(slug)}/emotes/${at(name)}`)),
    setCover: async (slug, picture) =>
      ((await call('PUT', `rooms/${at(slug)}/cover`, picture)) as { cover: string }).cover,
    removeCover: async (slug) => void (await call('DELETE', `rooms/${at(slug)}/cover`)),
    timeouts: async (slug) => ((await call('GET', `rooms/${at(slug)}/timeouts`)) as { timeouts: Timeout[] }).timeouts,
    person: async (slug, user) => (await call('GET', `rooms/${at(slug)}/people/${at(user)}`)) as PersonRecord,
    notes: async (slug, user) => {
      const query = user === undefined ? '' : `?user=${at(user)}`;
      return ((await call('GET', `rooms/${at(slug)}/notes${query}`)) as { notes: Note[] }).notes;
    },
    addNote: async (slug, note) => (await call('POST', `rooms/${at(slug)}/notes`, note)) as Note,
    removeNote: async (slug, id) => void (await call('DELETE', `rooms/${at(slug)}/notes/${at(id)}`)),
    enter: async (slug, proof) => void (await call('POST', `rooms/${at(slug)}/enter`, proof)),
    claim: async (ownerToken) => void (await call('POST', 'claim', { token: ownerToken })),
    ban: async (slug, ban) => (await call('POST', `rooms/${at(slug)}/bans`, ban)) as Ban,
    liftBan: async (slug, id) => void (await call('DELETE', `rooms/${at(slug)}/bans/${at(id)}`)),
    end: async (slug) => void (await call('POST', `rooms/${at(slug)}/end`)),
    streams: async () => ((await call('GET', 'streams')) as { streams: StreamRecord[] }).streams,
    stream: async (path) => (await call('GET', `streams/${path.split('/').map(at).join('/')}`)) as StreamRecord,
    sessions: async () => ((await call('GET', 'sessions')) as { sessions: SessionInfo[] }).sessions,
    roomSessions: async (slug) =>
      ((await call('GET', `rooms/${at(slug)}/sessions`)) as { sessions: SessionInfo[] }).sessions,
    kickFrom: async (slug, id) => void (await call('DELETE', `rooms/${at(slug)}/sessions/${at(id)}`)),
    viewers: async (slug) => ((await call('GET', `rooms/${at(slug)}/viewers`)) as { viewers: RoomViewer[] }).viewers,
    async broadcasts(slug, page = {}) {
      const query = new URLSearchParams(Object.entries(page).map(([name, value]) => [name, String(value)]));
      const answer = await call('GET', `rooms/${at(slug)}/broadcasts?${query.toString()}`);
      return answer as { broadcasts: BroadcastRecord[]; total: BroadcastTotals };
    },
    qoe: async (slug) => (await call('GET', `rooms/${at(slug)}/qoe`)) as Qoe,
    timeline: async (slug) => ((await call('GET', `rooms/${at(slug)}/timeline`)) as { points: TimelinePoint[] }).points,
    kick: async (id) => void (await call('DELETE', `sessions/${at(id)}`)),
    hooks: async (slug) => ((await call('GET', hooksOf(slug))) as { hooks: Webhook[] }).hooks,
    createHook: async (slug, hook) => (await call('POST', hooksOf(slug), hook)) as Webhook,
    changeHook: async (slug, id, change) => (await call('PATCH', hooksOf(slug, id), change)) as Webhook,
    removeHook: async (slug, id) => void (await call('DELETE', hooksOf(slug, id))),
    testHook: async (slug, id) =>
      (await call('POST', `${hooksOf(slug, id)}/test`)) as Awaited<ReturnType<Client['testHook']>>,
    async deliveries(slug, id, page = {}) {
      const query = Object.entries(page).map(([name, value]) => `${name}=${at(value)}`);
      const answer = await call('GET', `${hooksOf(slug, id)}/deliveries?${query.join('&')}`);
      return (answer as { deliveries: HookDelivery[] }).deliveries;
    },
    replay: async (slug, id, delivery) =>
      void (await call('POST', `${hooksOf(slug, id)}/deliveries/${delivery}/replay`)),
    commands: async (slug) =>
      ((await call('GET', `rooms/${at(slug)}/commands`)) as { commands: RoomCommand[] }).commands,
    createCommand: async (slug, command) => (await call('POST', `rooms/${at(slug)}/commands`, command)) as RoomCommand,
    removeCommand: async (slug, name) => void (await call('DELETE', `rooms/${at(slug)}/commands/${at(name)}`)),
  };
}

function emotesOf(answer: unknown): Emote[] {
  return (answer as { emotes: Emote[] }).emotes;
}

function userOf(answer: unknown): User {
  return (answer as { user: User }).user;
}
