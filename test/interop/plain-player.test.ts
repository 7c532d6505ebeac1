import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect } from 'vitest';
import { FlvReader } from '../flv-reader.ts';
import { temporaryFolder } from '../output.ts';
import { findProgram, type Outcome, program, runProgram, testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { compare } from './compare.ts';
import { enhancedFilm, type EnhancedName } from './enhanced-films.ts';
import { type EnhancedStage, openEnhancedStage } from './enhanced-show.ts';
import { ask } from './judge/judge.ts';
import type { Verdict } from './judge/verdict.ts';
import { readWithFfmpeg } from './packets.ts';

const LIMIT_MS = 60_000;
/** RTMP rounds times to the millisecond, and so do its readers. */
const ROUNDING_MS = 2;
const films = ['hevc', 'av1', 'plain', 'choice'] as const;
/** Of AV1 and Opus either is told: both are what nobody without an announcement reads. */
const UNREADABLE = /codec-unsupported: The stream has (?:AV1|Opus), which the player did not announce/;

interface Dumped {
  outcome: Outcome;
  flv: FlvReader;
}
type Read = Awaited<ReturnType<typeof readWithFfmpeg>>;

interface Told {
  sent: Record<(typeof films)[number], Verdict>;
  /** By rtmpdump: of HEVC and AAC; of AV1 and Opus, where it waited and where it came late. */
  hevc: Dumped;
  early: Dumped;
  late: Dumped;
  /** By ffmpeg, of AV1 and Opus: the system's and FFmpeg 8. */
  system: Read;
  current: Verdict;
  /** By ffmpeg, of H.264 and AAC by RTMP and by HTTP-FLV. */
  plain: [Read, Read];
  /** By ffmpeg, of H.264, Opus and AAC. */
  choice: Read;
}

/** Films are made before the clock of a test runs. */
beforeAll(async () => {
  if (findProgram('ffmpeg')) for (const name of films) await enhancedFilm(name);
});

let told: Promise<Told> | undefined;

const needs = ['ffmpeg', 'rtmpdump'] as const;

testWith(needs, 'rtmpdump, which announces no codec, gets words for HEVC, and its AAC', {}, async () => {
  const { hevc, sent } = await (told ??= perform());
  expect(hevc.outcome.status).toBe(0);
  expect(hevc.outcome.stderr).toContain('NetStream.Play.NoSupportedTrackFound');
  expect(hevc.outcome.stderr).toContain('codec-unsupported: The stream has H.265, which the player did not announce.');
  expect(hevc.flv.fault).toBeUndefined();
  expect(hevc.flv.tags.filter(({ kind }) => kind === 'video')).toEqual([]);
  expect(hevc.flv.media('audio').length).toBe(sent.hevc.packets.filter(({ kind }) => kind === 'audio').length);
});

testWith(needs, 'of AV1 and Opus players that announce nothing get only words', {}, async () => {
  const { early, late, system, current } = await (told ??= perform());
  for (const { outcome, flv } of [early, late]) {
    expect(outcome.stderr).toContain('NetStream.Play.Failed');
    expect(outcome.stderr).toMatch(UNREADABLE);
    expect(flv.tags.filter(({ kind }) => kind !== 'data')).toEqual([]);
  }
  for (const { complaints, packets } of [system, current]) {
    expect(complaints).toMatch(UNREADABLE);
    expect(packets).toEqual([]);
  }
});

testWith(needs, 'beside them, H.264 and AAC play with ffmpeg as ever', {}, async () => {
  const { plain } = await (told ??= perform());
  const sent = await readWithFfmpeg(await enhancedFilm('plain'));
  for (const { packets, complaints } of plain) {
    expect(complaints).toBe('');
    const { faults, pictures, sounds, offsetMs } = compare(sent.packets, packets);
    expect(faults).toEqual([]);
    expect(offsetMs).toBeLessThanOrEqual(ROUNDING_MS);
    expect(pictures + sounds).toBe(sent.packets.length);
  }
});

testWith(
  needs,
  'of several tracks of sound, ffmpeg that announces nothing gets the first that it can read',
  {},
  async () => {
    const { choice, sent } = await (told ??= perform());
    expect(choice.complaints).toBe('');
    const [picture, , sound] = [0, 1, 2].map((place) => sent.choice.packets.filter(({ track }) => track === place));
    const seen = choice.packets.map(({ kind, pts }) => ({ kind, pts }));
    const { faults, offsetMs } = compare([...picture!, ...sound!], seen);
    expect(faults).toEqual([]);
    expect(offsetMs).toBeLessThanOrEqual(ROUNDING_MS);
    expect(seen.length).toBe(picture!.length + sound!.length);
  },
);

/** All of it on one server at once. */
async function perform(): Promise<Told> {
  const stage = await openEnhancedStage();
  const url = (name: EnhancedName): string => `${stage.rtmp}/live/${name}`;
  const { hub } = stage.server;
  const live = until('AV1 is live', () => hub.stream('live/av1')?.state === 'live', LIMIT_MS);
  const early = dump(stage, 'av1');
  const plain = Promise.all([
    readWithFfmpeg(url('plain'), LIMIT_MS),
    readWithFfmpeg(`${stage.http}/live/plain.flv`, LIMIT_MS),
  ]);
  const late = live.then(() => dump(stage, 'av1'));
  const system = live.then(() => readWithFfmpeg(url('av1'), LIMIT_MS));
  const current = ask({ task: 'read', url: url('av1') }, live);
  const hevc = dump(stage, 'hevc');
  const choice = readWithFfmpeg(url('choice'), LIMIT_MS);
  const waiting = (): number => films.reduce((sum, name) => sum + hub.viewers(`live/${name}`), 0);
  await until('those that come early wait', () => waiting() === 5, LIMIT_MS);
  const sent = await Promise.all(
    films.map(async (name) => [name, await ask({ task: 'publish', file: await enhancedFilm(name), url: url(name) })]),
  );
  return {
    sent: Object.fromEntries(sent) as Told['sent'],
    ...{ hevc: await hevc, early: await early, late: await late },
    ...{ system: await system, current: await current, plain: await plain, choice: await choice },
  };
}

/** What rtmpdump hears from the server, and saves. */
async function dump({ rtmp }: EnhancedStage, name: EnhancedName): Promise<Dumped> {
  const file = join(temporaryFolder(), `${name}.flv`);
  const args = ['-V', '-v', '-r', `${rtmp}/live/${name}`, '-o', file];
  const outcome = await runProgram(program('rtmpdump'), args, { limitMs: LIMIT_MS });
  const flv = new FlvReader();
  flv.push(readFileSync(file));
  return { outcome, flv };
}
