import type { RoomKey } from '../client/messages.ts';
import type { KeyEntry } from '../client/room-api.ts';
import { NotFound } from '../errors.ts';
import { type Action, type ActionCall, type Outcome, row } from './actions.ts';
import { roomAt } from './room.ts';

/** `roomcast key …`: the publish keys of a room. */
export const keyActions: readonly Action[] = [
  {
    usage: 'SLUG',
    does: 'print the main key; --new makes another first',
    flags: ['new'],
    run: async ({ api, words: [slug], flags }) =>
      key(await api.call<RoomKey>(flags.has('new') ? 'POST' : 'GET', roomAt(slug, '/key'))),
  },
  {
    usage: 'SLUG list',
    does: 'list the keys: name, made, last used, id; never the keys themselves',
    async run({ api, words: [slug] }) {
      const answer = await api.call<{ keys: KeyEntry[] }>('GET', roomAt(slug, '/keys'));
      return {
        answer,
        lines: answer.keys.map(({ id, name, created, lastUsed, live }) =>
          row(name, created, live ? 'live' : lastUsed, id),
        ),
      };
    },
  },
  {
    usage: 'SLUG add NAME',
    does: 'make one more, and print it',
    run: async ({ api, words: [slug, name] }) => key(await api.call('POST', roomAt(slug, '/keys'), { name })),
  },
  {
    usage: 'SLUG show NAME',
    does: 'print the key of that name; --new makes another first',
    flags: ['new'],
    async run(call) {
      const at = await entryAt(call);
      return key(await (call.flags.has('new') ? call.api.call('POST', `${at}/replace`) : call.api.call('GET', at)));
    },
  },
  {
    usage: 'SLUG rename NAME NEW',
    does: 'give it another name',
    async run(call) {
      const [, name, next] = call.words;
      const answer = await call.api.call('PATCH', await entryAt(call), { name: next });
      return { answer, note: `${name} is called ${next}.` };
    },
  },
  {
    usage: 'SLUG revoke NAME',
    does: 'take it away; a publisher with it is cut',
    async run(call) {
      await call.api.call('DELETE', await entryAt(call));
      return { note: `The key ${call.words[1]} is worth nothing any more.` };
    },
  },
];

function key(answer: RoomKey): Outcome {
  return { answer, lines: [answer.key] };
}

/** The address of the key that is named, by its name or else by its id. */
async function entryAt({ api, words: [slug, name = ''] }: ActionCall): Promise<string> {
  const { keys } = await api.call<{ keys: KeyEntry[] }>('GET', roomAt(slug, '/keys'));
  const entry = keys.find((each) => each.name === name) ?? keys.find((each) => each.id === name);
  if (!entry) throw new NotFound(`The room has no key “${name}”.`);
  return roomAt(slug, `/keys/${encodeURIComponent(entry.id)}`);
}
