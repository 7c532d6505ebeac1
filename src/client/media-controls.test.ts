import { beforeEach, expect, test } from 'vitest';
import { FakeSocket } from './fake-socket.ts';
import { type MediaControls, mediaControls } from './media-controls.ts';
import { connectRoom } from './room.ts';
import { VirtualClock } from './virtual-clock.ts';

let clock: VirtualClock;
let controls: MediaControls;

beforeEach(() => {
  FakeSocket.all = [];
  clock = new VirtualClock();
  const room = connectRoom({
    base: 'http://host',
    slug: 'lobby',
    clock,
    listener: () => {},
    WebSocket: FakeSocket as unknown as typeof WebSocket,
  });
  controls = mediaControls(room);
});

const socket = (): FakeSocket => FakeSocket.all.at(-1)!;

/** Answers the newest message of a type, and gives what it said beside its id. */
function answer(type: string, fields: object = {}): object {
  const { id, ...asked } = socket().sentLast(type);
  socket().say({ type: 'ok', id, ...fields });
  return asked;
}

test('each wish is one message with an id, and gives what is in its answer', async () => {
  socket().onopen!();
  const tracks = [{ id: 1, kind: 'video', codec: 'h264' }];
  const told = { tracks, level: 0.5, muted: true, bytes: 7 };
  const wishes: [object, () => Promise<unknown>, unknown][] = [
    [{ type: 'media', format: 'mp4' }, () => controls.watch('mp4'), tracks],
    [{ type: 'play' }, () => controls.play(), tracks],
    [{ type: 'stats' }, () => controls.stats(), expect.objectContaining({ bytes: 7 })],
    [{ type: 'volume', level: 0.5 }, () => controls.setVolume(0.5), expect.objectContaining({ muted: true })],
    [{ type: 'mute', on: true }, () => controls.mute(true), expect.objectContaining({ level: 0.5 })],
    [{ type: 'pause' }, () => controls.pause(), undefined],
    [{ type: 'quality', track: 3 }, () => controls.choose(3), undefined],
    [{ type: 'quality', track: null }, () => controls.choose(null), undefined],
    [{ type: 'seek', to: 9 }, () => controls.seek(9), undefined],
    [{ type: 'media', format: null }, () => controls.stop(), undefined],
  ];
  for (const [message, wish, result] of wishes) {
    const asked = wish();
    expect(answer((message as { type: string }).type, told)).toEqual(message);
    expect(await asked).toEqual(result);
  }
  const ids = socket().sent.map((text) => (JSON.parse(text) as { id: number }).id);
  expect(new Set(ids).size).toBe(wishes.length + 1);
});

test('answers that cross each find their own wish', async () => {
  socket().onopen!();
  const [watching, muting] = [controls.watch('flv'), controls.mute(false)];
  answer('mute', { level: 1, muted: false });
  const { id } = socket().sentLast('media');
  socket().say({ type: 'error', id, code: 'busy', message: 'The room is full.' });
  expect(await muting).toMatchObject({ muted: false });
  await expect(watching).rejects.toMatchObject({ name: 'ApiError', code: 'busy', message: 'The room is full.' });
});

test('a wish without a socket, on one that goes, or that is not answered is refused', async () => {
  await expect(controls.watch('flv')).rejects.toMatchObject({ code: 'unreachable' });
  socket().onopen!();
  const silent = controls.stats();
  for (let time = 0; time < 15_000; time += 5000) {
    clock.pass(5000);
    socket().say({ type: 'presence', viewers: 1 });
  }
  await expect(silent).rejects.toMatchObject({ code: 'time-out' });
  const lost = controls.pause();
  socket().onclose!({ code: 1006 });
  await expect(lost).rejects.toMatchObject({ code: 'unreachable' });
});
