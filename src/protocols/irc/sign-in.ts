import { Denied, RoomcastError, toRoomcastError } from '../../errors.ts';
import { foldNick, nickOf } from './nick.ts';
import type { Peer } from './peer.ts';
import { checkScope } from './refusal.ts';

/** How tokens of accounts and passes of guests begin. */
const TOKEN = /^r[tg]_/;

/**
 * Signs somebody in by the password of an account, by its token or by the pass of a guest. Throws what keeps them out.
 * `name`: whose it is; what is no token needs one.
 */
export async function signIn(peer: Peer, name: string, secret: string): Promise<void> {
  const { services } = peer.gateway;
  if (TOKEN.test(secret)) return signInByToken(peer, name, secret);
  const attempt = { name, password: secret, remote: peer.remote, agent: 'irc' };
  const { identity, credentials, end } = await services.accounts.signIn(attempt);
  peer.become(identity, credentials, end);
}

async function signInByToken(peer: Peer, name: string, bearer: string): Promise<void> {
  const { identify } = peer.gateway.options;
  const identity = await identify({ bearer });
  if (!identity) throw new RoomcastError('wrong-password', 'This token is not valid.');
  if (identity.kind === 'server') throw new Denied('denied', 'This token has no account of its own.');
  if (identity.kind === 'account') {
    if (identity.name === undefined) throw new Denied('name-needed');
    if (name !== '' && foldNick(nickOf(name)) !== foldNick(nickOf(identity.name)))
      throw new RoomcastError('wrong-password', 'This token is somebody else’s.');
    checkScope({ gateway: peer.gateway, identity }, 'chat');
  }
  peer.become(identity, { bearer });
}

/** Gives a guest a name, or another. False where they cannot have it, which they are told. */
export function nameGuest(peer: Peer, wanted: string): boolean {
  const { gateway, identity } = peer;
  const holders = [...(gateway.withNick(wanted) ?? [])];
  if (holders.some((other) => other !== peer && other.id !== identity?.id)) {
    peer.reply('nickInUse', wanted, 'Somebody else has this nick.');
    return false;
  }
  try {
    const { guest, pass } = gateway.services.accounts.guest(wanted, identity?.id);
    peer.become(guest, { bearer: pass });
    return true;
  } catch (error) {
    const { code, message } = toRoomcastError(error);
    if (code === 'name-taken') peer.reply('nickInUse', wanted, `${message} If it is yours, sign in by SASL or PASS.`);
    else peer.reply('badNick', wanted, message);
    return false;
  }
}
