import type { CommandRows } from './command.ts';
import { foldNick } from './nick.ts';
import type { Peer } from './peer.ts';
import { type Occupant, type Person, signOf } from './person.ts';

/** What is asked about people. */
export const peopleCommands: CommandRows = {
  WHO: {
    least: 0,
    run(peer, [mask = '*']) {
      const channel = peer.channels.get(mask.slice(1).toLowerCase());
      if (channel && mask.startsWith('#'))
        for (const person of peer.gateway.people(channel.slug)) tellWho(peer, channel.name, person);
      else if (!mask.startsWith('#'))
        for (const person of found(peer, mask)) tellWho(peer, '*', { ...person, role: 'viewer' });
      peer.reply('endOfWho', mask, 'That is all.');
    },
  },
  WHOIS: {
    least: 1,
    run(peer, params) {
      // The first of two is a server (RFC 2812 §3.6.2).
      const nick = params[1] ?? params[0]!;
      const { gateway } = peer;
      const people = found(peer, nick);
      for (const { id, nick: name, host } of people) {
        const account = gateway.services.accounts.find(id)?.name;
        peer.reply('whoisUser', name, id, host, '*', account ?? 'A guest');
        peer.reply('whoisServer', name, gateway.name, 'roomcast');
        const rooms = [...peer.channels.values()].flatMap(({ slug, name: room }) => {
          const there = gateway.people(slug).find((other) => other.id === id);
          return there ? [signOf(there.role) + room] : [];
        });
        if (rooms.length > 0) peer.reply('whoisChannels', name, rooms.join(' '));
        if (account !== undefined) peer.reply('whoisAccount', name, account, 'is signed in as');
      }
      if (people.length === 0) peer.reply('noSuchNick', nick, 'Nobody has this nick.');
      peer.reply('endOfWhois', nick, 'That is all.');
    },
  },
};

/** Those who have a nick: clients of IRC, and people on the pages of rooms that the asker is in. */
function found(peer: Peer, nick: string): Person[] {
  const people = new Map<string, Person>();
  for (const { id, nick: name, host } of peer.gateway.withNick(nick) ?? []) people.set(id, { id, nick: name, host });
  const key = foldNick(nick);
  for (const slug of peer.channels.keys())
    for (const person of peer.gateway.people(slug)) if (foldNick(person.nick) === key) people.set(person.id, person);
  return [...people.values()];
}

function tellWho(peer: Peer, room: string, { id, host, nick, role }: Occupant): void {
  const name = peer.gateway.services.accounts.find(id)?.name ?? nick;
  peer.reply('who', room, id, host, peer.gateway.name, nick, `H${signOf(role)}`, `0 ${name}`);
}
