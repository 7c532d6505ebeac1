import type { CommandRows } from './command.ts';
import type { Peer } from './peer.ts';
import { PREFIX, sourceOf } from './person.ts';

/** Letters of modes: of clients, of rooms, and of rooms with a parameter. */
const MODES = ['i', 'bntoqv', 'boqv'] as const;
/** Recipients of one message. */
export const MAX_TARGETS = 4;
/** Characters of a room’s title. */
const TITLE_LENGTH = 120;

/** Tells somebody who has come in where they are. */
export function welcome(peer: Peer): void {
  const { name, options } = peer.gateway;
  peer.reply('welcome', `Welcome, ${sourceOf(peer)}`);
  peer.reply('yourHost', `This is ${name}, running roomcast`);
  peer.reply('created', `It runs since ${options.started}`);
  peer.reply('myInfo', name, 'roomcast', ...MODES);
  const { channels } = options.limits;
  const support = [
    ...['CASEMAPPING=ascii', `CHANLIMIT=#:${channels}`, 'CHANMODES=b,,,nt', 'CHANNELLEN=64', 'CHANTYPES=#'],
    ...['MODES=1', 'NETWORK=roomcast', 'NICKLEN=32', `PREFIX=${PREFIX}`],
    ...[`TARGMAX=PRIVMSG:${MAX_TARGETS},JOIN:,PART:,KICK:1`, `TOPICLEN=${TITLE_LENGTH}`, 'UTF8ONLY'],
  ];
  peer.reply('support', ...support, 'are known here');
  lusers(peer);
  motd(peer);
}

/** What is asked about the server, and about oneself. */
export const serverCommands: CommandRows = {
  PING: {
    least: 1,
    early: true,
    run(peer, [token = '']) {
      peer.send({ source: peer.gateway.name, command: 'PONG', params: [peer.gateway.name, token] });
    },
  },
  PONG: { least: 0, early: true, run() {} },
  QUIT: {
    least: 0,
    early: true,
    run(peer, [reason = '']) {
      peer.close(reason === '' ? 'They left.' : `Quit: ${reason}`);
    },
  },
  MOTD: { least: 0, run: motd },
  LUSERS: { least: 0, run: lusers },
  VERSION: {
    least: 0,
    run(peer) {
      peer.reply('version', 'roomcast', peer.gateway.name, 'IRC gateway');
    },
  },
  TIME: {
    least: 0,
    run(peer) {
      peer.reply('time', peer.gateway.name, peer.gateway.options.time());
    },
  },
  AWAY: {
    least: 0,
    run(peer, [reason = '']) {
      if (reason === '') peer.reply('unAway', 'You are not away.');
      else peer.reply('nowAway', 'You are away; nobody is told.');
    },
  },
  USERHOST: {
    least: 1,
    run(peer, nicks) {
      const found = nicks.slice(0, 5).flatMap((nick) => [...(peer.gateway.withNick(nick) ?? [])].slice(0, 1));
      peer.reply('userHost', found.map(({ nick, id, host }) => `${nick}=+${id}@${host}`).join(' '));
    },
  },
  ISON: {
    least: 1,
    run(peer, params) {
      const nicks = params.flatMap((param) => param.split(' '));
      peer.reply('isOn', nicks.filter((nick) => nick !== '' && peer.gateway.withNick(nick)).join(' '));
    },
  },
};

function lusers(peer: Peer): void {
  let count = 0;
  for (const peers of peer.gateway.peers) count += peers.size;
  peer.reply('lusers', `There are ${count} clients of IRC, and more people on the pages`);
  peer.reply('lusersMe', `I have ${count} clients and 0 servers`);
}

function motd(peer: Peer): void {
  const { services, name } = peer.gateway;
  peer.reply('motdStart', `- ${name} -`);
  for (const line of [
    'Each room is a channel: /join #lobby. /list shows the rooms that there are.',
    `What is said here is said on its page, too: ${services.accounts.base}/`,
    ...(peer.account === undefined
      ? ['You are a guest. Who has an account signs in by SASL PLAIN, or by /PASS with its password or a token.']
      : []),
  ])
    peer.reply('motd', `- ${line}`);
  peer.reply('endOfMotd', 'That is all.');
}
