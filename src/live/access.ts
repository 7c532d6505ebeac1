import type { RoomcastError } from '../errors.ts';
import type { EndReason } from '../media/frame.ts';

/** Where a peer sits. */
export interface Remote {
  address: string;
  port?: number;
  /** What the peer calls itself: User-Agent or flashVer. */
  agent?: string;
}

/** What a peer brought to prove itself, unchecked. */
export interface Credentials {
  /** Publish key given beside the path. */
  key?: string;
  /** Bearer token. */
  bearer?: string;
  /** Of an address that was signed for its reader. */
  pass?: string;
  /** Raw Cookie header; set only when the request's Origin is our own. */
  cookie?: string;
}

/** Protocol of those who publish frames of the program’s own: they have no socket, and so no key and nobody to ask. */
export const PROGRAM = 'program';

/** One question at the gate: may this peer publish or play this path? */
export interface Access {
  readonly action: 'publish' | 'play';
  readonly protocol: string;
  /** As the peer named it, unchecked. */
  readonly path: string;
  readonly credentials: Credentials;
  readonly remote: Remote;
  /** Higher replaces lower at once; a real publisher has 0, the demo -1. */
  readonly priority?: number;
  /** Called by the hub to end this session: kick, revocation, shutdown, a newer publisher. */
  close(reason: EndReason, error?: RoomcastError): void;
  /** Bytes on the wire so far. */
  traffic(): Traffic;
  /** When a peer that has no connection was heard last, monotonic µs: only silence tells that it is gone. */
  heard?(): number;
}

export interface Traffic {
  in: number;
  out: number;
}

/** What a proof may be used for; each includes those before it. */
export type Scope = 'read' | 'chat' | 'manage' | 'admin';

/** Who somebody is, as far as it is proven. What they may do in a room is for the rooms to say. */
export interface Identity {
  /** `u_…` of an account, `g_…` of a guest, `server` of a program that acts for the server itself. */
  readonly id: string;
  readonly kind: 'account' | 'guest' | 'server';
  /** As it is shown; absent until one is chosen. */
  readonly name?: string;
  /** Owns every room, and may do everything. */
  readonly admin: boolean;
  /** What the token that proves it may be used for; everything where absent. */
  readonly scope?: Scope;
}

/** What somebody may do in a room, the most first; `guest` is who has not signed in. */
export type RoomRole = 'owner' | 'moderator' | 'speaker' | 'viewer' | 'guest' | 'banned';

const SCOPES: readonly Scope[] = ['read', 'chat', 'manage', 'admin'];
const ROLES: readonly RoomRole[] = ['owner', 'moderator', 'speaker', 'viewer', 'guest', 'banned'];

/** Whether a word is a scope. */
export function isScope(word: string): word is Scope {
  return (SCOPES as readonly string[]).includes(word);
}

/** Whether a proof of one scope, or an unlimited one, is good for what needs another. */
export function includesScope(scope: Scope | undefined, needed: Scope): boolean {
  return scope === undefined || SCOPES.indexOf(scope) >= SCOPES.indexOf(needed);
}

/** Whether a role is another one or above it. */
export function isAtLeast(role: RoomRole, least: RoomRole): boolean {
  return ROLES.indexOf(role) <= ROLES.indexOf(least);
}

/** A yes, with what the gate learned. */
export interface Grant {
  /** The stream's path, where the peer named it by a key. */
  path?: string;
  identity?: Identity;
  /** Names the publish key without telling it; two publishers with the same one may replace each other. */
  keyId?: string;
  /** Wall time in ms from which the gate has to be asked again. */
  ends?: number;
  /** At most this many viewers on the path. */
  maxViewers?: number;
}

/**
 * Asked in turn until one grants. `undefined` is "not mine to say"; a refusal throws an error of the list. When nobody
 * grants, the path is unknown.
 */
export type Authorize = (access: Access) => Grant | undefined | Promise<Grant | undefined>;

/** Asked once for each `Access` about what a gate has granted; rejects with an error of the list to refuse it. `undefined` is "not mine to say". */
export type Confirm = (access: Access, grant: Grant) => Promise<unknown> | undefined;
