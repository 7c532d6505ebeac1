import type { Decision, HookEvent } from '../features/webhooks/hook.ts';

/** What the API says of webhooks and commands, as types. Times are ISO 8601 in UTC. */

export type { HookEvent } from '../features/webhooks/hook.ts';

/** What another server can be asked to decide. */
export type HookDecision = Decision;

/** What is set of a webhook. `milestones`: numbers of viewers; `fail`: what holds when it does not decide in time. */
export interface HookSettings {
  url: string;
  events: readonly HookEvent[];
  decides: readonly HookDecision[];
  fail: 'open' | 'closed';
  milestones: readonly number[];
  enabled: boolean;
}

/**
 * Another server that is told of what happens, or decides. `secret` is there once, when it was made; `previousUntil` with one
 * that replaces another: until then requests are signed by that, too.
 */
export interface Webhook extends HookSettings {
  id: string;
  created: string;
  /** Events that wait to be sent. */
  waiting: number;
  secret?: string;
  previousUntil?: string;
}

/** How an event was sent: `ms` of the last attempt, `error` in words of the server. */
export interface HookDelivery {
  id: number;
  event: string;
  type: string;
  at: string;
  state: 'waiting' | 'sent' | 'dead';
  attempts: number;
  tried?: string;
  status?: number;
  error?: string;
  ms?: number;
}

/** A word behind a slash that another server answers; `bot` says the answers. */
export interface RoomCommand {
  name: string;
  help: string;
  url: string;
  bot?: string;
  created: string;
  secret?: string;
}
