import { expect, test } from 'vitest';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { inCalm } from './calm.ts';
import { FrameClock } from './frame-clock.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** Seconds of the numbered film. */
const ROUND = 30;
/** The time that is judged, after the first seconds, ms. */
const SETTLES = 5000;
const WATCHED = 60_000;
/** A frame that stays this long on the screen is a stall, ms: the film has one each 40 ms. */
const STALL = 300;

interface Judged {
  stalls: number[];
  latest: number;
  median: number;
}

test(
  'a minute of LL-HLS is never more than 2 s behind the burned-in clock, and never stands still',
  { timeout: 600_000 },
  () =>
    inCalm(async () => {
      const stage = await startServer();
      const clock = await FrameClock.start(stage, 'numbered', { round: ROUND });
      await clock.reaches(4);
      const room = await RoomPage.open(await browser.profile(), `${stage.http}/lobby?play=hls`);
      try {
        await clock.watch(room);
        await room.plays();
        const end = SETTLES + WATCHED;
        const over = async (): Promise<boolean> => (await clock.seen(room)).some(({ after }) => after > end);
        await until('a minute was seen', over, end + 20_000);
        const seen = (await clock.seen(room)).filter(({ after }) => after > SETTLES && after < end);
        const delays = seen.map(({ delay }) => delay).toSorted((a, b) => a - b);
        const gaps = seen.slice(1).map(({ after }, index) => Math.round(after - seen[index]!.after));
        const judged: Judged = {
          stalls: gaps.filter((gap) => gap > STALL),
          latest: Math.round(delays.at(-1)!),
          median: Math.round(delays[Math.floor(delays.length / 2)]!),
        };
        process.stdout.write(`  LL-HLS: ${JSON.stringify(judged)}, ${seen.length} frames\n`);
        expect(judged.stalls).toEqual([]);
        expect(judged.latest).toBeLessThanOrEqual(2000);
        expect(seen.length).toBeGreaterThan(1000);
        await room.page.mouse.move(640, 300);
        await room.button('Settings').click();
        await room.button('Delay and connection').click();
        expect(await room.page.getByRole('region', { name: 'Settings' }).innerText()).toMatch(/Pauses to load\s+0/);
      } finally {
        await room.close();
        await stage.server.close();
      }
    }),
);
