import { afterAll, describe, expect } from 'vitest';
import { long } from '../long.ts';
import { testWith } from '../programs.ts';
import { Watcher } from '../watch.ts';
import { closeChromium } from './chromium.ts';
import { film } from './films.ts';
import { openOldBroadcast } from './old-broadcast.ts';
import { playersNamed } from './players.ts';
import { sendWithFfmpeg } from './publishers.ts';
import { show, type Showing } from './showing.ts';
import { openStage } from './stage.ts';

/** Times in seconds at which a field of RTMP or FLV is full. */
const FULL = [
  { name: 'the 24 bits of a chunk’s time', at: 2 ** 24 / 1000 },
  // ffmpeg as a publisher begins at 0 again.
  { name: 'the 31 bits that ffmpeg uses', at: 2 ** 31 / 1000 },
];
/** The film passes the place this far in. */
const BEFORE = 2.4;
const SECONDS = 5;

const programs = ['ffmpeg', 'mpv', 'rtmpdump', 'chromium'] as const;
const inOut = [
  'ffmpeg by RTMP',
  'ffmpeg by HTTP-FLV',
  'rtmpdump',
  'mpv by RTMP',
  'mpv by HTTP-FLV',
  'a file by WS-FLV',
];

afterAll(closeChromium);

describe('a publisher whose clock fills', () => {
  for (const { name, at } of long ? FULL : FULL.slice(0, 1)) {
    testWith(programs, `${name}: no player notices`, {}, async () => {
      const showing = await show({
        stage: await openStage(),
        film: await film('b-frames', SECONDS),
        players: playersNamed(...inOut, 'Chromium by HTTP-FLV', 'Chromium by WS-FLV'),
        manner: 'wait',
        send: (file, url) => sendWithFfmpeg(file, url, ['-output_ts_offset', String(at - BEFORE)]),
      });
      expectWhole(showing);
    });
  }
});

describe('a broadcast that is so old that its own clock fills', () => {
  for (const { name, at } of long ? FULL : FULL.slice(1)) {
    testWith(['ffmpeg', 'mpv', 'rtmpdump'], `${name}: no player notices`, {}, async () => {
      const sent = await film('b-frames', SECONDS);
      const stage = await openOldBroadcast(sent, at - BEFORE);
      const witness = stage.live(2).then(() => new Watcher(stage.httpUrl));
      const showing = await show({
        stage,
        film: sent,
        players: playersNamed(...inOut),
        manner: 'join',
        send: sendWithFfmpeg,
      });
      expectWhole(showing);
      const times = (await witness).flv.media('video').map(({ timestamp }) => timestamp >>> 0);
      expect(times[0]).toBeLessThan(at * 1000);
      expect(times.at(-1)).toBeGreaterThan(at * 1000);
    });
  }
});

function expectWhole({ complaints, cells }: Showing): void {
  expect(complaints).toBe('');
  for (const [name, { faults, missed, offsetMs }] of cells) {
    expect(faults, name).toEqual([]);
    expect(missed, name).toBeLessThan(60);
    expect(offsetMs ?? 0, name).toBeLessThanOrEqual(40);
  }
}
