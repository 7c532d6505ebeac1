import type { AuditedDeed } from '../../plugin.ts';
import type { HookEvent } from './hook.ts';

/** What of the audit log is about the keys of a room. */
const KEYS: Readonly<Record<string, HookEvent>> = {
  'POST /rooms/:slug/keys': 'key.made',
  'POST /rooms/:slug/key': 'key.rotated',
  'POST /rooms/:slug/keys/:id/replace': 'key.rotated',
  'DELETE /rooms/:slug/keys/:id': 'key.revoked',
};
/** What of it is about the people of a room; of what is said on a socket everything is. */
const PEOPLE = /^(?:POST|DELETE) \/rooms\/:slug\/(?:bans|members)(?:\/:id)?$/;

/** The event that a deed is, where it is one that webhooks are told of. There is no secret in its details. */
export function eventOfDeed({
  action,
  who,
  name,
  details,
}: AuditedDeed): { event: HookEvent; data: object } | undefined {
  const by = { ...(who === undefined ? {} : { id: who }), ...(name === undefined ? {} : { name }) };
  const key = Object.hasOwn(KEYS, action) ? KEYS[action] : undefined;
  if (key) return { event: key, data: { by, key: details } };
  if (!PEOPLE.test(action) && action.includes(' ')) return undefined;
  return { event: 'moderation', data: { by, action, details } };
}
