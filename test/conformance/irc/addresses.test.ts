import { expect, onTestFinished, test, vi } from 'vitest';
import type * as request from '../../../src/io/request.ts';
import { IrcClient } from '../../irc-client.ts';
import { until } from '../../servers.ts';
import { startSecureServer } from '../tls/stage.ts';

// Clients of this machine itself are exempt, and no others can be had here.
vi.mock('../../../src/io/request.ts', async (importOriginal) => {
  const original = await importOriginal<typeof request>();
  return { ...original, limitKey: (address: string) => original.networkOf(address) };
});

test('an address has so many clients, over TLS or not; who goes makes room, and other addresses are not meant', async () => {
  const addresses = { irc: '127.0.0.1:0', ircs: '127.0.0.1:0' };
  const { server, log } = await startSecureServer({ ...addresses, limits: { ircPerAddress: 2 } });
  const open = async (from: string, secure: boolean): Promise<IrcClient> => {
    const client = await IrcClient.open(secure ? server.ircs!.port : server.irc!.port, { secure, from });
    onTestFinished(() => client.destroy());
    return client;
  };
  const enter = async (nick: string, from: string, secure = false): Promise<IrcClient> => {
    const client = await open(from, secure);
    client.say(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
    await client.hears('376');
    return client;
  };
  const ann = await enter('ann', '127.0.0.7');
  await enter('ben', '127.0.0.7', true);
  for (const secure of [false, true]) {
    const third = await open('127.0.0.7', secure);
    await third.closed();
    expect(third.seen).toEqual([]);
  }
  await enter('cleo', '127.0.0.8');
  ann.say('QUIT');
  await ann.closed();
  // The server has it that she is gone a moment after she has.
  await until('there is room', async () => {
    const dan = await open('127.0.0.7', false);
    dan.say('NICK dan', 'USER dan 0 * :Dan');
    return dan.hears('376').catch(() => undefined);
  });
  await server.close();
  const turnedAway = log.filter(({ fields }) => fields['protocol'] === 'irc' && fields['code'] === 'busy');
  expect(turnedAway.reduce((sum, { fields }) => sum + Number(fields['connections']), 0)).toBeGreaterThanOrEqual(2);
});
