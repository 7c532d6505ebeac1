/** What another server can be told of. */
export const hookEvents = [
  'stream.live',
  'stream.ended',
  'stream.health',
  'viewers.milestone',
  'chat.message',
  'chat.changed',
  'moderation',
  'key.made',
  'key.rotated',
  'key.revoked',
] as const;

/** One of these. */
export type HookEvent = (typeof hookEvents)[number];

/** What another server can be asked to decide. */
export const decisions = ['publish', 'play', 'chat'] as const;

/** One of these. */
export type Decision = (typeof decisions)[number];

/** What its owner sets of a webhook. */
export interface HookSettings {
  readonly events: readonly HookEvent[];
  readonly decides: readonly Decision[];
  /** What holds when it does not decide in time: everything is allowed, or nothing. */
  readonly fail: 'open' | 'closed';
  /** Numbers of viewers that it is told of, each once in a broadcast. */
  readonly milestones: readonly number[];
}

/** Another server that is told of what happens in a room, or in all of them. */
export interface Hook extends HookSettings {
  readonly id: string;
  /** Id of the room; all of them where absent. */
  readonly room?: string;
  readonly url: string;
  readonly enabled: boolean;
  /** ISO 8601 in UTC. */
  readonly created: string;
}

/** What can be given for a new one, and changed later. */
export type HookChange = Partial<HookSettings & { url: string; enabled: boolean }>;

/** What holds of a webhook unless it is set. */
export const defaultHook: HookSettings = {
  events: [],
  decides: [],
  fail: 'closed',
  milestones: [10, 100, 1000, 10_000, 100_000],
};
