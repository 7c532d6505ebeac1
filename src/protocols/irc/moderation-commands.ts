import { Denied, NotFound, RoomcastError } from '../../errors.ts';
import type { RoomBan } from '../../plugin.ts';
import type { Channel } from './channel.ts';
import type { CommandRows } from './command.ts';
import { foldNick, matchesMask } from './nick.ts';
import type { Peer } from './peer.ts';
import { looksAfter, type Occupant, sourceOf } from './person.ts';
import { checkScope, refusalOf } from './refusal.ts';
import { slugOf } from './talk-commands.ts';

/** A mask that is of a network: `*!*@192.0.2.0/24`. */
const NETWORK = /^\*!\*@([0-9a-fA-F.:]+(?:\/\d{1,3})?)$/;

/** What those do who look after a room. */
export const moderationCommands: CommandRows = {
  KICK: {
    least: 2,
    async run(peer, [name = '', nick = '', reason = '']) {
      await moderate(peer, name, async (channel) => {
        const { services, options } = peer.gateway;
        const person = theOne(
          people(peer, channel).filter((each) => foldNick(each.nick) === foldNick(nick)),
          nick,
        );
        const { kickTime: seconds } = options;
        const words = reason.slice(0, MAX_REASON);
        await services.chat.silence(channel.slug, peer, {
          ...{ user: person.id, name: person.nick, seconds },
          ...(words === '' ? {} : { reason: words }),
        });
        const isHere = [...channel.members.keys()].some(({ id }) => id === person.id);
        if (isHere)
          peer.gateway.remove(channel, person.id, { by: sourceOf(peer), reason: reason || 'No reason was given.' });
        else peer.note(`${person.nick} is on the room’s page, and silent for ${seconds} s.`, channel.name);
      });
    },
  },
  MODE: {
    least: 1,
    async run(peer, [target = '', change = '', mask = '']) {
      if (!target.startsWith('#')) {
        peer.reply('userMode', '+i');
        return;
      }
      const slug = slugOf(peer, target);
      if (slug === undefined) return;
      const [, sign = '+', letter = ''] = /^([+-]?)(.?)/su.exec(change) ?? [];
      if (letter === '') peer.reply('channelMode', target, '+nt');
      else if (letter !== 'b') {
        const isRank = 'oqv'.includes(letter);
        if (isRank) peer.reply('notOperator', target, 'Roles are given on the page of the room.');
        else peer.reply('unknownMode', letter, 'This mode is not known here.');
      } else if (mask === '') await moderate(peer, target, (channel) => listBans(peer, channel));
      else if (sign === '-') await moderate(peer, target, (channel) => unban(peer, channel, mask));
      else await moderate(peer, target, (channel) => ban(peer, channel, mask));
    },
  },
};

/** Characters of a reason that are kept. */
const MAX_REASON = 200;

/** Does something for one who looks after the room; others are told that they do not. */
async function moderate(peer: Peer, name: string, run: (channel: Channel) => void | Promise<void>): Promise<void> {
  const slug = slugOf(peer, name);
  if (slug === undefined) return;
  const channel = peer.channels.get(slug)!;
  try {
    if (!looksAfter(channel.members.get(peer)!))
      throw new Denied('denied', 'This is for those who look after the room.');
    checkScope(peer, 'manage');
    await run(channel);
  } catch (error) {
    const { code, message } = refusalOf(peer, error);
    if (code === 'not-found') peer.reply('notInChannel', '*', name, message);
    else peer.reply('notOperator', name, message);
  }
}

async function ban(peer: Peer, channel: Channel, mask: string): Promise<void> {
  const { rooms } = peer.gateway.services;
  const [, network] = NETWORK.exec(mask) ?? [];
  if (network === undefined) {
    const { id: who, nick: name } = theOne(matching(peer, channel, mask), mask);
    await rooms.ban(channel.slug, peer, { who, name });
  } else await rooms.ban(channel.slug, peer, { network });
  tellMode(peer, channel, '+b', mask);
}

async function unban(peer: Peer, channel: Channel, mask: string): Promise<void> {
  const { rooms } = peer.gateway.services;
  const found = rooms.bans(channel.slug, peer).filter((each) => {
    const [nick] = mask.split('!');
    return maskOf(each) === mask || matchesMask(mask, maskOf(each)) || (each.name !== undefined && nick === each.name);
  });
  if (found.length !== 1) throw new NotFound('No ban, or more than one, is of this form.');
  await rooms.unban(channel.slug, peer, found[0]!.id);
  tellMode(peer, channel, '-b', maskOf(found[0]!));
}

function listBans(peer: Peer, channel: Channel): void {
  const { accounts, rooms } = peer.gateway.services;
  for (const each of rooms.bans(channel.slug, peer)) {
    const by = accounts.find(each.by)?.name ?? each.by;
    peer.reply('banList', channel.name, maskOf(each), by, each.created);
  }
  peer.reply('endOfBanList', channel.name, 'That is all.');
}

function tellMode(peer: Peer, channel: Channel, mode: string, mask: string): void {
  const line = { source: sourceOf(peer), command: 'MODE', params: [channel.name, mode, mask] };
  channel.tell([line], { account: peer.account });
}

function maskOf({ who, name, network }: RoomBan): string {
  return who === undefined ? `*!*@${network}` : `${name ?? '*'}!${who}@*`;
}

/** Those in a room, and those of IRC who have just left it. */
function people(peer: Peer, { slug }: Channel): Occupant[] {
  return peer.gateway.people(slug);
}

function matching(peer: Peer, channel: Channel, mask: string): Occupant[] {
  const form = mask.includes('!') || mask.includes('@') ? mask : `${mask}!*@*`;
  return people(peer, channel).filter((person) => matchesMask(form, sourceOf(person)));
}

/** The person that a nick or mask is of. Throws `not-found`, and `bad-request` where it could be several. */
function theOne(found: readonly Occupant[], words: string): Occupant {
  const [one, another] = found;
  if (!one) throw new NotFound(`Nobody here is ${words}.`);
  if (another) {
    const masks = found.slice(0, 5).map(sourceOf).join(', ');
    throw new RoomcastError('bad-request', `Several people are ${words}: ${masks}`);
  }
  return one;
}
