import { describe, expect } from 'vitest';
import { HlsWatcher } from '../hls/watcher.ts';
import { findProgram, testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { long } from '../long.ts';
import { longFilm } from './hls-film.ts';
import { hlsPlayers } from './hls-players.ts';
import type { PlayerRow } from './players.ts';
import { type PublisherRow, publishers } from './publishers.ts';
import { show, type Showing } from './showing.ts';
import { openStage } from './stage.ts';

/** Players of whole segments begin three of them behind, and come only when there are some. Seconds of a film */
const SECONDS = long ? 24 : 16;
/** More at once have no processor to play with. */
const AT_ONCE = 4;
/** What a person calls in step. */
const MAX_OFFSET_MS = 40;

const rows = publishers.filter(({ heavy, name }) => long || (!heavy && /with B-frames/.test(name)));
const columns = hlsPlayers.filter(({ heavy }) => long || !heavy);

interface Told extends Showing {
  /** Everything that a strict player found. */
  found: Record<string, string[]>;
  judged: number;
}

for (const publisher of rows) {
  describe(`${publisher.name} by HLS`, () => {
    for (let at = 0; at < columns.length; at += AT_ONCE) cells(publisher, columns.slice(at, at + AT_ONCE));
  });
}

/** One publisher feeds some players and a strict one at once; each of them is a test. */
function cells(publisher: PublisherRow, players: readonly PlayerRow[]): void {
  let told: Promise<Told> | undefined;
  const needs = [...new Set(['ffmpeg', ...publisher.needs] as const)];
  const names = players.map(({ name }) => name).join(', ');

  testWith(needs, `${publisher.name} → the checker, beside ${names}`, { timeout: 120_000 }, async () => {
    const { found, judged, complaints } = await (told ??= perform(publisher, players));
    expect(complaints, 'what the publisher complains of').toBe('');
    expect(found).toEqual({ parts: [], segments: [], ts: [] });
    expect(judged).toBeGreaterThan(10);
  });

  for (const player of players) {
    const all = [...new Set([...needs, ...player.needs])];
    testWith(all, `${publisher.name} → ${player.name}`, { timeout: 120_000 }, async () => {
      const cell = (await (told ??= perform(publisher, players))).cells.get(player.name)!;
      expect(cell.faults).toEqual([]);
      expect(cell.offsetMs ?? 0).toBeLessThanOrEqual(MAX_OFFSET_MS);
    });
  }
}

async function perform(publisher: PublisherRow, players: readonly PlayerRow[]): Promise<Told> {
  const stage = await openStage();
  const address = `${stage.http}/${stage.path}`;
  const watchers = {
    parts: new HlsWatcher(`${address}/index.m3u8`),
    segments: new HlsWatcher(`${address}/index.m3u8`, { lowLatency: false }),
    ts: new HlsWatcher(`${address}/ts.m3u8`, { lowLatency: false }),
  };
  const showing = await show({
    stage,
    film: await longFilm(publisher.clip, SECONDS),
    players: players.filter(({ needs }) => needs.every((name) => findProgram(name))),
    manner: 'join',
    send: publisher.start,
  });
  const all = Object.values(watchers);
  await until('the watchers are at the end', () => all.every(({ ended }) => ended !== undefined), 30_000);
  const found = Object.fromEntries(
    Object.entries(watchers).map(([name, { checker, ended, jumps }]) => [
      name,
      [...checker.finish(), ...(ended === 'end' ? [] : [`ended with ${ended}`]), ...jumps.map(({ why }) => why)],
    ]),
  );
  const judged = all.reduce((sum, { checker }) => sum + checker.judged, 0);
  const complaints = showing.complaints.replaceAll(publisher.words ?? /^$/g, '').trim();
  return { ...showing, complaints, found, judged };
}
