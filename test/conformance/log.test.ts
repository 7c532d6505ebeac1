import { describe, expect, test } from 'vitest';
import { RawSocket } from '../raw-socket.ts';
import { type LogLine, startServer, type TestServer, until } from '../servers.ts';
import { Watcher } from '../watch.ts';
import { configOf, mediaOf, sample } from './rtmp/media.ts';
import { SocketPeer } from './rtmp/socket-peer.ts';
import { say } from './rtmp/talk.ts';

const sessions = ({ log }: TestServer, action?: string): LogLine[] =>
  log.filter(({ fields }) => 'session' in fields && (action === undefined || fields['action'] === action));
const withCode = ({ log }: TestServer, code: string): LogLine[] => log.filter(({ fields }) => fields['code'] === code);
/** What happened in all: lines without `more` are one each. */
const sum = (lines: readonly LogLine[]): number =>
  lines.reduce((total, { fields }) => total + Number(fields['more'] ?? 1), 0);

async function publisher(at: TestServer): Promise<SocketPeer> {
  const peer = await SocketPeer.begun(at.server.rtmp.port, 'publish', 'a');
  peer.send(configOf(sample.video), configOf(sample.audio), mediaOf(sample.video, 0), mediaOf(sample.audio, 5));
  await until('it is live', () => at.server.hub.stream('live/a')?.state === 'live');
  return peer;
}

describe('the log of a server', () => {
  test('has one line for the start and one for the end of each session, over every protocol', async () => {
    const at = await startServer({ grace: 0 });
    const peer = await publisher(at);
    const overHttp = new Watcher(`${at.http}/live/a.flv`);
    const overSocket = new Watcher(`${at.ws}/live/a.flv`);
    const viewer = await SocketPeer.begun(at.server.rtmp.port, 'play', 'a');
    await until('all watch', () => at.server.hub.viewers('live/a') === 3);
    await until('they see something', () => overHttp.flv.tags.length > 2 && overSocket.flv.tags.length > 2);
    overHttp.stop();
    viewer.socket.destroy();
    await until('two are gone', () => at.server.hub.viewers('live/a') === 1);
    peer.say('deleteStream', 4, null, 1);
    await until('all are gone', () => at.server.hub.sessions.size === 0);

    const lines = sessions(at);
    expect(lines).toHaveLength(8);
    for (const [protocol, action] of [
      ['rtmp', 'publish'],
      ['rtmp', 'play'],
      ['http-flv', 'play'],
      ['ws-flv', 'play'],
    ]) {
      const own = lines.filter(({ fields }) => fields['protocol'] === protocol && fields['action'] === action);
      expect(own).toHaveLength(2);
      const [start, end] = own.map(({ fields }) => fields);
      expect(start).toMatchObject({ path: 'live/a', remote: '127.0.0.1' });
      expect(end).toMatchObject({ session: start!['session'], path: 'live/a', remote: '127.0.0.1' });
      expect(end!['reason']).toBe(protocol === 'ws-flv' || action === 'publish' ? 'ended' : 'lost');
      for (const name of ['duration', 'bytesIn', 'bytesOut']) expect(Number(end![name])).toBeGreaterThanOrEqual(0);
      expect(Number(end![action === 'publish' ? 'bytesIn' : 'bytesOut'])).toBeGreaterThan(100);
    }
  });

  test('counts wrong keys, and tells them once a second, however many they are', async () => {
    const at = await startServer({ publish: 'key' });
    const attempts = 30;
    for (let i = 0; i < attempts; i++) {
      const peer = await SocketPeer.connected(at.server.rtmp.port);
      peer.say('publish', 3, null, `lobby?key=rk_wrong${i}wrongwrongwrongwrong`);
      await until('it is refused', () => peer.talk.codes.includes('NetStream.Publish.Denied'));
      peer.socket.destroy();
    }
    await until('all were told', () => sum(withCode(at, 'wrong-key')) === attempts);
    expect(withCode(at, 'wrong-key').length).toBeLessThan(attempts / 2);
  });

  test('counts wrong tokens and those that ask too often, but not a page that finds out who it is', async () => {
    const at = await startServer();
    for (let i = 0; i < 20; i++) await fetch(`${at.http}/api/v1/sessions`);
    expect(withCode(at, 'sign-in')).toEqual([]);
    for (let i = 0; i < 20; i++)
      await fetch(`${at.http}/api/v1/sessions`, { headers: { Authorization: 'Bearer rt_no' } });
    await until('all were told', () => sum(withCode(at, 'sign-in')) === 20);
    const [first, ...others] = withCode(at, 'sign-in');
    expect(first).toMatchObject({ level: 'warn', fields: { protocol: 'http', remote: '127.0.0.1' } });
    expect(others.length).toBeLessThan(4);
  });

  test('tells of bytes that are no request, no message, or no frame, and of their number', async () => {
    const at = await startServer();
    const scanner = await RawSocket.open(at.server.http.port);
    scanner.write(Uint8Array.of(0x16, 3, 1, 0, 1));
    await scanner.rest();
    expect(withCode(at, 'bad-request')).toMatchObject([{ level: 'info', fields: { protocol: 'http' } }]);

    for (const [path, protocol] of [
      ['/ws/lobby', 'ws'],
      ['/live/a.flv', 'ws-flv'],
    ]) {
      const socket = await RawSocket.webSocket(at.server.http.port, path!);
      socket.frame(0x83, 'reserved');
      await socket.closed();
      const told = withCode(at, 'protocol-error').filter(({ fields }) => fields['protocol'] === protocol);
      expect(told).toHaveLength(1);
    }

    const peer = await publisher(at);
    const damaged = say(9, Uint8Array.of(0x27, 1, 0), { chunkStream: 6 });
    for (let i = 0; i < 25; i++) peer.send(damaged);
    const lost = (): LogLine[] => withCode(at, 'protocol-error').filter(({ fields }) => 'frames' in fields);
    const frames = (): number => lost().reduce((total, { fields }) => total + Number(fields['frames']), 0);
    await until('all were told', () => frames() === 25);
    expect(lost().length).toBeLessThan(4);
    expect(lost()[0]).toMatchObject({ level: 'warn', fields: { protocol: 'rtmp', path: 'live/a' } });
    expect(peer.closedAt).toBeUndefined();
  });
});
