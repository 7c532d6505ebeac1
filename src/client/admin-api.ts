import type { Client } from './api.ts';
import type { Emote, Room } from './messages.ts';
import type { AuditEntry } from './room-api.ts';

/** An account. Times are ISO 8601 in UTC. */
export interface AccountInfo {
  id: string;
  kind: 'person' | 'bot';
  name?: string;
  email?: string;
  admin: boolean;
  disabled: boolean;
  hasPassword: boolean;
  created: string;
}

/** How much a token may do, the least first. */
export type TokenScope = 'read' | 'chat' | 'manage' | 'admin';

/** A bearer token without the token. */
export interface TokenInfo {
  id: string;
  scope: TokenScope;
  created: string;
  name?: string;
  account?: string;
  expires?: string;
  lastUsed?: string;
}

/** How the process is. `memory` in bytes, delays in seconds. */
export interface ServerInfo {
  version: string;
  node: string;
  startedAt: string;
  sessions: { publish: number; play: number };
  streams: number;
  memory: number;
  loopDelay?: { p50: number; p99: number };
  certificate?: { names: string[]; issuer: string; until: string };
}

/** An option and where its value comes from. */
export interface OptionRow {
  name: string;
  value: unknown;
  origin: string;
}

/** The calls of the API for the owner of the server. Each rejects with an `ApiError`. */
export class AdminApi {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  rooms(): Promise<Room[]> {
    return this.#client.rooms();
  }

  createRoom(slug: string, title: string): Promise<Room> {
    return this.#client.createRoom({ slug, ...(title === '' ? {} : { title }) });
  }

  archive(slug: string, on: boolean): Promise<void> {
    return this.#call('POST', `rooms/${encodeURIComponent(slug)}/${on ? 'archive' : 'unarchive'}`);
  }

  async users(): Promise<AccountInfo[]> {
    return (await this.#call<{ users: AccountInfo[] }>('GET', 'users')).users;
  }

  addUser(name: string, password: string): Promise<void> {
    return this.#call('POST', 'users', { name, password });
  }

  /** An account for a program, which talks by a token. */
  async addBot(name: string): Promise<{ id: string }> {
    return (await this.#call<{ user: { id: string } }>('POST', 'users', { name, kind: 'bot' })).user;
  }

  disable(id: string, disabled: boolean): Promise<void> {
    return this.#call('PATCH', `users/${encodeURIComponent(id)}`, { disabled });
  }

  removeUser(id: string): Promise<void> {
    return this.#call('DELETE', `users/${encodeURIComponent(id)}`);
  }

  /** A link with which somebody sets another password. */
  async reset(id: string): Promise<string> {
    return (await this.#call<{ url: string }>('POST', `users/${encodeURIComponent(id)}/reset`)).url;
  }

  async tokens(): Promise<TokenInfo[]> {
    return (await this.#call<{ tokens: TokenInfo[] }>('GET', 'tokens')).tokens;
  }

  /** The token itself, this once. `account`: the bot that it is for. */
  async makeToken(token: { scope: TokenScope; name?: string; days?: number; account?: string }): Promise<string> {
    return (await this.#call<{ token: string }>('POST', 'tokens', token)).token;
  }

  revokeToken(id: string): Promise<void> {
    return this.#call('DELETE', `tokens/${encodeURIComponent(id)}`);
  }

  user(id: string): Promise<AccountInfo> {
    return this.#call('GET', `users/${encodeURIComponent(id)}`);
  }

  /** Changes an account; null takes its address away. Another password signs its owner out everywhere. */
  changeUser(
    id: string,
    change: { name?: string; email?: string | null; password?: string; disabled?: boolean },
  ): Promise<AccountInfo> {
    return this.#call('PATCH', `users/${encodeURIComponent(id)}`, change);
  }

  /** A fresh link that opens a room's page as its owner, once. Default: the default room. */
  async link(slug?: string): Promise<string> {
    return (await this.#call<{ url: string }>('POST', 'link', slug === undefined ? {} : { slug })).url;
  }

  /** The emotes of the server, which are for all rooms. */
  async emotes(): Promise<Emote[]> {
    return (await this.#call<{ emotes: Emote[] }>('GET', 'emotes')).emotes;
  }

  /** Adds an emote for all rooms, in place of one of that name: PNG, WebP or GIF. */
  async addEmote(name: string, picture: Blob): Promise<Emote[]> {
    return (await this.#call<{ emotes: Emote[] }>('POST', `emotes/${encodeURIComponent(name)}`, picture)).emotes;
  }

  removeEmote(name: string): Promise<void> {
    return this.#call('DELETE', `emotes/${encodeURIComponent(name)}`);
  }

  server(): Promise<ServerInfo> {
    return this.#call('GET', 'server');
  }

  async config(): Promise<OptionRow[]> {
    return (await this.#call<{ options: OptionRow[] }>('GET', 'server/config')).options;
  }

  /** The newest first; `before` is the id of an entry. */
  async audit(before?: number): Promise<AuditEntry[]> {
    const page = before === undefined ? '' : `?before=${before}`;
    return (await this.#call<{ entries: AuditEntry[] }>('GET', `audit${page}`)).entries;
  }

  async #call<T>(method: string, path: string, body?: object): Promise<T> {
    return (await this.#client.call(method, path, body)) as T;
  }
}
