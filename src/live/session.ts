import type { RoomcastError } from '../errors.ts';
import type { EndReason } from '../media/frame.ts';
import type { Access, Grant, Traffic } from './access.ts';
import { isoTime } from './wall-time.ts';

/** How the owner of the server is called who has not chosen a name. */
const OWNER = 'owner';

/** A session in words and numbers. `since` is ISO 8601 in UTC. */
export interface SessionRecord {
  id: string;
  protocol: string;
  action: 'publish' | 'play';
  path: string;
  identity?: string;
  remote: string;
  agent?: string;
  since: string;
  bytesIn: number;
  bytesOut: number;
  skips: number;
}

/** One admitted publisher or subscriber; the same for all protocols. */
export class Session {
  readonly id: string;
  readonly path: string;
  readonly grant: Grant;
  /** Wall time in ms. */
  readonly since: number;
  /** What the peer calls itself. */
  agent: string | undefined;
  readonly #access: Access;
  #closed = false;
  #cursor: { readonly skips: number } | undefined;
  /** Of the cursors that it played by before. */
  #skips = 0;

  constructor(options: { id: string; path: string; access: Access; grant: Grant; since: number }) {
    this.id = options.id;
    this.path = options.path;
    this.#access = options.access;
    this.grant = options.grant;
    this.since = options.since;
    this.agent = options.access.remote.agent;
  }

  /** What was asked for. It holds the credentials, so it is not copied or printed with the session. */
  get access(): Access {
    return this.#access;
  }

  get protocol(): string {
    return this.#access.protocol;
  }

  get action(): 'publish' | 'play' {
    return this.#access.action;
  }

  get traffic(): Traffic {
    return this.#access.traffic();
  }

  /** When it was heard last, monotonic µs; undefined where a connection tells that it is there. */
  get heard(): number | undefined {
    return this.#access.heard?.();
  }

  /** Times this viewer jumped ahead because it was too slow. */
  get skips(): number {
    return this.#skips + (this.#cursor?.skips ?? 0);
  }

  /** Says which cursor this session plays by. */
  follow(cursor: { readonly skips: number }): void {
    this.#skips = this.skips;
    this.#cursor = cursor;
  }

  /** What the owner may read of it, also in a log: never the path as the peer named it, and nothing it proved itself with. */
  toJSON(): SessionRecord {
    const { id, protocol, action, path, grant, agent, skips } = this;
    const { address } = this.#access.remote;
    const { in: bytesIn, out: bytesOut } = this.traffic;
    const who = grant.identity;
    const identity = who?.name ?? (who?.admin ? OWNER : who?.id);
    return {
      id,
      protocol,
      action,
      path,
      ...(identity === undefined ? {} : { identity }),
      remote: address,
      ...(agent === undefined ? {} : { agent }),
      since: isoTime(this.since),
      bytesIn,
      bytesOut,
      skips,
    };
  }

  /** Ends the session in its protocol's own words. A second call does nothing. */
  close(reason: EndReason, error?: RoomcastError): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#access.close(reason, error);
  }
}
