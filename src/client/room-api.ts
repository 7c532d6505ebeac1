import type { Client } from './api.ts';
import type { Ban, Room, RoomKey, RoomSettings } from './messages.ts';

/** What somebody can be made in a room; a viewer is just on its list. */
export type MemberRole = 'moderator' | 'speaker' | 'viewer';

/** Somebody with a role in the room. Times are ISO 8601 in UTC. */
export interface Member {
  id: string;
  name?: string;
  role: MemberRole;
  since: string;
}

/** A publish key without the key. Times are ISO 8601 in UTC. */
export interface KeyEntry {
  id: string;
  name: string;
  main: boolean;
  declared: boolean;
  created?: string;
  lastUsed?: string;
  /** Somebody publishes with it now. */
  live?: boolean;
}

/** What somebody changed, and from which address. `who` is an account or `server`, absent for nobody in particular. */
export interface AuditEntry {
  id: number;
  /** ISO 8601 in UTC. */
  at: string;
  who?: string;
  name?: string;
  remote: string;
  action: string;
  room?: string;
  details: Readonly<Record<string, string | number | boolean | null>>;
}

/** A signed link that opens a room, for ever where `until` (ISO 8601 in UTC) is absent. */
export interface Pass {
  pass: string;
  url: string;
  until?: string;
}

/** The calls of the API with which somebody looks after one room. Each rejects with an `ApiError`. */
export class RoomApi {
  readonly #client: Client;
  readonly #base: string;

  constructor(client: Client, slug: string) {
    this.#client = client;
    this.#base = `rooms/${encodeURIComponent(slug)}`;
  }

  change(change: RoomSettings): Promise<Room> {
    return this.#call('PATCH', '', change);
  }

  rename(slug: string): Promise<Room> {
    return this.#call('POST', '/rename', { slug });
  }

  archive(on: boolean): Promise<Room> {
    return this.#call('POST', on ? '/archive' : '/unarchive');
  }

  async members(): Promise<Member[]> {
    return (await this.#call<{ members: Member[] }>('GET', '/members')).members;
  }

  async setMember(name: string, role: MemberRole): Promise<Member[]> {
    return (await this.#call<{ members: Member[] }>('POST', '/members', { name, role })).members;
  }

  removeMember(id: string): Promise<void> {
    return this.#call('DELETE', `/members/${encodeURIComponent(id)}`);
  }

  async bans(): Promise<Ban[]> {
    return (await this.#call<{ bans: Ban[] }>('GET', '/bans')).bans;
  }

  ban(ban: { name?: string; who?: string; network?: string; reason?: string; minutes?: number }): Promise<Ban> {
    return this.#call('POST', '/bans', ban);
  }

  lift(id: string): Promise<void> {
    return this.#call('DELETE', `/bans/${encodeURIComponent(id)}`);
  }

  async keys(): Promise<KeyEntry[]> {
    return (await this.#call<{ keys: KeyEntry[] }>('GET', '/keys')).keys;
  }

  key(id: string): Promise<KeyEntry & RoomKey> {
    return this.#call('GET', `/keys/${encodeURIComponent(id)}`);
  }

  makeKey(name: string): Promise<KeyEntry & RoomKey> {
    return this.#call('POST', '/keys', { name });
  }

  /** Gives a key another name. */
  renameKey(id: string, name: string): Promise<KeyEntry> {
    return this.#call('PATCH', `/keys/${encodeURIComponent(id)}`, { name });
  }

  replaceKey(id: string): Promise<KeyEntry & RoomKey> {
    return this.#call('POST', `/keys/${encodeURIComponent(id)}/replace`);
  }

  revokeKey(id: string): Promise<void> {
    return this.#call('DELETE', `/keys/${encodeURIComponent(id)}`);
  }

  makePass(pass: { viewer?: string; minutes?: number }): Promise<Pass> {
    return this.#call('POST', '/passes', pass);
  }

  endPasses(): Promise<void> {
    return this.#call('DELETE', '/passes');
  }

  /** The newest first; `before` is the id of an entry. */
  async audit(before?: number): Promise<AuditEntry[]> {
    const page = before === undefined ? '' : `?before=${before}`;
    return (await this.#call<{ entries: AuditEntry[] }>('GET', `/audit${page}`)).entries;
  }

  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    return (await this.#client.call(method, this.#base + path, body)) as T;
  }
}
