import type { FastifyRequest } from 'fastify';
import { NotFound } from '../../errors.ts';
import type { Route } from '../../io/http.ts';
import type { App } from '../../plugin.ts';
import { MAX_PAGE } from './delivery-log.ts';
import type { Hook, HookChange } from './hook.ts';
import { deliveriesAnswer, hookAnswer, hookBody, hooksAnswer, newHookBody, testAnswer } from './hook-schemas.ts';
import type { WebhookParts } from './webhook-parts.ts';
import type { DeliveryRow } from './webhook-tables.ts';

/** Entries of one page unless it is said. */
const PAGE = 50;
const STATES: readonly DeliveryRow['state'][] = ['waiting', 'sent', 'dead'];

/** The rows of the API about webhooks: those of a room for its owner, and those of the server for the admin. */
export function hookRoutes({ services }: App, parts: WebhookParts): Route[] {
  const roomOf = (request: FastifyRequest): string | undefined => {
    const { slug } = request.params as { slug?: string };
    if (slug === undefined) return undefined;
    const room = services.rooms.idOf(slug);
    if (room === undefined) throw new NotFound('There is no such room.');
    return room;
  };
  return [
    ...routesAt('/api/v1/rooms/:slug/hooks', { access: 'owner', whose: 'of a room', roomOf, parts }),
    ...routesAt('/api/v1/hooks', { access: 'admin', whose: 'of the server, for all rooms', roomOf, parts }),
  ];
}

interface Place {
  access: 'owner' | 'admin';
  /** For the reference. */
  whose: string;
  roomOf(request: FastifyRequest): string | undefined;
  parts: WebhookParts;
}

function routesAt(base: string, { access, whose, roomOf, parts }: Place): Route[] {
  const { hooks, log, deliveries, decisions, client } = parts;
  const find = (request: FastifyRequest): Hook => hooks.get(roomOf(request), (request.params as { hook: string }).hook);
  const shown = (hook: Hook, secrets?: { secret: string; previousUntil?: string }): object => {
    const { room: _room, ...rest } = hook;
    return { ...rest, waiting: deliveries.waitingFor(hook.id), ...secrets };
  };
  const row = { access, scope: 'manage' } as const;

  return [
    {
      ...row,
      method: 'GET',
      url: base,
      summary: `The webhooks ${whose}, without their secrets.`,
      schema: { response: { 200: hooksAnswer } },
      handle: (request) => ({ hooks: hooks.list(roomOf(request)).map((hook) => shown(hook)) }),
    },
    {
      ...row,
      method: 'POST',
      url: base,
      summary: `Makes a webhook ${whose}: another server that is told of events, or that decides; its secret is shown this once.`,
      schema: { body: newHookBody, response: { 200: hookAnswer } },
      async handle(request) {
        const given = request.body as HookChange & { url: string };
        client.check(given.url);
        const { hook, secret } = await hooks.create(roomOf(request), given);
        return shown(hook, { secret });
      },
    },
    {
      ...row,
      method: 'PATCH',
      url: `${base}/:hook`,
      summary:
        'Changes a webhook; “rotate” makes another secret, beside which the one before signs for a day; what waits is tried at once.',
      schema: { body: hookBody, response: { 200: hookAnswer } },
      before: (request) => ({ now: find(request) }),
      async handle(request) {
        const { rotate, ...change } = request.body as HookChange & { rotate?: true };
        const hook = find(request);
        if (change.url !== undefined) client.check(change.url);
        const after = await hooks.change(hook, change);
        const secrets = rotate ? await hooks.rotate(hook) : undefined;
        decisions.forget(hook.id);
        deliveries.changed(after);
        return shown(after, secrets);
      },
    },
    {
      ...row,
      method: 'DELETE',
      url: `${base}/:hook`,
      summary: 'Takes a webhook away, with what waits for it and what it was sent.',
      async handle(request) {
        const hook = find(request);
        await hooks.remove(hook);
        decisions.forget(hook.id);
        deliveries.forget(hook.id);
      },
    },
    {
      ...row,
      method: 'POST',
      url: `${base}/:hook/test`,
      summary: 'Sends an event of the type “test” at once, and tells how that went.',
      schema: { response: { 200: testAnswer } },
      async handle(request) {
        const { slug } = request.params as { slug?: string };
        const { ok, status, error, ms } = await deliveries.test(find(request), slug);
        return { ok, ms, ...(status === undefined ? {} : { status }), ...(error === undefined ? {} : { error }) };
      },
    },
    {
      ...row,
      method: 'GET',
      url: `${base}/:hook/deliveries`,
      summary:
        'What a webhook was and is to be sent, the newest first; “state” is waiting, sent or dead, “before” the id of one, “limit” at most 200.',
      schema: { response: { 200: deliveriesAnswer } },
      async handle(request) {
        const { id } = find(request);
        return { deliveries: (await log.page(id, pageOf(request.query))).map(told) };
      },
    },
    {
      ...row,
      method: 'POST',
      url: `${base}/:hook/deliveries/:id/replay`,
      summary: 'Sends an event again, the same in every byte, behind what waits.',
      async handle(request) {
        const hook = find(request);
        const seq = numberIn((request.params as { id: string }).id);
        const delivery = seq === undefined ? undefined : await log.find(hook.id, seq);
        if (!delivery) throw new NotFound('There is no such delivery.');
        await deliveries.replay(hook, delivery);
      },
    },
  ];
}

function pageOf(query: unknown): {
  state?: DeliveryRow['state'] | undefined;
  before?: number | undefined;
  limit: number;
} {
  const { state, before, limit } = query as { state?: string; before?: string; limit?: string };
  const most = Math.max(1, Math.min(numberIn(limit) ?? PAGE, MAX_PAGE));
  return { state: STATES.find((known) => known === state), before: numberIn(before), limit: most };
}

function numberIn(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** A delivery for the one whose webhook it is, without its body. */
function told({ seq, event, type, at, state, attempts, tried, status, error, ms }: DeliveryRow): object {
  const rest = Object.entries({ tried, status, error, ms }).filter(([, value]) => value !== null);
  return { id: seq, event, type, at, state, attempts, ...Object.fromEntries(rest) };
}
