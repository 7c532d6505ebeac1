import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { RoomViewer } from '../room-viewer.ts';
import { until } from '../servers.ts';
import { SECOND } from '../../src/media/time.ts';
import { HttpStage } from './http-live/stage.ts';

const TEXT = 0x81;

/** The longest that a limit of so many seconds may take: it is looked after once a second, and pings go out in time. */
const after = (seconds: number): number => (seconds + 1) * SECOND;

async function entered(limits: object, alive = true): Promise<{ stage: HttpStage; viewer: RoomViewer }> {
  const stage = await HttpStage.start({ limits });
  return { stage, viewer: await RoomViewer.enter(stage.port, 'lobby', { alive }) };
}

const closed = async (viewer: RoomViewer): Promise<unknown> => {
  await until('it is closed', () => viewer.closed);
  return [viewer.closed!.code, viewer.closed!.reason];
};

describe('a room’s socket is closed with a code and a reason', () => {
  test('that says a message above its limit', async () => {
    const { viewer } = await entered({ socketMessage: 2048 });
    viewer.raw.frame(TEXT, JSON.stringify({ type: 'ping', id: 'x'.repeat(2048) }));
    expect(await closed(viewer)).toEqual([1009, 'The message is too large.']);
  });

  test('that is not heard at all', async () => {
    const { stage, viewer } = await entered({ socketFirst: 4, socketIdle: 100 }, false);
    await stage.pass(3 * SECOND);
    expect(viewer.closed).toBeUndefined();
    await stage.pass(after(1));
    expect(await closed(viewer)).toEqual([1008, 'Nothing was heard for too long.']);
  });

  test('that is heard no more', async () => {
    const { stage, viewer } = await entered({ socketFirst: 1, socketIdle: 20 }, false);
    await viewer.ask('ping');
    await stage.pass(18 * SECOND);
    expect(viewer.closed).toBeUndefined();
    await stage.pass(after(2));
    expect(await closed(viewer)).toEqual([1008, 'Nothing was heard for too long.']);
  });

  test('that does not read what was written', async () => {
    const stage = await HttpStage.start({ limits: { socketWrite: 5, socketFirst: 0, socketIdle: 0 } });
    const sockets: Socket[] = [];
    stage.app.http.server.on('connection', (socket: Socket) => void sockets.push(socket));
    const viewer = await RoomViewer.enter(stage.port);
    const [peer] = stage.app.services.sockets.peers('lobby');
    viewer.raw.socket.pause();
    for (let i = 0; i < 1000 && sockets[0]!.writableLength === 0; i++) {
      peer!.say({ type: 'x', text: 'x'.repeat(100_000) });
      await stage.round();
    }
    await stage.pass(4 * SECOND);
    await stage.pass(after(1));
    viewer.raw.socket.resume();
    expect(await closed(viewer)).toEqual([1008, 'Too slow: nothing was read for too long.']);
  });

  test('that floods', async () => {
    const { viewer } = await entered({ socketMessages: 2 });
    for (let i = 0; i < 41; i++) viewer.raw.frame(TEXT, '{"type":"ping"}');
    expect(await closed(viewer)).toEqual([1008, 'Too many messages.']);
  });
});

test('a limit of nothing is no limit', async () => {
  const none = { socketFirst: 0, socketIdle: 0, socketWrite: 0, socketMessages: 0, socketMessagesPerUser: 0 };
  const { stage, viewer } = await entered(none, false);
  await stage.pass(1000 * SECOND);
  for (let turn = 0; turn < 20; turn++) {
    for (let i = 0; i < 25; i++) viewer.say('ping');
    await until('all are answered', () => viewer.told('pong').length === (turn + 1) * 25);
  }
  expect(viewer.closed).toBeUndefined();
});

test('one user is answered so many times, on however many sockets, until the time is over', async () => {
  const stage = await HttpStage.start({ limits: { socketMessagesPerUser: 6, socketIdle: 0, socketFirst: 0 } });
  const one = await RoomViewer.enter(stage.port);
  const { token } = await one.ask('login', { guest: 'Ann' });
  const two = await RoomViewer.enter(stage.port);
  await two.ask('login', { token });
  const codes: unknown[] = [];
  for (let i = 0; i < 4; i++) for (const socket of [one, two]) codes.push(await socket.code('ping'));
  expect(codes).toEqual([...Array<undefined>(6).fill(undefined), 'too-many-requests', 'too-many-requests']);
  const other = await RoomViewer.enter(stage.port);
  expect(await other.code('ping')).toBeUndefined();
  await stage.pass(10 * SECOND);
  expect(await one.code('ping')).toBeUndefined();
  expect(one.closed).toBeUndefined();
});

test('whoever closes first, the other answers with the same code and then the connection ends', async () => {
  const stage = await HttpStage.start();
  const viewer = await RoomViewer.enter(stage.port);
  viewer.raw.frame(0x88, Buffer.concat([Buffer.from([0x0f, 0xa1]), Buffer.from('gone')]));
  await until('it ends', () => viewer.raw.ended);
  expect(viewer.closed).toMatchObject({ code: 4001 });
  const other = await RoomViewer.enter(stage.port);
  const [peer] = stage.app.services.sockets.peers('lobby');
  peer!.close(4000, 'enough');
  await until('it ends, too', () => other.raw.ended);
  expect(other.closed).toEqual({ code: 4000, reason: 'enough' });
});
