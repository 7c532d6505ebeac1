import { expect, test } from 'vitest';
import { mediaControls } from './media-controls.ts';

test('each wish is one message, and gives what is in its answer', async () => {
  const asked: object[] = [];
  const tracks = [{ id: 1, kind: 'video', codec: 'h264' }];
  const controls = mediaControls(async (message) => {
    asked.push(message);
    return { type: 'ok', tracks, level: 0.5, muted: true, bytes: 7 };
  });
  expect([await controls.watch('mp4'), await controls.play()]).toEqual([tracks, tracks]);
  expect((await controls.stats()).bytes).toBe(7);
  expect((await controls.setVolume(0.5)).muted).toBe(true);
  expect((await controls.mute(true)).level).toBe(0.5);
  for (const nothing of [
    controls.pause(),
    controls.choose(3),
    controls.choose(null),
    controls.seek(9),
    controls.stop(),
  ])
    expect(await nothing).toBeUndefined();
  expect(asked).toEqual([
    { type: 'media', format: 'mp4' },
    { type: 'play' },
    { type: 'stats' },
    { type: 'volume', level: 0.5 },
    { type: 'mute', on: true },
    { type: 'pause' },
    { type: 'quality', track: 3 },
    { type: 'quality', track: null },
    { type: 'seek', to: 9 },
    { type: 'media', format: null },
  ]);
});
