import { expect, test } from 'vitest';
import { LiveStage } from '../../test/live-stage.ts';
import { audioTrack, film, videoTrack } from '../../test/media.ts';
import type { StreamSink } from './stream.ts';

const video = videoTrack();
const audio = audioTrack();

/** What a sink is told, in words. */
function listener(said: string[]): StreamSink {
  return {
    update: () => {},
    begin: () => void said.push('begin'),
    write: ({ track, dts, key }) => {
      if (track.kind === 'video' && key) said.push(`key ${Math.round(dts / 1000)}`);
    },
    end: () => {},
  };
}

test('a sink learns that another publisher’s frames follow, before the first of them, and of the first publisher nothing', async () => {
  const stage = new LiveStage();
  const first = await stage.publish();
  await stage.run({ by: first, frames: film({ ms: 1100, video, audio }) });
  const said: string[] = [];
  stage.hub.stream('live/a')!.add(listener(said));
  first.publisher.end('lost');
  const second = await stage.publish();
  await stage.run({ by: second, frames: film({ ms: 100, video, audio }) });
  expect(said[0]).toBe('key 1000');
  expect(said.slice(1)).toEqual(['begin', expect.stringMatching(/^key 1\d\d\d$/)]);
});

test('one that joins between sound and picture of the next publisher learns it in the same place', async () => {
  const stage = new LiveStage();
  const first = await stage.publish();
  await stage.run({ by: first, frames: film({ ms: 1100, video, audio }) });
  first.publisher.end('lost');
  const second = await stage.publish();
  const frames = film({ ms: 2000, video, audio });
  await second.write(...frames.filter(({ track, dts }) => track === audio && dts < 100_000));
  const said: string[] = [];
  stage.hub.stream('live/a')!.add(listener(said));
  expect(said).toEqual(['key 1000', 'begin']);
});

test('who may play is told without a session', async () => {
  const stage = new LiveStage();
  const access = {
    action: 'play',
    protocol: 'test',
    path: 'live/a',
    credentials: {},
    remote: { address: '192.0.2.1' },
    close() {},
    traffic: () => ({ in: 0, out: 0 }),
  } as const;
  expect(await stage.hub.check(access)).toBe('live/a');
  expect(await stage.refusal(stage.hub.check({ ...access, path: 'live/a/b' }))).toBe('bad-path');
  expect(stage.hub.sessions.size).toBe(0);
});
