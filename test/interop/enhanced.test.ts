import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect } from 'vitest';
import { outputOf } from '../output.ts';
import { findProgram, testWith } from '../programs.ts';
import { compare } from './compare.ts';
import { enhancedFilm, enhancedFilms, type EnhancedName } from './enhanced-films.ts';
import { type EnhancedRow, enhancedRows } from './enhanced-publishers.ts';
import { type EnhancedPlayer, enhancedPlayers, type EnhancedShowing, showTogether } from './enhanced-show.ts';
import { hdr10Facts } from './judge/hdr10.ts';
import { readWithFfmpeg } from './packets.ts';
import { countWithFfprobe, remux } from './remux.ts';
import type { JudgedPacket, JudgedTrack, Verdict } from './judge/verdict.ts';

/** Films that are shown at once: more would make the processors of a small machine the limit. */
const AT_ONCE = 3;
/** FFmpeg says so of each further track of a kind. */
const SEVERAL = /more than one (?:audio|video) stream is not supported by most flv demuxers\./g;

/** Codecs that the ffmpeg of any system reads, too, when they come in MP4. */
const REMUXED: ReadonlySet<EnhancedName> = new Set(['hevc', 'av1', 'vp9', 'flac']);

/** Codecs that say everything in each packet. */
const UNANNOUNCED: ReadonlySet<string> = new Set(['ac3', 'eac3']);

const shown = new Map<EnhancedRow, Promise<Map<EnhancedRow, EnhancedShowing>>>();

/** The row's showing; the first to ask has those beside it shown as well. */
async function showing(row: EnhancedRow): Promise<EnhancedShowing> {
  const first = Math.floor(enhancedRows.indexOf(row) / AT_ONCE) * AT_ONCE;
  const together = enhancedRows.slice(first, first + AT_ONCE);
  if (!shown.has(row)) {
    const all = showTogether(together).then(note);
    for (const each of together) shown.set(each, all);
  }
  return (await shown.get(row)!).get(row)!;
}

// Made before the clock of a test runs.
beforeAll(async () => {
  if (findProgram('ffmpeg')) for (const { film } of enhancedRows) await enhancedFilm(film);
}, 120_000);

for (const row of enhancedRows) {
  const { codecs, tracks } = enhancedFilms[row.film];
  describe(`${row.title}`, () => {
    testWith(['ffmpeg'], `${row.title}: it is sent, and the API names every track`, {}, async () => {
      const { sent, record } = await showing(row);
      expect(sent.complaints.replace(SEVERAL, '').trim()).toBe('');
      expect(sent.tracks.map(({ codec }) => codec)).toEqual(codecs);
      const known = record.tracks.filter(({ kind }) => kind !== 'data');
      expect(known).toMatchObject(row.allTracks ? tracks : tracks.slice(0, 2));
    });

    for (const player of enhancedPlayers) {
      testWith(['ffmpeg'], `${row.title} → ${player.name}`, {}, async () => {
        const { sent, seen } = await showing(row);
        const verdict = seen.get(player.name)!;
        expect(verdict.complaints).toBe('');
        const mains = mainsOf(sent.tracks);
        expect(verdict.tracks.map(({ codec }) => codec)).toEqual(mains.map((place) => sent.tracks[place]!.codec));
        expectWhole({ row, sent: sent.packets.filter(({ track }) => mains.includes(track)), verdict, player });
        for (const [place, main] of mains.entries()) {
          const track = sent.tracks[main]!;
          const config = track.codec === 'vp9' ? await vpccIn(row.film) : track.config;
          expectLike(verdict.tracks[place]!, { ...track, config });
        }
        // Whoever comes late is told the same of the codecs.
        const early = seen.get(enhancedPlayers[0]!.name)!;
        expect(verdict.tracks.map(({ config }) => config)).toEqual(early.tracks.map(({ config }) => config));
      });
    }
  });
}

for (const player of enhancedPlayers) {
  testWith(['ffmpeg'], `the colours of HDR10 → ${player.name}`, {}, async () => {
    const row = enhancedRows.find(({ film, allTracks }) => film === 'hdr10' && allTracks)!;
    const { color } = (await showing(row)).seen.get(player.name)!.tracks[0]!;
    expect(color).toMatchObject({ primaries: 9, transfer: 16, matrix: 9, range: 1 });
    // What stands beside the config is kept out of FLV, where players in browsers trip over it.
    const told = player.protocol === 'rtmp' ? hdr10Facts : undefined;
    expect(color?.light).toEqual(told?.light);
    expect(color?.mastering?.map((fact) => fact.toFixed(4))).toEqual(told?.mastering.map((fact) => fact.toFixed(4)));
  });
}

for (const row of enhancedRows.filter(({ film }) => REMUXED.has(film))) {
  const name = `${row.title} → our demuxer, and ffmpeg by a library’s MP4`;
  testWith(['ffmpeg', 'ffprobe'], name, {}, async () => {
    const { file, ...faults } = await remux((await showing(row)).flv);
    expect(faults).toEqual({ dropped: 0, unsupported: [] });
    const sent = await readWithFfmpeg(await enhancedFilm(row.film));
    const seen = await readWithFfmpeg(file);
    expect(seen.complaints).toBe('');
    const { pictures, sounds, ...compared } = compare(sent.packets, seen.packets);
    expect(compared.faults).toEqual([]);
    expect(compared.offsetMs).toBeLessThanOrEqual(row.maxOffsetMs);
    expect(pictures + sounds).toBe(sent.packets.length);
    const [picture, sound] = enhancedFilms[row.film].codecs;
    expect(await countWithFfprobe(file)).toEqual([`${picture},${pictures}`, `${sound},${sounds}`]);
  });
}

/** Places of the first track of each kind: those that are played. */
function mainsOf(tracks: readonly JudgedTrack[]): number[] {
  const kinds = ['video', 'audio'] as const;
  return kinds.map((kind) => tracks.findIndex((track) => track.kind === kind)).filter((place) => place >= 0);
}

interface WholeOptions {
  row: EnhancedRow;
  sent: JudgedPacket[];
  verdict: Verdict;
  player: EnhancedPlayer;
}

/** All that was sent came, from the first packet on or from a key frame, and all of it could be decoded. */
function expectWhole({ row, sent, verdict, player }: WholeOptions): void {
  const { faults, offsetMs, pictures, sounds } = compare(sent, verdict.packets);
  expect(faults).toEqual([]);
  expect(offsetMs).toBeLessThanOrEqual(row.maxOffsetMs);
  const all = (kind: 'video' | 'audio'): number => sent.filter((packet) => packet.kind === kind).length;
  if (player.late) expect(pictures).toBeLessThan(all('video'));
  else expect({ pictures, sounds }).toEqual({ pictures: all('video'), sounds: all('audio') });
  for (const [place, { decoded }] of verdict.tracks.entries()) {
    const packets = verdict.packets.filter(({ track }) => track === place);
    expect(decoded).toBe(packets.length);
    const times = packets.map(({ dts }) => dts);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  }
}

/** A track has the size, the rate and the codec config that it was sent with. */
function expectLike({ codec, config, width, height, sampleRate, channels }: JudgedTrack, sent: JudgedTrack): void {
  expect({ width, height, sampleRate, channels }).toEqual({
    ...{ width: sent.width, height: sent.height },
    ...{ sampleRate: sent.sampleRate, channels: sent.channels },
  });
  // FLAC has a mark in front of it in FLV.
  expect(config.endsWith(sent.config), `${config} is not ${sent.config}`).toBe(true);
  expect([sent.config === '', config === '']).toEqual([UNANNOUNCED.has(codec), UNANNOUNCED.has(codec)]);
}

/** The vpcC in a film's MP4: FFmpeg reads what it says and keeps none of its bytes. */
async function vpccIn(film: EnhancedName): Promise<string> {
  const file = await readFile(await enhancedFilm(film));
  const at = file.indexOf('vpcC');
  return file.subarray(at + 4, at - 4 + file.readUInt32BE(at - 4)).toString('hex');
}

/** Keeps the counts for people. */
function note(showings: Map<EnhancedRow, EnhancedShowing>): typeof showings {
  const counts = ({ tracks, packets }: Verdict): string[] =>
    tracks.map(({ codec, decoded }, place) => {
      const own = packets.filter(({ track }) => track === place);
      return `${codec}: ${own.length} packets, ${own.filter(({ key }) => key).length} key, ${decoded} decoded`;
    });
  for (const [{ title }, { sent, seen }] of showings) {
    const table = { by: sent.by, sent: counts(sent), ...Object.fromEntries([...seen].map(([k, v]) => [k, counts(v)])) };
    writeFileSync(join(outputOf('interop'), `${title.replace(': ', ' ')}.json`), JSON.stringify(table, undefined, 2));
  }
  return showings;
}
