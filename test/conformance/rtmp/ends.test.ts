import { describe, expect, test } from 'vitest';
import { Denied } from '../../../src/errors.ts';
import { startServer, type TestServer, until } from '../../servers.ts';
import { configOf, mediaOf, sample } from './media.ts';
import { SocketPeer } from './socket-peer.ts';

/** What the contract allows from the owner's word to the peer's end. ms */
const AT_ONCE = 2000;

const REQUEST = 'NetConnection.Connect.ReconnectRequest';
const KEY = 'rk_aaaabbbbccccddddeeeeffff';

/** A publisher and a player of the same room, both of which know of nothing. */
async function room(options: { drain?: number } = {}, offer = {}): Promise<{ at: TestServer } & Peers> {
  const at = await startServer({ publish: 'key', rooms: { lobby: { key: KEY } }, ...options });
  const publisher = await SocketPeer.begun(at.server.rtmp.port, 'publish', KEY, offer);
  publisher.send(configOf(sample.video), configOf(sample.audio), mediaOf(sample.video, 0), mediaOf(sample.audio, 5));
  const player = await SocketPeer.begun(at.server.rtmp.port, 'play', 'lobby', offer);
  await until('a picture arrives', () => player.talk.of(9).length > 1);
  return { at, publisher, player };
}

interface Peers {
  publisher: SocketPeer;
  player: SocketPeer;
}

/** Level, code and the beginning of the description of the last status. */
function last({ talk }: SocketPeer): [unknown, unknown, string] {
  const { level, code, description } = talk.commands.at(-1)!;
  return [level, code, description.split(':')[0]!];
}

const eof = ({ talk }: SocketPeer): boolean => talk.of(4).some(({ body }) => body[1] === 1);

describe('what peers are told when the server ends them', () => {
  test('a rotated key: the publisher is denied, and the broadcast ends for its players without a grace', async () => {
    const { at, publisher, player } = await room();
    const start = performance.now();
    at.server.hub.revoke(({ action }) => action === 'publish', new Denied('wrong-key'));
    expect(await publisher.closed(start)).toBeLessThan(AT_ONCE);
    expect(await player.closed(start)).toBeLessThan(AT_ONCE);
    expect(last(publisher)).toEqual(['error', 'NetStream.Publish.Denied', 'wrong-key']);
    expect(player.talk.codes.slice(-2)).toEqual(['NetStream.Play.UnpublishNotify', 'NetStream.Play.Stop']);
    expect(eof(player)).toBe(true);
  });

  test('a viewer that may not watch any more is told why, and the publisher goes on', async () => {
    const { at, publisher, player } = await room();
    const start = performance.now();
    at.server.hub.revoke(({ action }) => action === 'play');
    expect(await player.closed(start)).toBeLessThan(AT_ONCE);
    expect(last(player)).toEqual(['error', 'NetStream.Play.Failed', 'denied']);
    expect(publisher.closedAt).toBeUndefined();
    expect(at.server.hub.stream('live/lobby')?.state).toBe('live');
  });

  test('End stream: both are told that it is over', async () => {
    const { at, publisher, player } = await room();
    const start = performance.now();
    expect(at.server.hub.end('live/lobby')).toBe(true);
    expect(await publisher.closed(start)).toBeLessThan(AT_ONCE);
    expect(await player.closed(start)).toBeLessThan(AT_ONCE);
    expect(last(publisher).slice(0, 2)).toEqual(['status', 'NetStream.Unpublish.Success']);
    expect(player.talk.codes.at(-2)).toBe('NetStream.Play.UnpublishNotify');
  });

  test('R-23 a server that stops: players get StreamEOF, and a ReconnectRequest where they know of it', async () => {
    const { at, publisher, player } = await room({ drain: 2 }, { capsEx: 1 });
    const closed = at.server.close();
    await Promise.all([publisher, player].map((peer) => peer.told(REQUEST)));
    await player.told('NetStream.Play.Stop');
    expect(eof(player)).toBe(true);
    for (const { talk } of [publisher, player]) {
      const requests = talk.commands.filter(({ code }) => code === REQUEST);
      expect(requests).toMatchObject([{ name: 'onStatus', transaction: 0, level: 'status' }]);
    }
    for (const peer of [publisher, player]) peer.socket.end();
    await closed;
  });
});
