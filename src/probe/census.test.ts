import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { film } from '../../test/media.ts';
import { VirtualScheduler } from '../../test/virtual-scheduler.ts';
import { sample } from '../containers/contract-samples.ts';
import { RoomcastError } from '../errors.ts';
import { SECOND } from '../media/time.ts';
import { Census } from './census.ts';
import { Watch } from './watch.ts';

const { video, audio } = sample;

describe('the census of a stream', () => {
  test('tells rates, GOP and what the codec configs say', () => {
    const census = new Census();
    const sizes = { key: 4000, picture: 1000, sound: 100 };
    for (const frame of film({ ms: 4000, gop: 1000, video, audio, sizes })) census.add({ type: 'frame', frame });
    expect(census.span).toBe(4 * SECOND);
    expect(census.tracks()).toMatchObject([
      { id: 1, kind: 'video', codec: 'h264', frameRate: 25, gop: 1, bitRate: (4 * 4000 + 96 * 1000) * 2 },
      { id: 2, kind: 'audio', codec: 'aac', bitRate: 200 * 100 * 2 },
    ]);
    expect(Object.keys(census.tracks()[1]!)).not.toContain('gop');
  });

  test('leaves out what it does not know', () => {
    const census = new Census();
    census.add({ type: 'track', track: { ...video, config: new Uint8Array(0) } });
    expect(census.tracks()).toEqual([{ id: 1, kind: 'video', codec: 'h264' }]);
    expect([census.span, census.bytes, census.sawGops]).toEqual([0, 0, false]);
  });
});

describe('a watch', () => {
  const feed = (watch: Watch, options: Parameters<typeof film>[0]): void => {
    for (const frame of film(options)) watch.add({ type: 'frame', frame });
  };

  test('has seen enough after two seconds with two key frames, or four of sound alone', async () => {
    const scheduler = new VirtualScheduler();
    const pictures = new Watch(scheduler);
    feed(pictures, { ms: 2040, video, audio });
    await pictures.done;
    const sounds = new Watch(scheduler);
    feed(sounds, { ms: 4040, audio });
    await sounds.done;
    expect(scheduler.pending).toBe(0);
  });

  test('waits twelve seconds for a second key frame, then takes what it has', async () => {
    const scheduler = new VirtualScheduler();
    const watch = new Watch(scheduler);
    let isDone = false;
    void watch.done.then(() => (isDone = true));
    feed(watch, { ms: 5000, gop: 60_000, video });
    await scheduler.pass(11.9 * SECOND, SECOND);
    expect(isDone).toBe(false);
    await scheduler.pass(SECOND);
    expect(isDone).toBe(true);
  });

  test('that sees nothing for ten seconds, is told to leave, or sees the end at once, says so', async () => {
    const scheduler = new VirtualScheduler();
    const silent = new Watch(scheduler);
    scheduler.advance(10 * SECOND);
    await expect(silent.done).rejects.toMatchObject({ code: 'time-out' });
    const leaving = new AbortController();
    const left = new Watch(scheduler, leaving.signal);
    leaving.abort();
    await expect(left.done).rejects.toThrow(/interrupted/);
    const over = new Watch(scheduler);
    over.end();
    await expect(over.done).rejects.toThrow(/nothing is live/);
  });

  test('leaves nothing behind on a signal that outlives it', () => {
    const { signal } = new AbortController();
    const scheduler = new VirtualScheduler();
    const watches = [new Watch(scheduler, signal), new Watch(scheduler, signal)];
    expect(getEventListeners(signal, 'abort')).toHaveLength(2);
    watches[0]!.end();
    watches[1]!.fail(new RoomcastError('denied'));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
