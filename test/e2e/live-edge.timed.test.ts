import { expect, test } from 'vitest';
import type { ClipName } from '../clips.ts';
import { startServer, until } from '../servers.ts';
import { TestBrowser } from './browser.ts';
import { inCalm } from './calm.ts';
import { FrameClock, type SeenFrame } from './frame-clock.ts';
import { RoomPage } from './room-page.ts';

const browser = new TestBrowser();

/** Room for measuring anew. */
const LONG = { timeout: 180_000 };

/** The frame in the middle when they are put in order of their delay, in ms. */
function median(frames: readonly SeenFrame[]): number {
  return frames.map(({ delay }) => delay).sort((a, b) => a - b)[Math.floor(frames.length / 2)]!;
}

interface Followed {
  room: RoomPage;
  seen: SeenFrame[];
}

interface Watch {
  film: ClipName;
  /** Seconds of the film that are published when the room is opened. */
  from: number;
  /** For how long it is watched. ms */
  ms: number;
}

/** Opens the room, watches it, and judges what was seen. */
function follow({ film, from, ms }: Watch, judge: (followed: Followed) => void | Promise<void>): Promise<void> {
  return inCalm(async () => {
    const stage = await startServer();
    const clock = await FrameClock.start(stage, film);
    await clock.reaches(from);
    const room = await RoomPage.open(await browser.profile(), `${stage.http}/lobby`);
    try {
      await clock.watch(room);
      await room.plays();
      await until(`${ms} ms were seen`, async () => (await clock.seen(room)).some(({ after }) => after > ms));
      await judge({ room, seen: await clock.seen(room) });
    } finally {
      await room.close();
      await stage.server.close();
    }
  });
}

test('joining late in a GOP of ten seconds, the picture is close to live at once', LONG, async () => {
  await follow({ film: 'numbered-long-gop', from: 6, ms: 3500 }, ({ seen }) => {
    expect(seen.length).toBeGreaterThan(25);
    expect(median(seen.filter(({ after }) => after > 2500 && after < 3500))).toBeLessThan(1500);
    // Never from the start of the GOP, and never back.
    expect(seen[0]!.delay).toBeLessThan(3000);
    expect(seen.every(({ number }, index) => index === 0 || number > seen[index - 1]!.number)).toBe(true);
  });
});

test('with key frames every two seconds it is at most 0.8 s from publisher to screen', LONG, async () => {
  await follow({ film: 'numbered', from: 1.5, ms: 8000 }, async ({ room, seen }) => {
    const steady = seen.filter(({ after }) => after > 5000);
    expect(steady.length).toBeGreaterThan(25);
    expect(median(steady)).toBeLessThan(800);

    await room.page.mouse.move(640, 300);
    const said = await room.button(/s behind$/).innerText();
    expect(said).toMatch(/^Live\s+\d+\.\d s behind$/);
    expect(Math.abs(Number.parseFloat(said.match(/[\d.]+/)![0]) * 1000 - median(steady))).toBeLessThan(300);
    await room.photograph('live-edge');
  });
});
