import { describe, expect, test } from 'vitest';
import { testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { Random } from '../fuzz/random.ts';
import { report, sized } from './report.ts';
import { expectContinued, expectOneDiscontinuity, getPictures, Room } from './room.ts';
import { VirtualServer } from './virtual-server.ts';

/** A viewer that comes after the publisher has pictures within this time. ms */
const PICTURES = 2000;
/** Runs for each timer. */
const RUNS = sized(100, 500);
const LIMIT = sized(60_000, 600_000);
/** µs around the moment at which a timer is due. */
const AROUND = 50_000;

describe('R-10 a publisher that is killed', () => {
  testWith(['ffmpeg'], 'R-10 may come back within the grace, and viewers go on where they were', {}, async () => {
    const room = await Room.open();
    const first = await room.publish();
    const [viewers, players] = [room.watch(), room.watchHls()];
    await getPictures({ ...viewers, ...players }, 25);
    const killed = performance.now();
    await first.stop('SIGKILL');
    await room.becomes('waiting');
    const noticed = room.took(killed, room.when('waiting')!);
    await room.publish();
    await getPictures({ ...viewers, ...players }, 50);
    const gap = expectContinued(viewers, room, PICTURES);
    const part = await expectOneDiscontinuity(players, room, PICTURES);
    expect(noticed).toBeLessThan(1000);
    expect(gap).toBeLessThan(PICTURES);
    expect(room.story).toEqual(['publish', 'starting', 'live', 'waiting', 'lost', 'publish', 'live']);
    report('R-10', `noticed after ${noticed} ms, viewers without pictures for ${gap} ms, of HLS ${part} ms`);
  });

  testWith(
    ['ffmpeg'],
    'R-10 and stays away ends the broadcast after the grace, and the next one is new',
    {},
    async () => {
      const room = await Room.open({ grace: 1 });
      const first = await room.publish();
      const all = { ...room.watch(), ...room.watchHls() };
      await getPictures(all, 25);
      await first.stop('SIGKILL');
      await until('every viewer is told of the end', () => Object.values(all).every(({ ended }) => ended));
      const ends = Object.fromEntries(Object.entries(all).map(([name, { ended }]) => [name, ended]));
      const bodies = { 'http-flv': 'end', 'http-ts': 'end', 'http-mp4': 'end', 'ws-mp4': 'end' };
      expect(ends).toEqual({ ...bodies, 'ws-flv': '1000', rtmp: 'ended', 'index.m3u8': 'end', 'ts.m3u8': 'end' });
      const [waiting, ended] = [room.when('waiting')!, room.when('ended')!];
      expect(ended - waiting).toBeGreaterThan(900);
      expect(room.took(waiting, ended)).toBeLessThan(1500);
      const later = room.watch();
      await room.publish();
      await getPictures(later, 25, 5000);
      expect(later['http-flv'].pictures[0]!.timestamp).toBeLessThan(100);
    },
  );
});

describe('R-10 a publisher that comes back just when a timer is due', () => {
  const timers = [
    { name: 'the end of the grace', lost: 'cut', due: 1_000_000 },
    { name: 'the end of its silence', lost: 'silent', due: 5_000_000 },
    { name: 'the time after which a newer one takes over at once', lost: 'silent', due: 1_000_000 },
    { name: 'the wait for its tracks', lost: 'starting', due: 1_000_000 },
  ] as const;

  test.each(timers)('R-10 around $name, new viewers get pictures', { timeout: LIMIT }, async ({ lost, due }) => {
    const random = new Random(10);
    const server = await VirtualServer.start({ grace: 1, limits: { publisherSilence: 5 } });
    let slowest = 0;
    for (let run = 0; run < RUNS; run++) {
      const offset = Math.round((run / (RUNS - 1)) * 2 * AROUND) - AROUND;
      const stream = server.stream();
      const first = await stream.publish();
      await stream.begin(first, { sound: lost !== 'starting' });
      if (lost === 'cut') await stream.cut(first);
      // The timer and the newcomer's request race, too: sometimes one is ahead, sometimes the other.
      const ahead = random.below(2) === 0;
      if (ahead) stream.advance(due + offset);
      const coming = stream.publish();
      if (!ahead) stream.advance(due + offset);
      const second = await coming;
      const viewer = await stream.watch();
      const waited = await stream.playUntil(second, () => viewer.pictures.length > 5);
      slowest = Math.max(slowest, waited);
      for (const client of [first, second, viewer.client]) client.destroy();
    }
    expect(slowest).toBeLessThan(PICTURES);
    report('R-10', `${RUNS} runs, the slowest new viewer waited ${Math.round(slowest)} ms`);
  });
});
