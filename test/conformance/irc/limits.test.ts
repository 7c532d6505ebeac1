import { Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { IrcClient } from '../../irc-client.ts';
import { startServer, until } from '../../servers.ts';
import { startSecureServer } from '../tls/stage.ts';
import { IrcStage } from './stage.ts';

const stage = new IrcStage({ limits: { ircFirst: 1, ircMessages: 20 } });

async function open(port: number, secure = false): Promise<IrcClient> {
  const client = await IrcClient.open(port, { secure });
  onTestFinished(() => client.destroy());
  return client;
}

describe('a client', () => {
  test('that does not say who it is in time is gone', async () => {
    const client = await stage.connect();
    client.say('NICK ann');
    expect((await client.hears('ERROR')).params[0]).toMatch(/in time/);
    await client.closed();
  });

  test('that is too fast is read later, and loses nothing', async () => {
    const ann = await stage.guest('ann');
    const start = performance.now();
    ann.say(...Array.from({ length: 20 }, (_, index) => `PING ${index}`));
    await ann.hears('PONG', ({ params }) => params[1] === '19');
    // Three lines were said to come in; ten seconds allow twenty.
    expect(performance.now() - start).toBeGreaterThan(500);
  });
});

test('clients come over TLS, too', async () => {
  const { server } = await startSecureServer({ irc: '127.0.0.1:0', ircs: '127.0.0.1:0' });
  const ann = await open(server.ircs!.port, true);
  ann.say('NICK ann', 'USER ann 0 * :Ann');
  await ann.hears('376');
  await ann.join('#lobby');
  const ben = await open(server.irc!.port);
  ben.say('NICK ben', 'USER ben 0 * :Ben');
  await ben.hears('376');
  await ben.join('#lobby');
  ben.say('PRIVMSG #lobby :over TLS');
  expect((await ann.hears('PRIVMSG')).params[1]).toBe('over TLS');
  const plain = await open(server.ircs!.port);
  plain.say('NICK eve');
  await plain.closed();
});

test('an address has so many clients, over TLS or not; who goes makes room, and other addresses are not meant', async () => {
  // Clients of this machine itself are exempt, and no others can be had here: the system says that they come from elsewhere.
  let address = '198.51.100.7';
  const system = Socket.prototype as unknown as { _getpeername(): { address: string; family: string; port: number } };
  const peer = vi.spyOn(system, '_getpeername').mockImplementation(() => ({ address, family: 'IPv4', port: 4711 }));
  onTestFinished(() => peer.mockRestore());
  const addresses = { irc: '127.0.0.1:0', ircs: '127.0.0.1:0' };
  const { server, log } = await startSecureServer({ ...addresses, limits: { ircPerAddress: 2 } });
  const come = async (nick: string, secure = false): Promise<IrcClient> => {
    const client = await open(secure ? server.ircs!.port : server.irc!.port, secure);
    client.say(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
    return client;
  };
  const ann = await come('ann');
  await ann.hears('376');
  await (await come('ben', true)).hears('376');
  for (const secure of [false, true]) {
    const third = await come('cleo', secure);
    await third.closed();
    expect(third.seen).toEqual([]);
  }
  address = '198.51.100.8';
  await (await come('cleo')).hears('376');
  address = '198.51.100.7';
  ann.say('QUIT');
  await ann.closed();
  // The server has it that she is gone a moment after she has.
  await until('there is room', async () => (await come('dan')).hears('376').catch(() => undefined));
  await server.close();
  const turnedAway = log.filter(({ fields }) => fields['protocol'] === 'irc' && fields['code'] === 'busy');
  expect(turnedAway.reduce((sum, { fields }) => sum + Number(fields['connections']), 0)).toBeGreaterThanOrEqual(2);
});

test('nothing listens for IRC unless it is told where', async () => {
  const { server } = await startServer();
  expect([server.irc, server.ircs]).toEqual([undefined, undefined]);
  await expect(startServer({ ircs: '127.0.0.1:0' })).rejects.toThrow(/“ircs” needs a certificate/);
});

test('a server that stops says so, and is not held up', async () => {
  const { server } = await startServer({ irc: '127.0.0.1:0' });
  const [ann, halfway] = [await open(server.irc!.port), await open(server.irc!.port)];
  ann.say('NICK ann', 'USER ann 0 * :Ann');
  await ann.hears('376');
  halfway.say('CAP LS');
  await halfway.hears('CAP');
  const start = performance.now();
  await server.close();
  expect(performance.now() - start).toBeLessThan(2000);
  for (const one of [ann, halfway]) expect((await one.hears('ERROR')).params[0]).toMatch(/stopping/);
});
