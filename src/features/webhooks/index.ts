import { Busy } from '../../errors.ts';
import { GuardedClient } from '../../io/guarded-client.ts';
import { SECOND } from '../../media/time.ts';
import type { App, Plugin, Running } from '../../plugin.ts';
import { createWebhooks } from './0008-webhooks.ts';
import { addSecretBefore } from './0013-webhook-secrets.ts';
import { askFirst } from './ask-first.ts';
import { CommandAnswers } from './command-answers.ts';
import { CommandDirectory } from './command-directory.ts';
import { commandRoutes } from './command-routes.ts';
import { DecisionHooks } from './decision-hooks.ts';
import { eventOfDeed } from './deed-events.ts';
import { Deliveries } from './deliveries.ts';
import { DeliveryLog } from './delivery-log.ts';
import type { HookEvent } from './hook.ts';
import { HookDirectory } from './hook-directory.ts';
import { hookRoutes } from './hook-routes.ts';
import { signedPost } from './signed-post.ts';
import { followStreams } from './stream-events.ts';
import type { WebhookParts } from './webhook-parts.ts';

/** Other servers that are told of what happens here, that decide who may do what, and that answer in the chat. */
export const webhooks: Plugin = {
  name: 'webhooks',
  migrations: [createWebhooks, addSecretBefore],
  async start(app: App): Promise<Running> {
    const { http, services } = app;
    const stop = new AbortController();
    const parts = await openParts(app, stop.signal);
    for (const route of [...hookRoutes(app, parts), ...commandRoutes(app, parts)]) http.route(route);
    const decided = askFirst(app, parts.decisions);
    services.chat.command((slug, speaker, command) => parts.answers.answer(slug, speaker, command));
    const unfollow = tellOfEverything(app, parts);
    return {
      drain() {
        decided.close();
        stop.abort(new Busy(undefined, 1, 'shutting-down'));
      },
      async close() {
        decided.close();
        stop.abort();
        for (const off of unfollow) off();
        await parts.deliveries.close();
      },
    };
  },
};

async function openParts(
  { scheduler, services, settings, store, log: logger }: App,
  signal: AbortSignal,
): Promise<WebhookParts> {
  const { outgoing, webhooks: limits } = settings;
  const { allow, answer: maxAnswer } = outgoing;
  const client = new GuardedClient({ scheduler, allow, time: outgoing.time * SECOND, maxAnswer });
  const send = signedPost(client, scheduler);
  const hooks = await HookDirectory.open(store, scheduler);
  const commands = await CommandDirectory.open(store, scheduler);
  const log = new DeliveryLog(store);
  const time = limits.decisionTime * SECOND;
  return {
    ...{ hooks, commands, log, client },
    deliveries: await Deliveries.open({ hooks, log, scheduler, send, limits, logger }),
    decisions: new DecisionHooks({ hooks, scheduler, send, time, signal, logger }),
    answers: new CommandAnswers({ commands, services, scheduler, send, time, signal }),
  };
}

function tellOfEverything(app: App, { hooks, deliveries }: WebhookParts): (() => void)[] {
  const { services } = app;
  const tell = (type: HookEvent, slug: string, data: object): void => {
    const id = services.rooms.idOf(slug);
    if (id !== undefined) deliveries.tell(hooks.wanting(type, id), { type, room: slug, data });
  };
  return [
    followStreams(app, {
      tell,
      milestones(slug, before, now) {
        const wanting = hooks.wanting('viewers.milestone', services.rooms.idOf(slug) ?? '');
        for (const hook of wanting)
          for (const viewers of hook.milestones
            .filter((mark) => before < mark && mark <= now)
            .toSorted((a, b) => a - b))
            deliveries.tell([hook], { type: 'viewers.milestone', room: slug, data: { viewers } });
      },
    }),
    services.chat.onMessage((slug, message) =>
      tell(message.id === message.rev ? 'chat.message' : 'chat.changed', slug, { message }),
    ),
    services.audit.onRecord((deed) => {
      const told = deed.room === undefined ? undefined : eventOfDeed(deed);
      if (told) tell(told.event, deed.room!, told.data);
    }),
  ];
}
