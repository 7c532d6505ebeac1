import { isIP } from 'node:net';
import type { Ban } from '../client/messages.ts';
import type { Member } from '../client/room-api.ts';
import { NotFound } from '../errors.ts';
import { keyOf } from '../features/accounts/account-name.ts';
import { type Action, given, numberOf, type Outcome, row, textOf } from './actions.ts';
import { roomAt } from './room.ts';

type Members = { members: Member[] };

/** `roomcast room member …` and `roomcast room ban …`: who is what in a room, and who may not enter it. */
export const roomPeopleActions: readonly Action[] = [
  {
    usage: 'member SLUG',
    does: 'list those with a role: name, role, since, id',
    run: async ({ api, words: [slug] }) => members(await api.call<Members>('GET', roomAt(slug, '/members'))),
  },
  {
    usage: 'member SLUG add NAME ROLE',
    does: 'make somebody moderator, speaker or viewer',
    run: async ({ api, words: [slug, name, role] }) =>
      members(await api.call<Members>('POST', roomAt(slug, '/members'), { name, role })),
  },
  {
    usage: 'member SLUG remove NAME',
    does: 'take their role away',
    async run({ api, words: [slug, name = ''] }) {
      const { members: all } = await api.call<Members>('GET', roomAt(slug, '/members'));
      const member = all.find((each) => each.id === name || (each.name && keyOf(each.name) === keyOf(name)));
      if (!member) throw new NotFound('They have no role in this room.');
      await api.call('DELETE', roomAt(slug, `/members/${encodeURIComponent(member.id)}`));
      return { note: `${name} has no role in ${slug} any more.` };
    },
  },
  {
    usage: 'ban SLUG',
    does: 'list the bans: id, whom, until, why',
    async run({ api, words: [slug] }) {
      const answer = await api.call<{ bans: Ban[] }>('GET', roomAt(slug, '/bans'));
      return { answer, lines: answer.bans.map(ban) };
    },
  },
  {
    usage: 'ban SLUG add WHOM',
    does: 'ban an account by name, or a network; --minutes, --reason',
    flags: ['minutes', 'reason'],
    async run({ api, words: [slug, whom = ''], flags }) {
      const isNetwork = isIP(whom.split('/')[0]!) !== 0;
      const body = given({ minutes: numberOf(flags, 'minutes'), reason: textOf(flags, 'reason') });
      const about = isNetwork ? { network: whom } : { name: whom };
      const answer = await api.call<Ban>('POST', roomAt(slug, '/bans'), { ...about, ...body });
      return { answer, lines: [ban(answer)] };
    },
  },
  {
    usage: 'ban SLUG lift ID',
    does: 'lift a ban',
    async run({ api, words: [slug, id = ''] }) {
      await api.call('DELETE', roomAt(slug, `/bans/${encodeURIComponent(id)}`));
      return { note: `The ban ${id} is lifted.` };
    },
  },
];

function members(answer: Members): Outcome {
  return { answer, lines: answer.members.map(({ id, name, role, since }) => row(name, role, since, id)) };
}

function ban({ id, name, who, network, until, reason }: Ban): string {
  return row(id, name ?? who ?? network, until ?? 'for ever', reason);
}
