import { once } from 'node:events';
import { expect, test } from 'vitest';
import { Denied } from '../../src/errors.ts';
import { RawSocket } from '../raw-socket.ts';
import { RoomViewer } from '../room-viewer.ts';
import { type TestServer, until } from '../servers.ts';
import { SocketPeer } from './rtmp/socket-peer.ts';
import { askHttp2, openHttp2, type SecureServer, startSecureServer } from './tls/stage.ts';

/** What may be done several times over one connection is asked of the gate each time. */

interface Gate {
  /** Nobody is let in from now on. */
  shut: boolean;
  /** What was asked. */
  readonly asked: string[];
}

const KEY = 'rk_aaaabbbbccccddddeeeeffff';
const DEN_KEY = 'rk_ggggbbbbccccddddeeeeffff';

/** What is asked stands in `asked`, and is refused while the gate is shut. */
function gateOf({ server }: TestServer): Gate {
  const gate: Gate = { shut: false, asked: [] };
  server.hub.confirm(({ action, protocol, path }) => {
    gate.asked.push(`${action} ${protocol} ${path}`);
    return gate.shut ? Promise.reject(new Denied()) : undefined;
  });
  return gate;
}

async function start(): Promise<{ at: SecureServer; gate: Gate }> {
  const at = await startSecureServer({ rooms: { den: {} } });
  return { at, gate: gateOf(at) };
}

/** The last status: its code, and the word of ours that its description begins with. */
function lastOf({ talk }: SocketPeer): [unknown, string] {
  const { code, description } = talk.commands.at(-1)!;
  return [code, description.split(':')[0]!];
}

test('S-04 RTMP: who has published and publishes again on the same connection is asked for anew', async () => {
  const { at, gate } = await start();
  const peer = await SocketPeer.begun(at.server.rtmp.port, 'publish', 'lobby');
  peer.say('FCUnpublish', 7, null, 'lobby');
  peer.say('deleteStream', 0, null, 1);
  await until('the broadcast ends', () => at.server.hub.sessions.size === 0);
  gate.shut = true;
  peer.say('createStream', 8, null);
  peer.say('publish', 9, null, 'lobby');
  await peer.told('NetStream.Publish.Denied');
  expect(lastOf(peer)).toEqual(['NetStream.Publish.Denied', 'denied']);
  expect(gate.asked).toEqual(Array(2).fill('publish rtmp live/lobby'));
  expect(at.server.hub.sessions.size).toBe(0);
});

test('S-04 RTMP: the key of one room is asked for by the next, though the connection has published by it', async () => {
  const at = await startSecureServer({ publish: 'key', rooms: { lobby: { key: KEY }, den: { key: DEN_KEY } } });
  const peer = await SocketPeer.begun(at.server.rtmp.port, 'publish', `lobby?key=${KEY}`);
  peer.say('deleteStream', 0, null, 1);
  await until('the broadcast ends', () => at.server.hub.sessions.size === 0);
  peer.say('createStream', 8, null);
  peer.say('publish', 9, null, 'den');
  await peer.told('NetStream.Publish.Denied');
  expect(lastOf(peer)).toEqual(['NetStream.Publish.Denied', 'wrong-key']);
});

test('S-04 RTMP: who plays again on the same connection is asked for anew', async () => {
  const { at, gate } = await start();
  const peer = await SocketPeer.begun(at.server.rtmp.port, 'play', 'lobby');
  peer.say('deleteStream', 0, null, 1);
  await until('the viewer is gone', () => at.server.hub.sessions.size === 0);
  gate.shut = true;
  peer.say('createStream', 8, null);
  peer.say('play', 9, null, 'den');
  await peer.told('NetStream.Play.Failed');
  expect(lastOf(peer)).toEqual(['NetStream.Play.Failed', 'denied']);
  expect(gate.asked).toEqual(['play rtmp live/lobby', 'play rtmp live/den']);
  expect(at.server.hub.sessions.size).toBe(0);
});

test('S-04 HLS: each player of a connection that is kept is asked for, and who comes back to it is asked for anew', async () => {
  const { at, gate } = await start();
  const raw = await RawSocket.open(at.server.http.port);
  const ask = async (path: string): Promise<number> => {
    raw.write(`HEAD ${path} HTTP/1.1\r\nHost: 127.0.0.1:${at.server.http.port}\r\n\r\n`);
    return (await raw.head()).status;
  };
  const paths = ['/live/lobby/index.m3u8', '/live/den/index.m3u8', '/live/den/ts.m3u8', '/hls/lobby.m3u8'];
  // Nothing is live, so a list is not found by those who may ask for it.
  for (const path of paths) expect(await ask(path), path).toBe(404);
  gate.shut = true;
  for (const path of paths) expect(await ask(path), path).toBe(403);
  gate.shut = false;
  for (const path of paths) expect(await ask(path), path).toBe(404);
  expect(gate.asked).toHaveLength(3 * paths.length);
  raw.destroy();
});

test('S-04 HTTP/2: each stream of a connection is asked for, while others of it go on', async () => {
  const { at, gate } = await start();
  const session = await openHttp2(at);
  const first = session.request({ ':path': '/live/lobby.flv' });
  await once(first, 'response');
  gate.shut = true;
  for (const path of ['/live/lobby.flv', '/live/lobby.mp4', '/live/den.flv', '/live/den/ts.m3u8'])
    expect((await askHttp2(session, path)).status, path).toBe(403);
  expect([first.closed, at.server.hub.viewers('live/lobby')]).toEqual([false, 1]);
});

test('S-04 a room’s socket: media that is asked for again is asked of the gate again, and the socket stays', async () => {
  const { at, gate } = await start();
  const viewer = await RoomViewer.enter(at.server.http.port);
  for (const shut of [false, true, false]) {
    gate.shut = shut;
    expect(await viewer.code('media', { format: 'flv' })).toBe(shut ? 'denied' : undefined);
    expect(at.server.hub.viewers('live/lobby')).toBe(shut ? 0 : 1);
    await viewer.ask('media', { format: null });
  }
  expect(gate.asked).toEqual(Array(3).fill('play ws live/lobby'));
  expect(viewer.closed).toBeUndefined();
});
