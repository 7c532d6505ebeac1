import { describe, expect, test } from 'vitest';
import { FeedStage } from '../../test/feed-stage.ts';
import { frameOf, sample } from '../containers/contract-samples.ts';
import { carriageOf } from '../containers/ts/carriage.ts';
import { pid } from '../containers/ts/packet.ts';
import { packetViews } from '../containers/ts/packet-view.ts';
import { readStreams } from '../containers/ts/program-map.ts';
import { SectionReader } from '../containers/ts/section-reader.ts';
import { timeAt, TS_ORIGIN } from '../containers/ts/ticks.ts';
import { TsMuxer } from '../containers/ts/ts-muxer.ts';
import { concatBytes } from '../media/bytes/bytes.ts';
import type { Frame, Track } from '../media/frame.ts';
import { MILLISECOND, SECOND, toMs } from '../media/time.ts';
import type { Cursor } from './cursor.ts';

const { video, video2, audio, audio2, mp3 } = sample;
const id3: Track = { id: 7, kind: 'data', codec: 'id3', config: new Uint8Array(0) };
const other: Track = { ...video2, id: 9 };

/** Tables come at least this often. */
const TABLES_MS = 400;

/** Names a track's carriage. */
const nameOf = (track: Track): string => `${carriageOf(track)!.pid}:${carriageOf(track)!.streamType}`;

/** One who reads MPEG-TS as it comes, and notes under which PMT each frame came. */
class Reader {
  readonly cursor: Cursor;
  /** Of each frame: its PID, its decode time in ms, and what the last PMT lists. */
  readonly frames: { pid: number; ms: number; listed: readonly string[] }[] = [];
  readonly #sections: SectionReader;
  #listed: readonly string[] | undefined;
  #hasPat = false;

  constructor(stage: FeedStage) {
    this.cursor = stage.feed.join(() => {});
    this.#sections = new SectionReader(({ body }) => {
      this.#listed = readStreams(body).map(({ pid: of, streamType }) => `${of}:${streamType}`);
    });
  }

  read(): void {
    for (const packet of packetViews(concatBytes(this.cursor.take(Infinity)))) {
      if (packet.pid === pid.pat) this.#hasPat = true;
      if (packet.pid === pid.pmt) this.#sections.push(packet.payload, packet.starts);
      if (packet.pid < pid.firstTrack || !packet.starts || packet.payload.length === 0) continue;
      if (!this.#hasPat || !this.#listed) throw new Error('A frame came before PAT and PMT.');
      const ticks = timeAt(packet.payload, packet.payload[7]! >= 0xc0 ? 14 : 9);
      this.frames.push({ pid: packet.pid, ms: Math.round(ticks / 90 - toMs(TS_ORIGIN)), listed: this.#listed });
    }
  }
}

/** Numbers from 0 to below 1, the same for the same seed. */
function numbers(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe('a reader of MPEG-TS', () => {
  const changes: { name: string; before: Track[]; after: Track[] }[] = [
    { name: 'a sound that comes late', before: [video], after: [video, audio] },
    { name: 'a picture that comes late', before: [audio], after: [video, audio] },
    { name: 'a sound that ends', before: [video, audio], after: [video] },
    { name: 'a picture that ends', before: [video, audio], after: [audio] },
    { name: 'another codec of the sound', before: [video, audio], after: [video, mp3] },
    { name: 'another configuration', before: [video, audio], after: [video2, audio2] },
    { name: 'another picture in its place', before: [video, audio], after: [other, audio] },
    { name: 'data that comes late', before: [video, audio], after: [video, audio, id3] },
  ];

  test.each(changes)('knows of $name before its first frame, whenever they came', async ({ before, after }) => {
    const stage = new FeedStage({ muxer: new TsMuxer(), viewerQueue: 1e6 });
    const readers = [new Reader(stage)];
    const film = (tracks: readonly Track[], from: number): Frame[] =>
      Array.from({ length: 50 }, (_, i) =>
        tracks.map((track) => frameOf(track, { ms: from + i * 20, key: track.kind !== 'video' || i === 0 })),
      ).flat();
    stage.update(...before);
    await stage.write(film(before, 0));
    readers.push(new Reader(stage));
    stage.update(...after);
    readers.push(new Reader(stage));
    await stage.write(film(after, 1000));
    readers.push(new Reader(stage));
    stage.feed.flush();
    for (const reader of readers) {
      reader.read();
      const late = reader.frames.filter(({ ms }) => ms >= 1000);
      expect(late.length).toBeGreaterThanOrEqual(50);
      for (const { listed } of late) expect(listed.toSorted()).toEqual(after.map(nameOf).toSorted());
    }
  });

  let skips = 0;
  test.each(Array.from({ length: 20 }, (_, seed) => seed))(
    'has the tables of what it gets, whatever comes, goes and is skipped: seed %i',
    async (seed) => {
      const random = numbers(seed);
      const gop = { duration: random() < 0.2 ? 0 : 10 * SECOND, bytes: 1e6 };
      const stage = new FeedStage({ muxer: new TsMuxer(), viewerQueue: 3000, gop });
      const lineups = new Map<number, readonly string[]>();
      const readers: Reader[] = [];
      const some = (): Track[] => [
        ...[video, video2, other].slice(Math.floor(random() * 4)).slice(0, 1),
        ...[audio, audio2, mp3].slice(Math.floor(random() * 3)).slice(0, 1),
        ...(random() < 0.3 ? [id3] : []),
      ];
      let tracks = some();
      stage.update(...tracks);
      for (let ms = 0; ms < 8000; ms += 20) {
        if (random() < 0.02) stage.update(...(tracks = some()));
        if (random() < 0.02) readers.push(new Reader(stage));
        lineups.set(ms, tracks.map(nameOf));
        const key = random() < 0.04;
        await stage.write(tracks.map((track) => frameOf(track, { ms, key: track.kind !== 'video' || key, size: 200 })));
        for (const reader of readers) if (random() < 0.03) reader.read();
      }
      stage.scheduler.advance(100 * MILLISECOND);
      for (const reader of readers) {
        reader.read();
        let more: number | undefined;
        for (const { listed, ms } of reader.frames) {
          const wanted = lineups.get(ms)!;
          expect(listed, `at ${ms} ms`).toEqual(expect.arrayContaining([...wanted]));
          // A header names what came since, too, and who skipped ahead may know of what is no longer there: until the next tables.
          more = listed.length > wanted.length ? (more ?? ms) : undefined;
          if (more !== undefined) expect(ms - more, `at ${ms} ms`).toBeLessThanOrEqual(TABLES_MS);
        }
      }
      expect(readers.reduce((sum, { frames }) => sum + frames.length, 0)).toBeGreaterThan(200);
      skips += readers.reduce((sum, { cursor }) => sum + cursor.skips, 0);
    },
  );
  test('… and much was skipped', () => expect(skips).toBeGreaterThan(20));
});
