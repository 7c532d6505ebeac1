import { beforeEach, expect, test } from 'vitest';
import { ApiError, type Client } from './api.ts';
import { FakeSocket } from './fake-socket.ts';
import type { Room } from './messages.ts';
import { connectRoom, type RoomConnection, type RoomEvent } from './room.ts';
import { VirtualClock } from './virtual-clock.ts';

const lobby: Room = {
  slug: 'lobby',
  title: 'Lobby',
  state: 'idle',
  viewers: 0,
  tracks: [],
  tags: [],
  watch: 'everyone',
  guests: 'write',
  admitted: true,
};
let clock: VirtualClock;
let events: RoomEvent[];
let read: () => Promise<Room>;

beforeEach(() => {
  FakeSocket.all = [];
  clock = new VirtualClock();
  events = [];
  read = () => Promise.resolve(lobby);
});

function connect(): RoomConnection {
  return connectRoom({
    base: 'http://host:8080',
    slug: 'lobby',
    clock,
    random: () => 1,
    listener: (event) => events.push(event),
    WebSocket: FakeSocket as unknown as typeof WebSocket,
    client: { room: () => read() } as unknown as Client,
  });
}

const newest = (): FakeSocket => FakeSocket.all.at(-1)!;
const kinds = (): string[] => events.map(({ type }) => type);

test('messages come through, and a ping measures the way and the clocks', () => {
  const connection = connect();
  expect(newest().url).toBe('ws://host:8080/ws/lobby');
  newest().onopen!();
  clock.pass(40);
  newest().say({ type: 'pong', id: 1, at: new Date(clock.wall() + 3000).toISOString() });
  newest().say({ type: 'hello', version: 1, room: lobby });
  expect(connection.roundTrip).toBe(40);
  expect(connection.clockOffset).toBe(3020);
  expect(kinds()).toEqual(['open', 'message', 'message']);
});

test('a lost socket comes back by itself, later each time, and at once when asked', () => {
  const connection = connect();
  newest().onopen!();
  newest().say({ type: 'hello', version: 1, room: lobby });
  newest().onclose!({ code: 1006 });
  expect(kinds()).toEqual(['open', 'message', 'down']);
  clock.pass(499);
  expect(FakeSocket.all).toHaveLength(1);
  clock.pass(1);
  expect(FakeSocket.all).toHaveLength(2);
  newest().onclose!({ code: 1006 });
  clock.pass(999);
  expect(FakeSocket.all).toHaveLength(2);
  connection.retry();
  expect(FakeSocket.all).toHaveLength(3);
  connection.retry();
  expect(FakeSocket.all).toHaveLength(3);
});

test('a socket without an answer is dead', () => {
  connect();
  newest().onopen!();
  newest().say({ type: 'hello', version: 1, room: lobby });
  const first = newest();
  clock.pass(15_000);
  expect(first.sent.at(-1)).toBe('{"id":2,"type":"ping"}');
  clock.pass(7_999);
  expect(first.closed).toBe(false);
  clock.pass(1);
  expect(first.closed).toBe(true);
  expect(kinds().at(-1)).toBe('down');
});

test('a kick is the end: it does not come back', () => {
  connect();
  newest().onopen!();
  newest().onclose!({ code: 4403 });
  expect(events.at(-1)).toEqual({ type: 'refused', code: 'kicked' });
  clock.pass(60_000);
  expect(FakeSocket.all).toHaveLength(1);
});

test('where the socket does not open, the room is read over HTTP', async () => {
  connect();
  newest().onclose!({ code: 1006 });
  await Promise.resolve();
  await Promise.resolve();
  expect(events).toContainEqual({ type: 'room', room: lobby });
  clock.pass(500);
  expect(FakeSocket.all).toHaveLength(2);
});

/** Lets seconds pass, and what is asked in them be answered. */
async function seconds(count: number): Promise<void> {
  for (let ms = 0; ms < count * 1000; ms += 250) {
    clock.pass(250);
    for (let turn = 0; turn < 4; turn++) await Promise.resolve();
  }
}

test('who is shut out is told why, and does not come back by itself', async () => {
  connect();
  newest().onopen!();
  newest().say({ type: 'hello', version: 1, room: lobby });
  const shut: Room = { ...lobby, admitted: false, role: 'banned', ban: { reason: 'spam' } };
  let asked = 0;
  read = () => (asked++, Promise.resolve(shut));
  newest().say({ type: 'room', room: shut });
  expect(events.at(-1)).toEqual({ type: 'message', message: { type: 'room', room: shut } });
  newest().onclose?.({ code: 1008 });
  await seconds(600);
  expect(FakeSocket.all).toHaveLength(1);
  expect(kinds()).not.toContain('down');
  expect(asked, 'questions in ten minutes').toBeLessThan(24);
});

test('a ban that is lifted is over within seconds for whoever waits, and not before the server says so', async () => {
  connect();
  newest().onopen!();
  newest().say({ type: 'hello', version: 1, room: lobby });
  const shut: Room = { ...lobby, admitted: false, role: 'banned', ban: {} };
  read = () => Promise.resolve(shut);
  newest().say({ type: 'room', room: shut });
  newest().onclose?.({ code: 4403 });
  await seconds(6);
  read = () => Promise.reject(new ApiError('unreachable', 0, 'No.'));
  await seconds(12);
  expect(FakeSocket.all).toHaveLength(1);
  read = () => Promise.resolve(lobby);
  await seconds(20);
  expect(FakeSocket.all).toHaveLength(2);
  newest().onopen!();
  newest().say({ type: 'hello', version: 1, room: lobby });
  newest().say({ type: 'room', room: shut });
  await seconds(5);
  expect(FakeSocket.all).toHaveLength(3);
});

test('who is told another end of a ban shows that one', async () => {
  connect();
  newest().onopen!();
  const until = (hours: number): Room => ({
    ...{ ...lobby, admitted: false, role: 'banned' },
    ban: { until: new Date(clock.wall() + hours * 3600_000).toISOString() },
  });
  const [first, second] = [until(1), until(2)];
  newest().say({ type: 'room', room: first });
  read = () => Promise.resolve(second);
  await seconds(5);
  expect(events.at(-1)).toEqual({ type: 'room', room: second });
  expect(FakeSocket.all).toHaveLength(1);
});

test('who is shut out until a time comes back then', async () => {
  connect();
  newest().onopen!();
  newest().say({ type: 'hello', version: 1, room: lobby });
  const end = clock.wall() + 60_000;
  const shut: Room = { ...lobby, admitted: false, role: 'banned', ban: { until: new Date(end).toISOString() } };
  // The server's clock is behind.
  read = () => Promise.resolve(clock.wall() < end + 1000 ? shut : lobby);
  newest().say({ type: 'room', room: shut });
  await seconds(60);
  expect(FakeSocket.all).toHaveLength(1);
  await seconds(3);
  expect(FakeSocket.all).toHaveLength(2);
});

test('a room that does not exist is the end', async () => {
  read = () => Promise.reject(new ApiError('not-found', 404, 'No.'));
  connect();
  newest().onclose!({ code: 1006 });
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  expect(events.at(-1)).toEqual({ type: 'refused', code: 'not-found' });
  clock.pass(60_000);
  expect(FakeSocket.all).toHaveLength(1);
});

test('closing is silent and final', () => {
  const connection = connect();
  newest().onopen!();
  const before = events.length;
  connection.close();
  expect(newest().closed).toBe(true);
  clock.pass(60_000);
  connection.retry();
  expect(events).toHaveLength(before);
  expect(FakeSocket.all).toHaveLength(1);
});

test('media comes through as bytes, and what is loud as a message', () => {
  connect();
  newest().onopen!();
  newest().onmessage!({ data: Uint8Array.of(70, 76, 86).buffer });
  newest().say({ type: 'volume', level: 0.5, muted: false });
  expect(events.at(-2)).toEqual({ type: 'media', bytes: Uint8Array.of(70, 76, 86).buffer });
  expect(events.at(-1)).toEqual({ type: 'message', message: { type: 'volume', level: 0.5, muted: false } });
});
