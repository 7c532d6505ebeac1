import { listCapabilities, readRequest } from './capabilities.ts';
import type { CommandRows } from './command.ts';
import { isNick, nickOf } from './nick.ts';
import type { Peer } from './peer.ts';
import { sourceOf } from './person.ts';
import { refusalOf } from './refusal.ts';
import { PlainReader } from './sasl.ts';
import { nameGuest, signIn } from './sign-in.ts';
import { welcome } from './welcome.ts';

/** Attempts to sign in on one connection; accounts count them for each address, too. */
const MAX_TRIES = 5;
/** From this version of the negotiation on capabilities have values. */
const VERSION_WITH_VALUES = 302;

/** What is said to come in. */
export const entryCommands: CommandRows = {
  CAP: {
    least: 1,
    early: true,
    async run(peer, [sub = '', text = '']) {
      const answer = (...words: string[]): void =>
        peer.send({ source: peer.gateway.name, command: 'CAP', params: [peer.nick, ...words] });
      const verb = sub.toUpperCase();
      if (verb === 'LS' || verb === 'REQ') peer.registration.isNegotiating = !peer.isRegistered;
      if (verb === 'LS') answer('LS', listCapabilities(Number(text) >= VERSION_WITH_VALUES));
      else if (verb === 'LIST') answer('LIST', [...peer.caps].join(' '));
      else if (verb === 'REQ') {
        const asked = readRequest(text);
        for (const [name, on] of asked ?? []) peer.caps[on ? 'add' : 'delete'](name);
        answer(asked ? 'ACK' : 'NAK', text);
      } else if (verb === 'END') {
        peer.registration.isNegotiating = false;
        await register(peer);
      } else peer.reply('badCapCommand', sub, 'There is no such command of CAP.');
    },
  },
  PASS: {
    least: 1,
    early: true,
    run(peer, [password]) {
      if (peer.isRegistered) peer.reply('alreadyRegistered', 'You are in already.');
      else peer.registration.password = password;
    },
  },
  NICK: {
    least: 0,
    early: true,
    async run(peer, [nick = '']) {
      if (nick === '') peer.reply('noNick', 'Which nick?');
      else if (!isNick(nick)) peer.reply('badNick', nick, 'This cannot be a nick.');
      else if (!peer.isRegistered) {
        peer.registration.nick = nick;
        await register(peer);
      } else changeNick(peer, nick);
    },
  },
  USER: {
    least: 4,
    early: true,
    async run(peer) {
      if (peer.isRegistered) {
        peer.reply('alreadyRegistered', 'You are in already.');
        return;
      }
      peer.registration.hasUser = true;
      await register(peer);
    },
  },
  AUTHENTICATE: {
    least: 1,
    early: true,
    async run(peer, [text = '']) {
      const { registration } = peer;
      if (peer.isRegistered) peer.reply('saslAlready', 'You are in already; connect again to sign in.');
      else if (text === '*') {
        registration.sasl = undefined;
        peer.reply('saslAborted', 'You have given up signing in.');
      } else if (registration.sasl) await authenticate(peer, registration.sasl, text);
      else if (text.toUpperCase() === 'PLAIN') {
        registration.sasl = new PlainReader();
        peer.send({ command: 'AUTHENTICATE', params: ['+'] });
      } else {
        peer.reply('saslMechanisms', 'PLAIN', 'are the ways to sign in');
        peer.reply('saslFailed', 'There is no such way to sign in.');
      }
    },
  },
};

async function authenticate(peer: Peer, reader: PlainReader, text: string): Promise<void> {
  const { registration } = peer;
  try {
    const plain = reader.push(text);
    if (!plain) return;
    registration.sasl = undefined;
    countTry(peer);
    if (peer.isGone) return;
    await signIn(peer, plain.name, plain.password);
    tellSignedIn(peer);
    peer.reply('saslDone', 'You are signed in.');
  } catch (error) {
    registration.sasl = undefined;
    const { code, message } = refusalOf(peer, error);
    peer.reply(code === 'too-large' ? 'saslTooLong' : 'saslFailed', message);
  }
}

/** Comes in, once all that has to be said was said. */
async function register(peer: Peer): Promise<void> {
  const { registration, gateway } = peer;
  if (peer.isRegistered || !registration.isComplete) return;
  if (!peer.identity && registration.password !== undefined && !(await usePassword(peer, registration.password)))
    return;
  if (peer.isGone) return;
  const wanted = registration.nick!;
  if (peer.account === undefined && !nameGuest(peer, wanted)) {
    registration.nick = undefined;
    return;
  }
  if (!peer.keep()) {
    peer.close('The server is full.');
    return;
  }
  gateway.rename(peer, peer.account ?? nickOf(peer.identity!.name!));
  peer.isRegistered = true;
  registration.password = undefined;
  welcome(peer);
}

/** `PASS` has a token, the password of the account that the nick names, or both as `NAME:PASSWORD`. */
async function usePassword(peer: Peer, password: string): Promise<boolean> {
  const nick = peer.registration.nick!;
  const colon = password.indexOf(':');
  const isPair = colon > 0 && peer.gateway.services.accounts.named(password.slice(0, colon)) !== undefined;
  const [name, secret] = isPair ? [password.slice(0, colon), password.slice(colon + 1)] : [nick, password];
  try {
    countTry(peer);
    // Whose token it is, it says by itself.
    await signIn(peer, isPair || !/^r[tg]_/.test(secret) ? name : '', secret);
    return true;
  } catch (error) {
    peer.reply('wrongPassword', refusalOf(peer, error).message);
    peer.close('You could not be signed in.');
    return false;
  }
}

function changeNick(peer: Peer, nick: string): void {
  const { account, gateway } = peer;
  if (account === undefined) {
    if (nameGuest(peer, nick)) gateway.rename(peer, nickOf(peer.identity!.name!));
  } else if (nick !== account)
    peer.reply('badNick', nick, 'The nick of who has signed in is the name of their account.');
}

function tellSignedIn(peer: Peer): void {
  const name = peer.account;
  const { id, host } = peer;
  if (name !== undefined) peer.reply('loggedIn', sourceOf({ id, host, nick: name }), name, `You are ${name}.`);
}

function countTry(peer: Peer): void {
  if (++peer.registration.tries > MAX_TRIES) peer.close('Too many attempts to sign in.');
}
