import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { COOKIE_LIFE } from '../../src/features/accounts/cookie.ts';
import type { StreamRecord } from '../../src/features/api/stream-record.ts';
import type { LastLive, Room } from '../../src/client/messages.ts';
import type { Publisher } from '../../src/live/publisher.ts';
import type { Scheduler } from '../../src/live/scheduler.ts';
import { MILLISECOND, SECOND } from '../../src/media/time.ts';
import { RawSocket } from '../raw-socket.ts';
import { startServer, type TestServer, until } from '../servers.ts';
import { settle, VirtualScheduler } from '../virtual-scheduler.ts';
import { audioTrack, film, videoTrack } from '../media.ts';
import { Watcher } from '../watch.ts';
import { stepsOf } from './control.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** What a time or a length may be wrong by. ms */
const ERROR = 1000;
/** How long it plays before and after. ms */
const PLAYED = 20_000;

/** Wall times in ms, from the one that was. */
const steps: { name: string; to(wall: number): number }[] = [
  { name: 'an hour back', to: (wall) => wall - HOUR },
  { name: 'an hour ahead', to: (wall) => wall + HOUR },
  { name: 'to where 31 bits of seconds end', to: () => Date.UTC(2038, 0, 19, 3, 14, 0) },
  { name: 'to the year 2100', to: () => Date.UTC(2100, 1, 28, 23, 59, 55) },
  { name: 'back to 1970', to: () => -5000 },
];

/** A server whose clocks both do what they are told, and which counts what its timers do. */
class Stage {
  readonly #clock = new VirtualScheduler();
  at!: TestServer;
  runs = 0;

  static async start(wall?: number): Promise<Stage> {
    const stage = new Stage();
    if (wall !== undefined) stage.set(wall);
    const clock = stage.#clock;
    const counted = (run: () => void) => () => (stage.runs++, run());
    const scheduler: Scheduler = {
      now: () => clock.now(),
      wall: () => clock.wall(),
      after: (us, run) => clock.after(us, counted(run)),
      every: (us, run) => clock.every(us, counted(run)),
    };
    stage.at = await startServer({ drain: 0, grace: 15, merge: 0 }, { scheduler });
    onTestFinished(async () => {
      const closed = stage.at.server.close();
      clock.advance(SECOND);
      await closed;
    });
    return stage;
  }

  get wall(): number {
    return this.#clock.wall();
  }

  get pending(): number {
    return this.#clock.pending;
  }

  set(wall: number): void {
    this.#clock.wallOffset += (wall - this.wall) * MILLISECOND;
  }

  async pass(ms: number): Promise<void> {
    this.#clock.advance(ms * MILLISECOND);
    await settle();
  }

  publish(): Promise<Publisher> {
    return this.at.server.hub.publish({
      action: 'publish',
      protocol: 'test',
      path: 'live/lobby',
      credentials: {},
      remote: { address: '192.0.2.1' },
      close() {},
      traffic: () => ({ in: 0, out: 0 }),
    });
  }

  /** Publishes at the pace of the clock. Gives how often timers ran meanwhile. */
  async play(by: Publisher, from: number): Promise<number> {
    const before = this.runs;
    let last = from;
    for (const frame of film({ from, ms: PLAYED, video: this.#video, audio: this.#audio })) {
      const ms = frame.dts / MILLISECOND;
      if (ms > last) await this.pass(ms - last);
      last = ms;
      by.write(frame);
    }
    await this.pass(from + PLAYED - last);
    return this.runs - before;
  }

  /** As the API says it. */
  async stream(): Promise<StreamRecord> {
    const { http, server } = this.at;
    const { token } = JSON.parse(readFileSync(join(server.settings.data, 'admin.json'), 'utf8')) as { token: string };
    const headers = { Authorization: `Bearer ${token}`, Connection: 'close' };
    const response = await fetch(`${http}/api/v1/streams/live/lobby`, { headers });
    return (await response.json()) as StreamRecord;
  }

  /** What everybody may know of the last broadcast. */
  async lastLive(): Promise<LastLive> {
    const response = await fetch(`${this.at.http}/api/v1/rooms/lobby`, { headers: { Connection: 'close' } });
    return ((await response.json()) as Room).lastLive!;
  }

  /** A viewer that was admitted. */
  async watch(): Promise<Watcher> {
    const viewer = new Watcher(`${this.at.http}/live/lobby.flv`);
    await until('the viewer is there', () => this.at.server.hub.viewers('live/lobby') === 1);
    return viewer;
  }

  readonly #video = videoTrack();
  readonly #audio = audioTrack();
}

const near = (time: string | undefined, wall: number): void =>
  expect(
    Math.abs(Date.parse(time ?? '') - wall),
    `ms between ${time} and ${new Date(wall).toISOString()}`,
  ).toBeLessThan(ERROR);

describe('R-14 a wall clock that is set', () => {
  test.each(steps)('R-14 $name: media, rates, timers and lengths of time go on as if nothing were', async ({ to }) => {
    const stage = await Stage.start();
    const by = await stage.publish();
    const viewer = await stage.watch();
    const begun = stage.wall;
    const before = await stage.play(by, 0);
    near((await stage.stream()).since, begun);
    const { rates } = await stage.stream();
    const { pending } = stage;

    stage.set(to(stage.wall));
    const after = await stage.play(by, PLAYED);
    // Each may have run once more or less: the two lengths of time begin elsewhere in its period.
    expect(Math.abs(after - before), 'timers that ran more often').toBeLessThanOrEqual(pending);
    expect(stage.pending).toBe(pending);
    const record = await stage.stream();
    near(record.since, stage.wall - 2 * PLAYED);
    near(record.edge?.at, stage.wall);
    expect(record.rates).toEqual(rates);
    await until('the viewer has all', () => viewer.pictures.length === (2 * PLAYED) / 40);
    expect(new Set(stepsOf(viewer.pictures))).toEqual(new Set([40]));
    expect(stage.at.server.hub.viewers('live/lobby')).toBe(1);

    by.end('ended');
    const { endedAt, duration } = await stage.lastLive();
    near(endedAt, stage.wall);
    expect(Math.abs(duration * 1000 - 2 * PLAYED), 'ms by which the length is wrong').toBeLessThan(ERROR);
  });

  test.each(steps)('R-14 $name: a lost publisher is waited for as long as ever', async ({ to }) => {
    const stage = await Stage.start();
    const by = await stage.publish();
    await stage.play(by, 0);
    by.end('lost');
    stage.set(to(stage.wall));
    await stage.pass(14_999);
    expect((await stage.stream()).state).toBe('waiting');
    await stage.pass(1);
    expect((await stage.stream()).state).toBe('idle');
  });

  test('R-14 an owner’s link lives a day, and their cookie by the wall clock', async () => {
    const stage = await Stage.start();
    const [late, intime] = [stage.at.server.link(), stage.at.server.link()];
    for (const { to } of steps) {
      stage.set(to(stage.wall));
      await stage.pass((DAY - ERROR) / steps.length);
    }
    const cookie = await claim(stage.at, intime);
    expect(cookie).toBeDefined();
    await stage.pass(2 * ERROR);
    expect(await claim(stage.at, late)).toBeUndefined();
    const ends = stage.wall - 2 * ERROR + COOKIE_LIFE * 1000;
    stage.set(ends - ERROR);
    expect(await isOwner(stage.at, cookie!)).toBe(true);
    stage.set(ends + ERROR);
    expect(await isOwner(stage.at, cookie!)).toBe(false);
    stage.set(ends - ERROR);
    expect(await isOwner(stage.at, cookie!)).toBe(true);
  });

  test.each(steps)(
    'R-14 $name: a room’s page is told the new time, and who was kicked waits as long as ever',
    async ({ to }) => {
      const stage = await Stage.start();
      const by = await stage.publish();
      stage.at.server.hub.kick(by.session.id);
      stage.set(to(stage.wall));
      await stage.pass(59_999);
      await expect(stage.publish()).rejects.toMatchObject({ code: 'kicked' });
      await stage.pass(1);
      const again = await stage.publish();
      const page = await RawSocket.webSocket(Number(new URL(stage.at.http).port), '/ws/lobby');
      page.frame(0x81, '{"type":"ping","id":1}');
      near((await page.message('pong'))['at'] as string, stage.wall);
      again.end('ended');
    },
  );

  test('R-14 a page learns when the stream began by the new time', async () => {
    const stage = await Stage.start();
    const by = await stage.publish();
    await stage.play(by, 0);
    const page = await RawSocket.webSocket(Number(new URL(stage.at.http).port), '/ws/lobby');
    await page.message('stream');
    stage.set(stage.wall + HOUR);
    await stage.play(by, PLAYED);
    near((await page.message('stream'))['since'] as string, stage.wall - 2 * PLAYED);
  });

  test('R-14 a process that starts in 1970 and is told the time later', async () => {
    const stage = await Stage.start(0);
    const by = await stage.publish();
    await stage.play(by, 0);
    near((await stage.stream()).since, 0);
    stage.set(Date.UTC(2026, 0, 1));
    await stage.play(by, PLAYED);
    near((await stage.stream()).since, stage.wall - 2 * PLAYED);
    by.end('ended');
    const { endedAt, duration } = await stage.lastLive();
    near(endedAt, stage.wall);
    expect(Math.abs(duration * 1000 - 2 * PLAYED), 'ms by which the length is wrong').toBeLessThan(ERROR);
  });
});

/** The cookie of a browser that opens this link; undefined when it is too old. */
async function claim({ http }: TestServer, link: string): Promise<string | undefined> {
  const response = await fetch(`${http}/api/v1/claim`, {
    method: 'POST',
    headers: { Origin: http, 'Content-Type': 'application/json', Connection: 'close' },
    body: JSON.stringify({ token: link.split('#owner=')[1] }),
  });
  return response.headers.get('set-cookie')?.split(';')[0];
}

async function isOwner({ http }: TestServer, cookie: string): Promise<boolean> {
  const response = await fetch(`${http}/api/v1/server`, {
    headers: { Cookie: cookie, Origin: http, Connection: 'close' },
  });
  return response.status === 200;
}
