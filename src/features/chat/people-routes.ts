import type { PersonRecord } from '../../client/api.ts';
import { NotFound } from '../../errors.ts';
import type { Route } from '../../io/http.ts';
import type { App } from '../../plugin.ts';
import type { ChatNotes } from './chat-notes.ts';
import type { ChatRooms } from './chat-rooms.ts';
import { noteBody, noteSchema, notesSchema, personSchema, timeoutsSchema } from './people-schemas.ts';

/** What somebody said last, as much as shows how they talk. */
const LAST_SAID = 20;
/** Longest id of a person that is looked for. */
const MAX_ID = 64;

/** The rows of the API about the people of a chat, for those who look after the room. */
export function peopleRoutes({ services }: App, { rooms, notes }: { rooms: ChatRooms; notes: ChatNotes }): Route[] {
  const roomOf = (params: unknown): { slug: string; id: string } => {
    const { slug } = params as { slug: string };
    return { slug, id: rooms.idOf(slug) };
  };
  const roleOf = (slug: string, who: string): Pick<PersonRecord, 'name' | 'role'> => {
    const account = services.accounts.find(who);
    if (!account) return {};
    const { name, admin } = account;
    const identity = { id: who, kind: 'account', admin } as const;
    const role = services.rooms.roleOf(slug, { identity, remote: { address: '' } });
    return { ...(name === undefined ? {} : { name }), ...(role === undefined ? {} : { role }) };
  };

  return [
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug/timeouts',
      access: 'moderator',
      summary: 'Who is to be silent, until when and why.',
      schema: { response: { 200: timeoutsSchema } },
      handle: (request) => ({ timeouts: rooms.timeouts.list(roomOf(request.params).id) }),
    },
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug/people/:user',
      access: 'moderator',
      summary: 'What there is to know about somebody in a room: what they said last, time-out, bans and notes.',
      schema: { response: { 200: personSchema } },
      async handle(request): Promise<PersonRecord> {
        const { slug, id: room } = roomOf(request.params);
        const who = (request.params as { user: string }).user.slice(0, MAX_ID);
        const said = await rooms.log.ofPerson(room, who, LAST_SAID);
        const about = await notes.list(room, who);
        const timeout = rooms.timeouts.of(room, who);
        const bans = services.rooms.bansOf(slug, who);
        const { name = said.name ?? timeout?.name ?? bans.find((ban) => ban.name)?.name, role } = roleOf(slug, who);
        if (name === undefined && role === undefined && about.length === 0 && bans.length === 0)
          throw new NotFound('Nobody of this id is known here.');
        return {
          id: who,
          ...(name === undefined ? {} : { name }),
          ...(role === undefined ? {} : { role }),
          said: said.count,
          messages: said.messages,
          ...(timeout ? { timeout } : {}),
          bans: [...bans],
          notes: about,
        };
      },
    },
    {
      method: 'GET',
      url: '/api/v1/rooms/:slug/notes',
      access: 'moderator',
      summary:
        'What those who look after the room noted about people, the newest first; “user” is the id of one of them.',
      schema: { response: { 200: notesSchema } },
      async handle(request) {
        const { user } = request.query as { user?: unknown };
        return { notes: await notes.list(roomOf(request.params).id, typeof user === 'string' ? user : undefined) };
      },
    },
    {
      method: 'POST',
      url: '/api/v1/rooms/:slug/notes',
      access: 'moderator',
      summary: 'Notes something about an account or a guest. They are not told.',
      schema: { body: noteBody, response: { 200: noteSchema } },
      async before(request) {
        const { user } = request.body as { user: string };
        return { about: { name: await rooms.nameOf(roomOf(request.params).slug, user) } };
      },
      handle(request, _reply, { identity }) {
        const { user, text } = request.body as { user: string; text: string };
        return notes.add(roomOf(request.params).id, { who: user, text, by: identity!.id });
      },
    },
    {
      method: 'DELETE',
      url: '/api/v1/rooms/:slug/notes/:id',
      access: 'moderator',
      summary: 'Takes a note away.',
      async handle(request) {
        const { id } = request.params as { id: string };
        if (!(await notes.remove(roomOf(request.params).id, id))) throw new NotFound('There is no such note.');
      },
    },
  ];
}
