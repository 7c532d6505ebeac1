import { describe, expect, onTestFinished, test } from 'vitest';
import { IrcClient } from '../../irc-client.ts';
import { startServer } from '../../servers.ts';
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
