import { describe, expect, test } from 'vitest';
import { startServer, type TestServer, until } from '../../servers.ts';
import { configOf, mediaOf, sample } from './media.ts';
import { SocketPeer } from './socket-peer.ts';

async function live({ server }: TestServer): Promise<SocketPeer> {
  const peer = await SocketPeer.begun(server.rtmp.port, 'publish', 'a');
  peer.send(configOf(sample.video), configOf(sample.audio), mediaOf(sample.video, 0), mediaOf(sample.audio, 10));
  await until('it is live', () => server.hub.stream('live/a')?.state === 'live');
  return peer;
}

async function paused({ server }: TestServer): Promise<SocketPeer> {
  const peer = await SocketPeer.begun(server.rtmp.port, 'play', 'a');
  peer.say('pause', 0, null, true, 0);
  await peer.told('NetStream.Pause.Notify');
  return peer;
}

const pictures = (peer: SocketPeer): number => peer.talk.of(9).length;

describe('a player that is paused', () => {
  test('gets no media until it goes on, then from a key frame', async () => {
    const at = await startServer();
    const publisher = await live(at);
    const viewer = await paused(at);
    const other = await SocketPeer.begun(at.server.rtmp.port, 'play', 'a');
    await until('the other one plays', () => pictures(other) === 2);
    const before = pictures(viewer);
    publisher.send(mediaOf(sample.video, 40), mediaOf(sample.video, 80));
    await until('the other one goes on', () => pictures(other) === 4);
    expect(pictures(viewer)).toBe(before);
    viewer.say('pause', 0, null, false, 0);
    await until('it plays', () => pictures(viewer) > before + 1);
    const [config, first] = viewer.talk.of(9).slice(before);
    expect([config!.body[0], config!.body[1], first!.body[0]]).toEqual([0x17, 0, 0x17]);
  });

  test.each(['while it plays', 'before anything is live'])('is told of the end, paused %s', async (when) => {
    const at = await startServer();
    const early = when === 'before anything is live';
    const waiting = early ? await paused(at) : undefined;
    const publisher = await live(at);
    const viewer = waiting ?? (await paused(at));
    publisher.say('FCUnpublish', 7, null, 'a');
    await viewer.told('NetStream.Play.UnpublishNotify', 2000);
    await viewer.closed();
    expect(viewer.talk.of(4).map(({ body }) => body[1])).toContain(1); // StreamEOF
    expect(at.server.hub.viewers('live/a')).toBe(0);
  });

  test('stays when its publisher is merely lost', async () => {
    const at = await startServer({ grace: 1 });
    const publisher = await live(at);
    const viewer = await paused(at);
    publisher.socket.resetAndDestroy();
    await until('the stream waits', () => at.server.hub.stream('live/a')?.state === 'waiting');
    expect(viewer.closedAt).toBeUndefined();
    await viewer.told('NetStream.Play.UnpublishNotify', 3000);
  });

  test('may leave, and then the end is nothing to it', async () => {
    const at = await startServer();
    const publisher = await live(at);
    const viewer = await paused(at);
    viewer.say('closeStream', 5, null);
    await until('it is gone', () => at.server.hub.viewers('live/a') === 0);
    publisher.say('FCUnpublish', 7, null, 'a');
    await until('the broadcast ends', () => at.server.hub.stream('live/a')?.active !== true);
    viewer.say('play', 6, null, 'b');
    await until('it waits elsewhere', () => at.server.hub.viewers('live/b') === 1);
    expect(viewer.talk.codes).not.toContain('NetStream.Play.UnpublishNotify');
    expect(viewer.closedAt).toBeUndefined();
  });
});
