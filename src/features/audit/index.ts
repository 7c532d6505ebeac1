import type { AuditEntry } from '../../client/room-api.ts';
import { isAtLeast } from '../../live/access.ts';
import { PendingWrites } from '../../io/pending-writes.ts';
import type { Caller, Route } from '../../io/http.ts';
import { shownNetwork } from '../../io/shown-network.ts';
import { SECOND } from '../../media/time.ts';
import { Events } from '../../live/events.ts';
import type { App, AuditedDeed, Plugin, Running } from '../../plugin.ts';
import { createAudit } from './0007-audit.ts';
import { AuditLog, type Deed, MAX_PAGE } from './audit-log.ts';
import { changesOf } from './details.ts';

/** How often old entries are taken away. */
const TRIM_EVERY = 6 * 3600 * SECOND;
/** Entries of one page unless it is said. */
const PAGE = 50;

/** Of what anybody may do: what makes somebody out of nobody. The rest would let strangers fill the log. */
const KEPT: ReadonlySet<string> = new Set(['/api/v1/claim', '/api/v1/sign-in', '/api/v1/users', '/api/v1/reset']);

const time = { type: 'string', description: 'ISO 8601, UTC' };
const answer = {
  type: 'object',
  required: ['entries'],
  properties: {
    entries: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'at', 'remote', 'action', 'details'],
        properties: {
          id: { type: 'integer' },
          at: time,
          who: { type: 'string', description: 'account or guest, or “server” for a token of the server itself' },
          name: { type: 'string' },
          remote: { type: 'string' },
          action: { type: 'string' },
          room: { type: 'string' },
          details: { type: 'object' },
        },
      },
    },
  },
};

/** Keeps who changed what: everything that the API and those who look after rooms have changed. */
export const audit: Plugin = {
  name: 'audit',
  migrations: [createAudit],
  async start({ http, scheduler, services, store, log }: App): Promise<Running> {
    const entries = new AuditLog(store, scheduler);
    const writes = new PendingWrites(log);
    const write = (writing: Promise<void>): void => writes.add(writing, 'the audit log could not be written');
    const listeners = new Events<{ deed: AuditedDeed }>((error) =>
      log.error({ err: error }, 'a listener of the audit log failed'),
    );
    const record = (deed: Deed): void => {
      const details = changesOf(deed.details, deed.before);
      if (!details) return;
      write(entries.add(deed, details));
      listeners.emit('deed', auditedOf(deed, details));
    };
    services.audit = { record, onRecord: (listener) => listeners.on('deed', listener) };
    const stopListening = http.onChange(({ route, caller, params, body, before }) => {
      if (route.access === 'anyone' && !KEPT.has(route.url)) return;
      const { slug, ...rest } = params;
      const action = `${route.method} ${route.url.replace('/api/v1', '')}`;
      record({ action, caller, room: slug, details: body, before: { ...before, about: { ...rest, ...before.about } } });
    });
    const stopTrimming = scheduler.every(TRIM_EVERY, () => write(entries.trim()));
    for (const route of routes(entries, services)) http.route(route);
    return {
      async close() {
        stopListening();
        stopTrimming();
        await writes.drain();
      },
    };
  },
};

function auditedOf({ action, caller, room }: Deed, details: AuditEntry['details']): AuditedDeed {
  const { id, name } = caller.identity ?? {};
  return {
    action,
    ...(id === undefined ? {} : { who: id }),
    ...(name === undefined ? {} : { name }),
    ...(room === undefined ? {} : { room }),
    details,
  };
}

function routes(entries: AuditLog, services: App['services']): Route[] {
  /** From where people come is for the owner to know. */
  const shown = (slug: string, caller: Caller, entry: AuditEntry): AuditEntry =>
    isAtLeast(services.rooms.roleOf(slug, caller) ?? 'guest', 'owner')
      ? entry
      : { ...entry, remote: shownNetwork(entry.remote) };
  const pageOf = (query: unknown): { before?: number; limit: number } => {
    const { before, limit } = query as { before?: string; limit?: string };
    const number = (text: string | undefined): number | undefined =>
      text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    const from = number(before);
    return { limit: Math.min(number(limit) ?? PAGE, MAX_PAGE), ...(from === undefined ? {} : { before: from }) };
  };
  return [
    {
      method: 'GET',
      url: '/api/v1/audit',
      access: 'admin',
      summary: 'What was changed and by whom, the newest first; “before” is the id of an entry, “limit” at most 200.',
      schema: { response: { 200: answer } },
      handle: async (request) => ({ entries: await entries.page(pageOf(request.query)) }),
    },
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug/audit',
      access: 'moderator',
      summary: 'The same of one room; moderators are told networks instead of addresses.',
      schema: { response: { 200: answer } },
      async handle(request, _reply, caller) {
        const { slug } = request.params as { slug: string };
        const page = await entries.page({ ...pageOf(request.query), room: slug });
        return { entries: page.map((entry) => shown(slug, caller, entry)) };
      },
    },
  ];
}
