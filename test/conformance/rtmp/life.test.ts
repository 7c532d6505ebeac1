import { describe, expect, test } from 'vitest';
import { frameOf } from '../../../src/containers/contract-samples.ts';
import { startServer, type TestServer, until } from '../../servers.ts';
import { player, publisher } from './client.ts';
import { configOf, mediaOf, sample } from './media.ts';
import { SocketPeer } from './socket-peer.ts';

/** What a clean end may take. ms */
const CLEAN = 1000;
/** What a kick may take. ms */
const AT_ONCE = 2000;

const REQUEST = 'NetConnection.Connect.ReconnectRequest';
/** More than the system holds of a connection from which nobody reads. Bytes */
const UNREAD = 64 * 2 ** 20;

const KEY = 'rk_aaaabbbbccccddddeeeeffff';
const keyed = { publish: 'key', rooms: { lobby: { key: KEY }, den: { key: 'rk_ggggbbbbccccddddeeeeffff' } } } as const;

/** A publisher over a bare socket whose stream is live. */
async function live({ server }: TestServer, name: string, path: string): Promise<SocketPeer> {
  const peer = await SocketPeer.begun(server.rtmp.port, 'publish', name);
  peer.send(configOf(sample.video), configOf(sample.audio), mediaOf(sample.video, 0), mediaOf(sample.audio, 10));
  await until(`${path} is live`, () => server.hub.stream(path)?.state === 'live');
  return peer;
}

/** Until the system has taken it; rejects where the connection ends before. */
const writtenTo = ({ socket }: SocketPeer, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => void socket.write(bytes, (error) => (error ? reject(error) : resolve())));

const elapsed = async (run: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await run();
  return performance.now() - start;
};

describe('C-RTMP-05 times that go back', () => {
  test('C-RTMP-05 are accepted, and no player sees them go back', async () => {
    const at = await startServer();
    const peer = await live(at, 'back', 'live/back');
    const viewer = await player(`${at.rtmp}/live/back`);
    const times = [1000, 1040, 1080, 1020, 1060, 0, 40, 80, 5000, 5040];
    for (const time of times) peer.send(mediaOf(sample.video, time));
    await until(
      'all pictures arrive',
      () => viewer.frames.filter(({ track }) => track.kind === 'video').length >= times.length + 1,
    );
    const dts = viewer.frames.filter(({ track }) => track.kind === 'video').map((frame) => frame.dts);
    expect(dts).toEqual(dts.toSorted((a, b) => a - b));
    expect(peer.closedAt).toBeUndefined();
  });
});

describe('C-RTMP-15 ends of a publisher', () => {
  test.each([
    ['deleteStream', 1],
    ['FCUnpublish', 'a'],
    ['closeStream', null],
    ['publish', false],
  ] as const)('C-RTMP-15 %s ends the broadcast, and players are told so', async (name, argument) => {
    const at = await startServer();
    const peer = await live(at, 'a', 'live/a');
    const viewer = await player(`${at.rtmp}/live/a`);
    const bare = await SocketPeer.begun(at.server.rtmp.port, 'play', 'a');
    const took = await elapsed(async () => {
      peer.say(name, 7, null, argument);
      await until('the broadcast ends', () => viewer.ended);
    });
    expect(took).toBeLessThan(CLEAN);
    expect(viewer.ended).toEqual({ reason: 'ended' });
    await bare.closed();
    expect(bare.talk.codes.slice(-2)).toEqual(['NetStream.Play.UnpublishNotify', 'NetStream.Play.Stop']);
    const control = bare.talk.of(4).map(({ body }) => body[1]);
    expect(control).toContain(1); // StreamEOF
  });

  test.each(['FIN', 'RST'])('C-RTMP-15 %s starts the grace, and players stay', async (how) => {
    const at = await startServer();
    const peer = await live(at, 'a', 'live/a');
    const viewer = await player(`${at.rtmp}/live/a`);
    const took = await elapsed(async () => {
      if (how === 'FIN') peer.socket.end();
      else peer.socket.resetAndDestroy();
      await until('the stream waits', () => at.server.hub.stream('live/a')?.state === 'waiting');
    });
    expect(took).toBeLessThan(CLEAN);
    const before = viewer.frames.length;
    const again = await SocketPeer.begun(at.server.rtmp.port, 'publish', 'a');
    again.send(configOf(sample.video), configOf(sample.audio), mediaOf(sample.video, 0), mediaOf(sample.audio, 10));
    again.send(mediaOf(sample.video, 40), mediaOf(sample.video, 80));
    await until('the picture goes on', () => viewer.frames.length > before + 2);
    expect(viewer.ended).toBeUndefined();
    const dts = viewer.frames.filter(({ track }) => track.kind === 'video').map((frame) => frame.dts);
    expect(dts).toEqual(dts.toSorted((a, b) => a - b));
  });

  test('C-RTMP-15 the same connection may publish again', async () => {
    const at = await startServer();
    const peer = await live(at, 'a', 'live/a');
    peer.say('FCUnpublish', 7, null, 'a');
    peer.say('deleteStream', 0, null, 1);
    await until('the broadcast ends', () => at.server.hub.stream('live/a')?.state !== 'live');
    peer.say('createStream', 8, null);
    peer.say('publish', 9, null, 'b');
    peer.send(configOf(sample.video), mediaOf(sample.video, 0), mediaOf(sample.video, 1500));
    await until('the other one is live', () => at.server.hub.stream('live/b')?.state === 'live');
    expect([...at.server.hub.sessions.values()].map(({ path }) => path)).toEqual(['live/b']);
  });
});

describe('a session that the owner ends', () => {
  test('a kicked publisher is told so and closed, and refused for a while', async () => {
    const at = await startServer(keyed);
    const peer = await live(at, KEY, 'live/lobby');
    const viewer = await player(`${at.rtmp}/live/lobby`);
    const start = performance.now();
    const [session] = [...at.server.hub.sessions.values()].filter(({ action }) => action === 'publish');
    at.server.hub.kick(session!.id);
    expect(await peer.closed(start)).toBeLessThan(AT_ONCE);
    const last = peer.talk.commands.at(-1)!;
    expect(last).toMatchObject({ level: 'error', code: 'NetStream.Publish.Denied' });
    expect(last.description).toMatch(/^kicked: /);
    await until('the viewer is told', () => viewer.ended);
    const again = await SocketPeer.connected(at.server.rtmp.port);
    again.say('publish', 3, null, KEY);
    await again.told('NetStream.Publish.Denied');
    expect(again.talk.commands.at(-1)!.description).toMatch(/^kicked: /);
  });

  test('a kicked player is told so and closed', async () => {
    const at = await startServer();
    await live(at, 'a', 'live/a');
    const peer = await SocketPeer.begun(at.server.rtmp.port, 'play', 'a');
    const start = performance.now();
    const [session] = [...at.server.hub.sessions.values()].filter(({ action }) => action === 'play');
    at.server.hub.kick(session!.id);
    expect(await peer.closed(start)).toBeLessThan(AT_ONCE);
    expect(peer.talk.commands.at(-1)).toMatchObject({ level: 'error', code: 'NetStream.Play.Failed' });
    expect(peer.talk.commands.at(-1)!.description).toMatch(/^kicked: /);
  });

  test('a peer that sends on and never reads is closed in time as well', async () => {
    const at = await startServer();
    const peer = await SocketPeer.connected(at.server.rtmp.port, {}, { halfOpen: true });
    peer.say('publish', 3, null, 'a');
    await peer.told('NetStream.Publish.Start');
    peer.send(configOf(sample.video), mediaOf(sample.video, 0));
    await until('it publishes', () => at.server.hub.sessions.size === 1);
    let time = 0;
    const timer = setInterval(() => peer.send(mediaOf(sample.video, (time += 20))), 20);
    const closed = new Promise((resolve) => peer.socket.once('close', resolve));
    const took = await elapsed(async () => {
      at.server.hub.kick([...at.server.hub.sessions.keys()][0]!);
      await closed;
    });
    clearInterval(timer);
    expect(took).toBeLessThan(AT_ONCE);
  });

  test('an older publisher that a newer one replaces is told so', async () => {
    const at = await startServer(keyed);
    const peer = await live(at, KEY, 'live/lobby');
    const timer = setInterval(() => peer.send(mediaOf(sample.audio, 20)), 100);
    const newer = await SocketPeer.begun(at.server.rtmp.port, 'publish', KEY);
    newer.send(configOf(sample.video), configOf(sample.audio), mediaOf(sample.video, 0));
    await peer.closed();
    clearInterval(timer);
    expect(peer.talk.commands.at(-1)).toMatchObject({ code: 'NetStream.Unpublish.Success' });
    expect(peer.talk.commands.at(-1)!.description).toMatch(/took over/);
    newer.send(mediaOf(sample.video, 40));
    const third = await SocketPeer.connected(at.server.rtmp.port);
    third.say('publish', 3, null, KEY);
    await third.told('NetStream.Publish.BadName');
    expect(third.talk.commands.at(-1)!.description).toMatch(/^too-soon: /);
  });
});

describe('C-ERTMP-07 a server that stops', () => {
  test('R-23 ends players cleanly, and asks peers that announced it to come back', async () => {
    const at = await startServer({ drain: 2 });
    const plain = await live(at, 'a', 'live/a');
    const able = await SocketPeer.begun(at.server.rtmp.port, 'publish', 'b', { capsEx: 1 });
    const viewer = await SocketPeer.begun(at.server.rtmp.port, 'play', 'a');
    const idle = await SocketPeer.connected(at.server.rtmp.port);
    const start = performance.now();
    const closed = at.server.close();
    await able.told(REQUEST);
    await Promise.all([plain.closed(), viewer.closed(), idle.closed()]);
    expect(viewer.talk.codes.slice(-2)).toEqual(['NetStream.Play.UnpublishNotify', 'NetStream.Play.Stop']);
    expect(plain.talk.codes.at(-1)).toBe('NetStream.Unpublish.Success');
    for (const { talk } of [plain, viewer, idle]) expect(talk.codes).not.toContain(REQUEST);
    expect(able.closedAt).toBeUndefined();
    able.socket.end();
    await closed;
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('R-23 goes on reading from a peer that it asked to come back', async () => {
    const at = await startServer({ drain: 10 });
    const able = await SocketPeer.begun(at.server.rtmp.port, 'publish', 'b', { capsEx: 1 });
    able.send(configOf(sample.video), mediaOf(sample.video, 0));
    const closed = at.server.close();
    await able.told(REQUEST);
    const picture = mediaOf(sample.video, 40, { size: UNREAD / 16 });
    const sent = Promise.all(Array.from({ length: 16 }, () => writtenTo(able, picture)));
    await expect(sent).resolves.toHaveLength(16);
    expect(able.closedAt).toBeUndefined();
    able.socket.end();
    await closed;
  });

  test('R-23 waits for nobody beyond the drain time', async () => {
    const at = await startServer({ drain: 1 });
    const able = await SocketPeer.begun(at.server.rtmp.port, 'publish', 'b', { capsEx: 1 });
    const took = await elapsed(() => at.server.close());
    expect(took).toBeGreaterThan(900);
    expect(took).toBeLessThan(1800);
    await able.closed();
  });
});

describe('C-RTMP-20 large frames and rates', () => {
  test('C-RTMP-20 a picture of 8 MiB arrives whole, between small ones', async () => {
    const at = await startServer();
    const sender = await publisher(`${at.rtmp}/live/big`);
    sender.announce(sample.video);
    sender.announce(sample.audio);
    const sizes = [1000, 8 * 2 ** 20, 1000, 8 * 2 ** 20, 1000];
    const viewer = await player(`${at.rtmp}/live/big`);
    for (const [index, size] of sizes.entries()) {
      sender.write(frameOf(sample.video, { ms: index * 40, key: index % 2 === 1 || index === 0, size }));
      sender.write(frameOf(sample.audio, { ms: index * 40 + 10 }));
      // One that lies two such pictures behind would rightly be moved ahead.
      await until('what was sent arrives', () => viewer.frames.length === 2 * (index + 1));
    }
    const pictures = viewer.frames.filter(({ track }) => track.kind === 'video');
    expect(pictures.map(({ data }) => data.length)).toEqual(sizes);
  });

  test('C-RTMP-20 60 frames a second of 50 Mbit/s arrive without loss', { timeout: 60_000 }, async () => {
    const at = await startServer();
    const sender = await publisher(`${at.rtmp}/live/fast`);
    sender.announce(sample.video);
    const viewer = await player(`${at.rtmp}/live/fast`);
    const [seconds, fps] = [10, 60];
    const size = Math.round(50_000_000 / 8 / fps);
    for (let i = 0; i < seconds * fps; i++) {
      const more = sender.write(frameOf(sample.video, { ms: (i * 1000) / fps, key: i % fps === 0, size }));
      // Faster than real time, but no faster than the player: the viewer queue would rightly skip.
      if (!more) await sender.drained();
      if (i % 6 === 5) await until('the player keeps up', () => viewer.frames.length >= i - 5);
    }
    await until('all of it arrives', () => viewer.frames.length === seconds * fps);
    expect(viewer.frames.every(({ data }) => data.length === size)).toBe(true);
  });
});
