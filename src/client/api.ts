import type { StreamRecord } from '../features/api/stream-record.ts';
import type { Room, RoomKey, RoomSettings, SessionInfo, User } from './messages.ts';

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

/** The server said no, or could not be reached (`code` is `unreachable`, `status` 0). */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  /** Seconds after which trying again makes sense. */
  readonly retryAfter: number | undefined;

  constructor(code: string, status: number, message: string, retryAfter?: number) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Every call rejects with an `ApiError`. */
export interface Client {
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
  /** Enters a room by its password, or by the pass of a link. */
  enter(slug: string, proof: { password: string } | { pass: string }): Promise<void>;
  /** Trades the one-time token of the printed link for the owner's cookie. */
  claim(token: string): Promise<void>;
  /** Ends the broadcast at once. */
  end(slug: string): Promise<void>;
  /** Streams that are on or waited for, with their tracks, rates and findings. */
  streams(): Promise<StreamRecord[]>;
  /** One of them by its path, `live/lobby`. */
  stream(path: string): Promise<StreamRecord>;
  sessions(): Promise<SessionInfo[]>;
  /** Closes a session; it is refused for a while. */
  kick(id: string): Promise<void>;
}

/** Reads the error of an answer that is not ok. */
export async function errorOf(response: Response): Promise<ApiError> {
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const after = Number.isFinite(retryAfter) ? retryAfter : undefined;
  try {
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    return new ApiError(error.code, response.status, error.message, after);
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
    if (body !== undefined) headers['content-type'] = 'application/json';
    let response: Response;
    try {
      response = await fetch(`${base}/api/v1/${path}`, {
        method,
        headers,
        credentials: 'same-origin',
        cache: 'no-store',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw new ApiError('unreachable', 0, error instanceof Error ? error.message : String(error));
    }
    if (!response.ok) throw await errorOf(response);
    return response.status === 204 ? undefined : response.json();
  }

  const at = encodeURIComponent;
  return {
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
    enter: async (slug, proof) => void (await call('POST', `rooms/${at(slug)}/enter`, proof)),
    claim: async (ownerToken) => void (await call('POST', 'claim', { token: ownerToken })),
    end: async (slug) => void (await call('POST', `rooms/${at(slug)}/end`)),
    streams: async () => ((await call('GET', 'streams')) as { streams: StreamRecord[] }).streams,
    stream: async (path) => (await call('GET', `streams/${path.split('/').map(at).join('/')}`)) as StreamRecord,
    sessions: async () => ((await call('GET', 'sessions')) as { sessions: SessionInfo[] }).sessions,
    kick: async (id) => void (await call('DELETE', `sessions/${at(id)}`)),
  };
}

function userOf(answer: unknown): User {
  return (answer as { user: User }).user;
}
