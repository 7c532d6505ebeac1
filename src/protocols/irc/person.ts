import type { RoomRole } from '../../live/access.ts';

/** Somebody as others on IRC see them. */
export interface Person {
  /** Of their account, or of the guest. It stands for them in masks, since nicks change hands. */
  readonly id: string;
  readonly nick: string;
  readonly host: 'account' | 'guest';
}

/** A person in a room. */
export interface Occupant extends Person {
  readonly role: RoomRole;
}

/** `nick!user@host`: where they come from is told to nobody. */
export function sourceOf({ nick, id, host }: Person): string {
  return `${nick}!${id}@${host}`;
}

/** What stands for where somebody comes from, by the id of an account or a guest. */
export function hostOf(id: string): Person['host'] {
  return id.startsWith('g_') ? 'guest' : 'account';
}

/** What stands before the nick of who has a role, and the letter of its mode. */
const RANKS: Readonly<Partial<Record<RoomRole, { sign: string; mode: string }>>> = {
  owner: { sign: '~', mode: 'q' },
  moderator: { sign: '@', mode: 'o' },
  speaker: { sign: '+', mode: 'v' },
};

/** As ISUPPORT tells them. */
export const PREFIX = '(qov)~@+';

/** What stands before the nick of a role; nothing for most. */
export function signOf(role: RoomRole): string {
  return RANKS[role]?.sign ?? '';
}

/** The letter of the mode that a role has; undefined for most. */
export function modeOf(role: RoomRole): string | undefined {
  return RANKS[role]?.mode;
}

/** Whether somebody looks after the room. */
export function looksAfter(role: RoomRole): boolean {
  return role === 'owner' || role === 'moderator';
}
