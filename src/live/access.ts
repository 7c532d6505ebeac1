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
  /** Raw Cookie header; set only when the request's Origin is our own. */
  cookie?: string;
}

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
}

export interface Traffic {
  in: number;
  out: number;
}

export interface Identity {
  id: string;
  name?: string;
  role: 'owner' | 'guest';
}

/** A yes, with what the gate learned. */
export interface Grant {
  /** The stream's path, where the peer named it by a key. */
  path?: string;
  identity?: Identity;
  /** Names the publish key without telling it; two publishers with the same one may replace each other. */
  keyId?: string;
  /** At most this many viewers on the path. */
  maxViewers?: number;
}

/**
 * Asked in turn until one grants. `undefined` is "not mine to say"; a refusal throws an error of the list. When nobody
 * grants, the path is unknown.
 */
export type Authorize = (access: Access) => Grant | undefined | Promise<Grant | undefined>;
