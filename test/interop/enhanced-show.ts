import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StreamRecord } from '../../src/features/api/stream-record.ts';
import { SECOND } from '../../src/media/time.ts';
import { temporaryFolder } from '../output.ts';
import { startServer, type TestServer, until } from '../servers.ts';
import { enhancedFilm } from './enhanced-films.ts';
import type { EnhancedRow } from './enhanced-publishers.ts';
import { ask } from './judge/judge.ts';
import type { Verdict } from './judge/verdict.ts';

/** All that FFmpeg 8 can announce as a player of RTMP. */
export const ANNOUNCED = ['avc1', 'hvc1', 'av01', 'vp09', 'mp4a', '.mp3', 'Opus', 'fLaC', 'ac-3', 'ec-3'] as const;

/** A joiner comes when the broadcast is this old, in its second GOP, of which the publisher then sends no more. µs */
const LATE = 1.3 * SECOND;
const PAUSE = 1.7 * SECOND;

/** Everybody has come by then, on a busy machine too. */
const LIMIT_MS = 60_000;

/** How FFmpeg 8 watches. */
export interface EnhancedPlayer {
  name: string;
  protocol: 'rtmp' | 'http';
  /** It comes in midstream, or waits for the publisher. */
  late: boolean;
}

export const enhancedPlayers: readonly EnhancedPlayer[] = [
  { name: 'FFmpeg 8 by RTMP', protocol: 'rtmp', late: false },
  { name: 'FFmpeg 8 by HTTP-FLV', protocol: 'http', late: false },
  { name: 'FFmpeg 8 by RTMP, late', protocol: 'rtmp', late: true },
  { name: 'FFmpeg 8 by HTTP-FLV, late', protocol: 'http', late: true },
];

/** A server whose streams can be looked at as their operator does. */
export interface EnhancedStage extends TestServer {
  record(path: string): Promise<StreamRecord>;
}

export async function openEnhancedStage(): Promise<EnhancedStage> {
  const data = temporaryFolder();
  const server = await startServer({ data, grace: 1 });
  const { token } = JSON.parse(await readFile(join(data, 'admin.json'), 'utf8')) as { token: string };
  const headers = { Authorization: `Bearer ${token}` };
  const record = async (path: string): Promise<StreamRecord> =>
    (await (await fetch(`${server.http}/api/v1/streams/${path}`, { headers })).json()) as StreamRecord;
  return { ...server, record };
}

export interface EnhancedShowing {
  sent: Verdict;
  seen: Map<string, Verdict>;
  /** What the API said of the stream in its middle. */
  record: StreamRecord;
  /** All that a waiting viewer got by HTTP-FLV. */
  flv: Uint8Array;
}

/** A film is published once; all players watch it to its end. */
export async function showEnhanced(stage: EnhancedStage, row: EnhancedRow): Promise<EnhancedShowing> {
  const path = `live/${row.film}-${row.publisher.replace(' ', '-')}`;
  const { hub } = stage.server;
  const file = await enhancedFilm(row.film);
  const old = until(`${path} is old enough`, () => (hub.stream(path)?.edge?.media ?? 0) > LATE, LIMIT_MS);
  const watch = async ({ name: player, protocol, late }: EnhancedPlayer): Promise<[string, Verdict]> => {
    const url = protocol === 'rtmp' ? `${stage.rtmp}/${path}` : `${stage.http}/${path}.flv`;
    const task = { task: 'read' as const, url, ...(protocol === 'rtmp' && { announces: ANNOUNCED }) };
    return [player, await ask(task, late ? old : undefined)];
  };
  const watching = Promise.all(enhancedPlayers.map(watch));
  const saving = fetch(`${stage.http}/${path}.flv`).then((response) => response.bytes());
  const early = enhancedPlayers.filter(({ late }) => !late).length + 1;
  const come = old.then(() =>
    until('the late players are there', () => hub.viewers(path) > enhancedPlayers.length, LIMIT_MS),
  );
  const sending = until('the players wait', () => hub.viewers(path) === early, LIMIT_MS).then(() =>
    row.send(file, `${stage.rtmp}/${path}`, { at: PAUSE / SECOND, until: come }),
  );
  const looking = old.then(() => stage.record(path));
  const [record, seen, sent, flv] = await Promise.all([looking, watching, sending, saving, come]);
  return { record, sent, seen: new Map(seen), flv };
}

/** Shows several films at once on one server. */
export async function showTogether(rows: readonly EnhancedRow[]): Promise<Map<EnhancedRow, EnhancedShowing>> {
  const stage = await openEnhancedStage();
  const shows = rows.map(async (row) => [row, await showEnhanced(stage, row)] as const);
  return new Map(await Promise.all(shows));
}
