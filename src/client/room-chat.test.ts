import { beforeEach, expect, test } from 'vitest';
import type { Client } from './api.ts';
import { FakeSocket } from './fake-socket.ts';
import type { ChatMessage } from './messages.ts';
import { connectRoom, type RoomConnection, type RoomEvent } from './room.ts';
import { VirtualClock } from './virtual-clock.ts';

let clock: VirtualClock;
let events: RoomEvent[];

beforeEach(() => {
  FakeSocket.all = [];
  clock = new VirtualClock();
  events = [];
});

function connect(topics: readonly string[] = []): RoomConnection {
  return connectRoom({
    base: 'http://host',
    slug: 'lobby',
    topics,
    clock,
    random: () => 1,
    listener: (event) => events.push(event),
    WebSocket: FakeSocket as unknown as typeof WebSocket,
    client: { room: () => new Promise(() => {}) } as unknown as Client,
  });
}

const newest = (): FakeSocket => FakeSocket.all.at(-1)!;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function message(id: string, rev = id): ChatMessage {
  const user = { id: 'u', name: 'Ann', role: 'viewer' as const };
  return { id, rev, kind: 'say', user, text: id, at: '2026-01-01T00:00:00.000Z' };
}

/** Loses the socket and opens the next one. */
function comeBack(): void {
  newest().onclose!({ code: 1006 });
  clock.pass(500);
  newest().onopen!();
  newest().say({ type: 'hello', version: 1, room: {} });
}

test('an answer finds who asked by its id, whatever comes between', async () => {
  const connection = connect();
  newest().onopen!();
  const [first, second] = [connection.ask({ type: 'say', text: 'a' }), connection.ask({ type: 'say', text: 'b' })];
  const sent = newest().sent.map((text) => JSON.parse(text) as { id: number; text?: string });
  const idOf = (text: string): number => sent.find((one) => one.text === text)!.id;
  newest().say({ type: 'ok', id: idOf('b'), message: message('2') });
  newest().say({ type: 'error', id: idOf('a'), code: 'slow-mode', message: 'Wait.' });
  expect(await second).toMatchObject({ message: { id: '2' } });
  await expect(first).rejects.toMatchObject({ name: 'ApiError', code: 'slow-mode', message: 'Wait.' });
});

test('who asks without a socket, or loses it, is told so', async () => {
  const connection = connect();
  await expect(connection.ask({ type: 'say', text: 'a' })).rejects.toMatchObject({ code: 'unreachable' });
  newest().onopen!();
  const asked = connection.ask({ type: 'say', text: 'b' });
  newest().onclose!({ code: 1006 });
  await expect(asked).rejects.toMatchObject({ code: 'unreachable' });
});

test('an answer that does not come is not waited for without end, and questions are bounded', async () => {
  const connection = connect();
  newest().onopen!();
  const asked = connection.ask({ type: 'say', text: 'a' });
  const refusal = asked.catch(({ code }: Error & { code: string }) => code);
  for (let at = 0; at < 15_000; at += 1000) {
    clock.pass(1000);
    newest().say({ type: 'presence', viewers: 1 });
  }
  expect(await refusal).toBe('time-out');
  const many = Array.from({ length: 33 }, () =>
    connection.ask({ type: 'ping' }).catch(({ code }: Error & { code: string }) => code),
  );
  expect(await many.at(-1)).toBe('too-many-requests');
  connection.close();
  expect(await Promise.all(many.slice(0, 32))).toEqual(Array.from({ length: 32 }, () => 'unreachable'));
});

test('only a pong measures the way to the server', () => {
  const connection = connect();
  newest().onopen!();
  clock.pass(30);
  newest().say({ type: 'ok', id: 99 });
  expect(connection.roundTrip).toBeUndefined();
  clock.pass(10);
  newest().say({ type: 'pong', id: newest().sentLast('ping').id });
  expect(connection.roundTrip).toBe(40);
});

test('topics are listened to on every socket, and the chat goes on after what was heard last', async () => {
  connect(['chat']);
  newest().onopen!();
  const first = newest().sentLast('subscribe');
  expect(first).toMatchObject({ topics: ['chat'] });
  expect(first).not.toHaveProperty('since');
  newest().say({ type: 'ok', id: first.id, messages: [message('1', '5'), message('2')] });
  await settled();
  expect(events.at(-1)).toMatchObject({ type: 'listening', since: undefined });
  newest().say({ type: 'chat', message: message('6') });
  newest().say({ type: 'chat', messages: [message('3', '8'), message('7')] });
  comeBack();
  expect(newest().sentLast('subscribe')).toMatchObject({ topics: ['chat'], since: '8' });
});

test('the answer to one’s own message does not count as having heard everything before it', async () => {
  const connection = connect(['chat']);
  newest().onopen!();
  newest().say({ type: 'ok', id: newest().sentLast('subscribe').id, messages: [message('1')] });
  await settled();
  const said = connection.ask({ type: 'say', text: 'a' });
  newest().say({ type: 'ok', id: newest().sentLast('say').id, message: message('9') });
  await said;
  comeBack();
  expect(newest().sentLast('subscribe')).toMatchObject({ since: '1' });
});

test('a topic can be listened to later, and one that is refused says why', async () => {
  const connection = connect();
  newest().onopen!();
  connection.listen(['chat']);
  newest().say({ type: 'error', id: newest().sentLast('subscribe').id, code: 'sign-in', message: 'No.' });
  await settled();
  expect(events.at(-1)).toMatchObject({ type: 'deaf', error: { code: 'sign-in' } });
  comeBack();
  expect(newest().sentLast('subscribe')).toMatchObject({ topics: ['chat'] });
});

test('a guest is the same guest on the next socket, before listening, until the pass is refused', async () => {
  const connection = connect(['chat']);
  newest().onopen!();
  const login = connection.login({ guest: 'Ann' });
  newest().say({
    type: 'ok',
    id: newest().sentLast('login').id,
    user: { id: 'g', kind: 'guest', role: 'guest' },
    token: 'pass',
  });
  expect(await login).toMatchObject({ token: 'pass' });
  comeBack();
  const types = newest().sent.map((text) => (JSON.parse(text) as { type: string }).type);
  expect(types).toEqual(['ping', 'login', 'subscribe']);
  expect(newest().sentLast('login')).toMatchObject({ token: 'pass' });
  newest().say({ type: 'error', id: newest().sentLast('login').id, code: 'sign-in', message: 'No.' });
  await settled();
  expect(events.some(({ type }) => type === 'forgotten')).toBe(true);
  comeBack();
  expect(newest().sentLast('login')).toBeUndefined();
});
