import { expect, test } from 'vitest';
import { startServer, until } from '../../servers.ts';
import { everyLine } from '../../log-lines.ts';
import { configOf, mediaOf, sample } from './media.ts';
import { SocketPeer } from './socket-peer.ts';
import { command, connect, greeting, say } from './talk.ts';

const KEY = 'rk_aaaabbbbccccddddeeeeffff';
const OTHER = 'rk_zzzzyyyyxxxxwwwwvvvvuuuu';

test('S-25 a key, right or wrong, is in no log, event or answer, wherever a peer puts it', async () => {
  const at = await startServer({ publish: 'key', rooms: { lobby: { key: KEY } }, logLevel: 'debug' });
  const lines = everyLine();
  const told: string[] = [];
  for (const event of ['stream', 'session-start', 'session-end', 'viewers', 'refused'] as const) {
    at.server.hub.events.on(event, (value) => {
      const { error } = value as { error?: Error };
      told.push(JSON.stringify(value), `${error?.message} ${error?.stack}`);
    });
  }
  const heard: string[] = [];
  for (const key of [KEY, OTHER]) {
    for (const [app, name, action] of [
      ['live', key, 'publish'],
      ['live', key, 'play'],
      ['live', `${key}/x/y/z`, 'publish'],
      ['live', `lobby?key=${key}x`, 'publish'],
      ['live', `lobby?key=${key}`, 'play'],
      ['live', `nowhere?key=${key}`, 'publish'],
      ['live', `lobby?token=${key}`, 'publish'],
      [`live/${key}`, 'lobby', 'publish'],
      [`live/${key}`, '', 'play'],
      [`live?key=${key}`, '../x', 'publish'],
      [key, key, 'publish'],
      [`${key} \n`, key, 'play'],
    ] as const) {
      const peer = await SocketPeer.connected(at.server.rtmp.port, { app, tcUrl: `rtmp://h/${app}?key=${key}` });
      for (const step of ['releaseStream', 'FCPublish', 'FCSubscribe', key]) peer.say(step, 2, null, name);
      peer.say(action, 3, null, name);
      await until('it is answered', () =>
        peer.talk.codes.some((code) => /^NetStream\.(?:Publish|Play)/.test(String(code))),
      );
      // What it sends then is wrong.
      peer.send(configOf(sample.video), mediaOf(sample.video, 0), say(9, Uint8Array.of(0x12, 1, 0, 0, 0, 1)));
      peer.send(Buffer.from(`\xc7${key}`, 'latin1'));
      await peer.closed();
      heard.push(...peer.talk.messages.map(({ body }) => Buffer.from(body).toString('latin1')));
    }
    const rude = await SocketPeer.open(at.server.rtmp.port);
    rude.send(Buffer.from(`GET /live/${key} HTTP/1.1\r\n\r\n`));
    await rude.closed();
    const deaf = await SocketPeer.open(at.server.rtmp.port);
    deaf.send(greeting, connect({ app: key }), command(key, 2, null), say(20, Buffer.from(`\x42${key}`)));
    await deaf.closed();
  }
  expect(lines.length).toBeGreaterThan(20);
  expect(told.length).toBeGreaterThan(20);
  const all = [...heard, ...told, ...lines, JSON.stringify(at.log)].join('\n');
  for (const key of [KEY, OTHER]) expect(all).not.toContain(key);
});
