import { expect, test } from 'vitest';
import type { Finding, Room, RoomState, ServerMessage } from '../../../src/client/index.ts';
import { onPoster, reduceRoom, type RoomView, type Scene, type SceneFacts, sceneOf, unknownRoom } from './state.ts';

const room = (state: RoomState, more: Partial<Room> = {}): Room => ({
  slug: 'lobby',
  title: 'Lobby',
  state,
  viewers: 1,
  tracks: [],
  tags: [],
  watch: 'everyone',
  guests: 'write',
  admitted: true,
  ...more,
});

function after(...messages: ServerMessage[]): RoomView {
  return messages.reduce(
    (view, message, index) => reduceRoom(view, { type: 'message', message }, index * 1000),
    unknownRoom,
  );
}

const hello = (state: RoomState): ServerMessage => ({
  type: 'hello',
  version: 1,
  room: room(state, { role: 'owner' }),
});
const stream = (state: RoomState): ServerMessage => ({ type: 'stream', state, tracks: [] });

test('a stream push changes the state and keeps what it does not speak of', () => {
  const view = after(hello('idle'), { type: 'presence', viewers: 7 }, {
    ...stream('live'),
    since: '2026-01-01T00:00:00.000Z',
  } as ServerMessage);
  expect(view.room).toMatchObject({
    state: 'live',
    viewers: 7,
    title: 'Lobby',
    role: 'owner',
    since: '2026-01-01T00:00:00.000Z',
  });
  expect(
    after(hello('live'), { ...stream('live'), since: 'x' } as ServerMessage, stream('ended')).room,
  ).not.toHaveProperty('since');
});

test('who one is to the room is what its socket said last', () => {
  const known = (id: string): ServerMessage => ({ ...hello('live'), user: { id } }) as ServerMessage;
  expect([after(known('g_1')).me, after(known('g_1'), stream('live')).me]).toEqual(['g_1', 'g_1']);
  expect(after(known('g_1'), known('u_1')).me).toBe('u_1');
  expect(after(known('g_1'), hello('live'))).not.toHaveProperty('me');
});

test('the time of a lost publisher is kept until it is back', () => {
  expect(after(hello('live'), stream('waiting'), stream('waiting')).waitingSince).toBe(1000);
  expect(after(hello('live'), stream('waiting'), stream('live'))).not.toHaveProperty('waitingSince');
});

test('control is of the running broadcast only, and of its pauses', () => {
  const control: ServerMessage = { type: 'control', rates: { bitRate: 1, frameRate: 2, gop: 3 }, sessions: [] };
  expect(after(hello('live'), control).control).toBe(control);
  expect(after(hello('live'), control, stream('waiting')).control).toBe(control);
  expect(after(hello('live'), control, stream('waiting'), stream('ended')).control).toBeUndefined();
});

test('the doctor’s findings are those it told last', () => {
  const told = (...findings: Finding[]): ServerMessage => ({ type: 'doctor', findings });
  const silent: Finding = { code: 'audio-missing', severity: 'warn', values: {} };
  expect(after(hello('live')).findings).toEqual([]);
  expect(after(hello('live'), told(silent), stream('waiting')).findings).toEqual([silent]);
  expect(after(hello('live'), told(silent), told()).findings).toEqual([]);
});

test('a lost socket does not forget the room', () => {
  const view = reduceRoom(after(hello('live')), { type: 'down' }, 0);
  expect(view).toMatchObject({ link: 'down', room: { state: 'live' } });
});

const wall = Date.UTC(2026, 0, 1);
const ended = (ago: number): Partial<Room> => ({
  lastLive: { endedAt: new Date(wall - ago).toISOString(), duration: 60 },
});

function scene(view: Partial<RoomView>, facts: Partial<SceneFacts> = {}): Scene {
  return sceneOf({
    view: { link: 'open', findings: [], seenLive: false, ...view },
    join: 'flowing',
    supported: true,
    seen: true,
    starved: false,
    online: true,
    wall,
    ...facts,
  });
}

test.each<[string, Scene, Scene]>([
  ['nothing known', scene({ link: 'connecting' }), { kind: 'loading' }],
  ['server away from the start', scene({ link: 'down' }), { kind: 'reconnecting', who: 'server' }],
  ['own network away', scene({ link: 'down' }, { online: false }), { kind: 'reconnecting', who: 'viewer' }],
  ['no such room', scene({ link: 'refused', refusal: 'not-found' }), { kind: 'missing' }],
  ['kicked from the socket', scene({ link: 'refused', refusal: 'kicked' }), { kind: 'refused', code: 'kicked' }],
  [
    'kicked from the stream',
    scene({ room: room('live') }, { join: 'refused', joinRefusal: 'kicked' }),
    { kind: 'refused', code: 'kicked' },
  ],
  ...(
    [
      ['banned', { role: 'banned' }, 'banned'],
      ['not let in without an account', { role: 'guest', watch: 'signed-in' }, 'sign-in'],
      ['not let in without an invited account', { role: 'guest', watch: 'list' }, 'sign-in'],
      ['not invited', { role: 'viewer', watch: 'list' }, 'list'],
      ['without the link', { role: 'viewer', watch: 'link' }, 'link'],
      ['without the password', { role: 'guest', watch: 'password' }, 'password'],
      ['late', { role: 'viewer', archived: '2026-01-01T00:00:00.000Z' }, 'archived'],
      ['banned from a room with a password', { role: 'banned', watch: 'password' }, 'banned'],
    ] as const
  ).map(
    ([name, more, code]) =>
      [
        name,
        scene({ room: room('idle', { admitted: false, ...more }), link: 'down' }),
        { kind: 'refused', code },
      ] as const,
  ),
  [
    'banned while watching',
    scene(
      { room: room('idle', { admitted: false, role: 'banned' }), seenLive: true },
      { join: 'refused', joinRefusal: 'denied' },
    ),
    { kind: 'refused', code: 'banned' },
  ],
  ['idle', scene({ room: room('idle') }), { kind: 'offline' }],
  ['ended while watched', scene({ room: room('ended'), seenLive: true }), { kind: 'ended' }],
  ['ended a minute before', scene({ room: room('ended', ended(60_000)) }), { kind: 'ended' }],
  ['ended long before', scene({ room: room('ended', ended(3_600_000)) }), { kind: 'offline' }],
  [
    'ended by a server that restarts',
    scene({ room: room('ended'), seenLive: true, reason: 'shutdown', link: 'down' }),
    { kind: 'reconnecting', who: 'server' },
  ],
  ['starting', scene({ room: room('starting') }, { seen: false }), { kind: 'starting' }],
  ['live, first picture to come', scene({ room: room('live') }, { seen: false }), { kind: 'starting' }],
  ['live', scene({ room: room('live') }), { kind: 'live' }],
  ['live, although the socket is lost', scene({ room: room('live'), link: 'down' }), { kind: 'live' }],
  ['live, and the buffer is empty', scene({ room: room('live') }, { starved: true }), { kind: 'slow' }],
  ['live, connection lost', scene({ room: room('live') }, { join: 'broken' }), { kind: 'reconnecting', who: 'server' }],
  ['live, own network lost, still playing', scene({ room: room('live') }, { online: false }), { kind: 'live' }],
  [
    'live, own network lost, buffer empty',
    scene({ room: room('live') }, { online: false, starved: true }),
    { kind: 'reconnecting', who: 'viewer' },
  ],
  [
    'full',
    scene({ room: room('live') }, { join: 'broken', joinRefusal: 'busy', seen: false }),
    { kind: 'refused', code: 'busy' },
  ],
  ['publisher lost', scene({ room: room('waiting') }), { kind: 'reconnecting', who: 'publisher' }],
  [
    'server lost after the publisher',
    scene({ room: room('waiting'), link: 'down' }),
    { kind: 'reconnecting', who: 'server' },
  ],
  ['unplayable', scene({ room: room('live') }, { supported: false }), { kind: 'unsupported' }],
])('%s', (_name, is, should) => {
  expect(is).toEqual(should);
});

test('only what keeps a picture is told over it', () => {
  expect(onPoster({ kind: 'reconnecting', who: 'publisher' })).toBe(false);
  expect(onPoster({ kind: 'offline' })).toBe(true);
});
