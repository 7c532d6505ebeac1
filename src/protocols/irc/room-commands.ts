import type { Channel } from './channel.ts';
import type { Said } from './chat-text.ts';
import type { CommandRows } from './command.ts';
import { catchUp, tellHistory } from './hearing.ts';
import { bytesOf } from './line.ts';
import type { numerics } from './numerics.ts';
import type { Peer } from './peer.ts';
import { signOf, sourceOf } from './person.ts';
import { checkScope, refusalOf } from './refusal.ts';
import { slugOf } from './talk-commands.ts';

/** Rooms that one command names. */
const MAX_NAMED = 50;
/** Bytes of nicks in one line, beside what is around them. */
const NAMES_BYTES = 300;
/** Rooms that one list has. */
const MAX_LISTED = 500;

/** How one goes from room to room, and looks around. */
export const roomCommands: CommandRows = {
  JOIN: {
    least: 1,
    async run(peer, [names = '', keys = '']) {
      if (names === '0') for (const channel of peer.channels.values()) part(peer, channel, '');
      const given = keys.split(',');
      for (const [index, name] of (names === '0' ? [] : listOf(names)).entries())
        await join(peer, name, given[index] ?? '');
    },
  },
  PART: {
    least: 1,
    run(peer, [names = '', reason = '']) {
      for (const name of listOf(names)) {
        const slug = slugOf(peer, name);
        if (slug !== undefined) part(peer, peer.channels.get(slug)!, reason);
      }
    },
  },
  NAMES: {
    least: 0,
    run(peer, [names = '']) {
      for (const name of listOf(names)) {
        const channel = peer.channels.get(name.slice(1).toLowerCase());
        if (channel) tellNames(peer, channel);
        else peer.reply('endOfNames', name, 'That is all.');
      }
      if (names === '') peer.reply('endOfNames', '*', 'Of which room?');
    },
  },
  TOPIC: {
    least: 1,
    async run(peer, [name = '', title]) {
      const slug = slugOf(peer, name);
      if (slug === undefined) return;
      if (title === undefined) {
        tellTopic(peer, peer.channels.get(slug)!);
        return;
      }
      try {
        checkScope(peer, 'manage');
        await peer.gateway.retitle(peer.channels.get(slug)!, peer, title.trim());
      } catch (error) {
        peer.reply('notOperator', name, refusalOf(peer, error).message);
      }
    },
  },
  LIST: {
    least: 0,
    run(peer, [names = '']) {
      const asked = new Set(listOf(names).map((name) => name.slice(1).toLowerCase()));
      const shown = peer.gateway.services.rooms
        .shown(peer.visitor(''))
        .filter(({ slug }) => asked.size === 0 || asked.has(slug));
      for (const { slug, title, viewers, state } of shown.slice(0, MAX_LISTED))
        peer.reply('list', `#${slug}`, String(viewers), state === 'live' ? `[live] ${title}` : title);
      peer.reply('listEnd', 'That is all.');
    },
  },
};

/** Enters a room. `key`: its password, or the pass of a link. */
async function join(peer: Peer, name: string, key: string): Promise<void> {
  const { gateway } = peer;
  const { services, options } = gateway;
  const slug = name.slice(1).toLowerCase();
  if (!name.startsWith('#') || !services.rooms.has(slug)) {
    peer.reply('noSuchChannel', name, 'There is no such room.');
    return;
  }
  if (peer.channels.has(slug)) return;
  if (peer.channels.size >= options.limits.channels) {
    peer.reply('tooManyChannels', name, `You may be in ${options.limits.channels} rooms at once.`);
    return;
  }
  const channel = gateway.channel(slug);
  channel.arriving.set(peer, []);
  try {
    await enter(peer, slug, key);
    const history: Said[] = await services.chat.history(slug, peer, Math.max(1, options.limits.history));
    if (peer.isGone) return;
    // They may have been shut out meanwhile.
    services.rooms.checkEntry(slug, peer.visitor(slug));
    channel.add(peer, services.rooms.roleOf(slug, peer) ?? 'guest');
    if (channel.topic !== '') tellTopic(peer, channel);
    tellNames(peer, channel);
    if (options.limits.history > 0) tellHistory(peer, channel, history);
    catchUp(peer, channel, history);
  } catch (error) {
    const { message } = refusalOf(peer, error);
    peer.reply(refusalNumeric(peer, slug), name, message);
  } finally {
    channel.arriving.delete(peer);
    gateway.tidy(channel);
  }
}

async function enter(peer: Peer, slug: string, key: string): Promise<void> {
  const { rooms } = peer.gateway.services;
  if (key === '') {
    rooms.checkEntry(slug, peer.visitor(slug));
    return;
  }
  // The pass of a link stays with who came by it, as long as they are there.
  peer.passes.set(slug, key);
  try {
    rooms.checkEntry(slug, peer.visitor(slug));
  } catch {
    peer.passes.delete(slug);
    await rooms.unlock(slug, peer.visitor(slug), key);
  }
}

/** Why somebody is not let in, as clients know it. */
function refusalNumeric(peer: Peer, slug: string): keyof typeof numerics {
  const { rooms } = peer.gateway.services;
  if (rooms.roleOf(slug, peer.visitor(slug)) === 'banned') return 'banned';
  const watch = rooms.room(slug, peer.visitor(slug))?.watch;
  if (watch === 'password') return 'badKey';
  return watch === 'link' || watch === 'list' ? 'inviteOnly' : 'needAccount';
}

function part(peer: Peer, channel: Channel, reason: string): void {
  const params = reason === '' ? [channel.name] : [channel.name, reason];
  channel.remove(peer, { source: sourceOf(peer), command: 'PART', params });
  peer.gateway.tidy(channel);
}

function tellTopic(peer: Peer, { name, topic }: Channel): void {
  if (topic === '') peer.reply('noTopic', name, 'It has no title.');
  else peer.reply('topic', name, topic);
}

function tellNames(peer: Peer, { slug, name }: Channel): void {
  let line: string[] = [];
  let length = 0;
  const flush = (): void => {
    if (line.length > 0) peer.reply('names', '=', name, line.join(' '));
    line = [];
    length = 0;
  };
  for (const { nick, role } of peer.gateway.people(slug)) {
    const word = signOf(role) + nick;
    const bytes = bytesOf(word) + 1;
    if (length + bytes > NAMES_BYTES) flush();
    line.push(word);
    length += bytes;
  }
  flush();
  peer.reply('endOfNames', name, 'That is all.');
}

function listOf(names: string): string[] {
  return names.split(',', MAX_NAMED).filter((name) => name !== '');
}
