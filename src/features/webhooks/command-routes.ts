import type { FastifyRequest } from 'fastify';
import { NotFound, RoomcastError } from '../../errors.ts';
import type { Route } from '../../io/http.ts';
import type { App } from '../../plugin.ts';
import type { Command } from './command-directory.ts';
import { commandAnswer, commandBody, commandsAnswer } from './hook-schemas.ts';
import type { WebhookParts } from './webhook-parts.ts';

/** The rows of the API about the commands of a room, which other servers answer. */
export function commandRoutes({ services }: App, { commands, answers, client }: WebhookParts): Route[] {
  const roomOf = (request: FastifyRequest): string => {
    const room = services.rooms.idOf((request.params as { slug: string }).slug);
    if (room === undefined) throw new NotFound('There is no such room.');
    return room;
  };
  const shown = ({ name, help, url, bot, created }: Command): object => {
    const account = bot === undefined ? undefined : services.accounts.find(bot)?.name;
    return { name, help, url, ...(account === undefined ? {} : { bot: account }), created };
  };
  const botNamed = (name: string): string => {
    const account = services.accounts.named(name);
    if (account?.kind !== 'bot') throw new RoomcastError('bad-request', 'There is no bot of this name.');
    return account.id;
  };
  const row = { access: 'owner', scope: 'manage' } as const;

  return [
    {
      ...row,
      method: 'GET',
      url: '/api/v1/rooms/:slug/commands',
      summary: 'The commands of a room, which other servers answer.',
      schema: { response: { 200: commandsAnswer } },
      handle: (request) => ({ commands: commands.list(roomOf(request)).map(shown) }),
    },
    {
      ...row,
      method: 'POST',
      url: '/api/v1/rooms/:slug/commands',
      summary: 'Has another server answer “/name” in the chat; the secret that it is asked by is shown this once.',
      schema: { body: commandBody, response: { 200: commandAnswer } },
      async handle(request) {
        const { bot, ...given } = request.body as Pick<Command, 'name' | 'help' | 'url'> & { bot?: string };
        client.check(given.url);
        const account = bot === undefined ? undefined : botNamed(bot);
        const { command, secret } = await commands.create({ ...given, room: roomOf(request), bot: account });
        return { ...shown(command), secret };
      },
    },
    {
      ...row,
      method: 'DELETE',
      url: '/api/v1/rooms/:slug/commands/:name',
      summary: 'Takes a command away.',
      async handle(request) {
        answers.forget(await commands.remove(roomOf(request), (request.params as { name: string }).name));
      },
    },
  ];
}
