import { expect } from 'vitest';
import { testWith } from '../programs.ts';
import { Firefox } from './firefox.ts';
import { longFilm } from './hls-film.ts';
import { type PageTold, playWithLibrary, serveHlsPage } from './hls-page.ts';
import { watchedBy } from './hls-players.ts';
import { publishers } from './publishers.ts';
import { show } from './showing.ts';
import { openStage } from './stage.ts';

/** Of the film; and how long Firefox may take for it. */
const [SECONDS, LIMIT_MS] = [20, 110_000];

/** Pictures a second. */
const RATE = 25;

testWith(['ffmpeg', 'firefox'], 'Firefox plays HLS with hls.js', { timeout: 120_000 }, async () => {
  const stage = await openStage();
  const page = await serveHlsPage();
  const firefox = await Firefox.start(LIMIT_MS);
  const [publisher] = publishers;
  let told: PageTold | undefined;
  const showing = await show({
    stage,
    film: await longFilm(publisher!.clip, SECONDS),
    players: [
      {
        name: 'Firefox',
        needs: ['firefox'],
        watch: async ({ http, path }, live) => {
          await live();
          told = await firefox.run<PageTold>(page.url, playWithLibrary, `${http}/${path}/index.m3u8`);
          return watchedBy(told);
        },
      },
    ],
    manner: 'join',
    send: publisher!.start,
  });
  page.close();
  await firefox.close();
  expect(showing.complaints).toBe('');
  expect(told?.faults).toEqual([]);
  expect(told?.pieces).toBe(1);
  // It comes when the first segments are there, and stays to the end.
  expect(told?.played).toBeGreaterThan(SECONDS / 2);
  expect(told?.pictures).toBeGreaterThan((RATE * SECONDS) / 2);
});
