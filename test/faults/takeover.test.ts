import { readFile } from 'node:fs/promises';
import { describe, expect, onTestFinished } from 'vitest';
import { clip, type ClipName } from '../clips.ts';
import { FlvReader, type FlvTag } from '../flv-reader.ts';
import { type Program, testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { Watcher } from '../watch.ts';
import { MAX_GAP } from './control.ts';
import { report, sized } from './report.ts';
import { expectContinued, getPictures, Room } from './room.ts';

/** Two encoders that both send replace each other at most this often. ms */
const EVERY = 10_000;
/** Switches that are waited for. */
const SWITCHES = sized(2, 6);

/** An encoder that connects anew whenever it was cut. */
async function fight(room: Room, film: ClipName): Promise<() => number> {
  let stopped = false;
  let attempts = 0;
  let program: Program;
  const again = async (): Promise<void> => {
    if (stopped) return;
    attempts++;
    program = await room.publish(undefined, film);
    void program.done.then(again);
  };
  await again();
  onTestFinished(async () => {
    stopped = true;
    await program.stop('SIGKILL');
  });
  return () => attempts;
}

/** Says of a tag which of two films it is from; undefined where both have the like. */
async function judge(a: ClipName, b: ClipName): Promise<(tag: FlvTag) => string | undefined> {
  const marks = await Promise.all(
    [a, b].map(async (name) => {
      const reader = new FlvReader();
      reader.push(await readFile(await clip(name)));
      return new Set(reader.tags.map(markOf));
    }),
  );
  return (tag) => {
    const [inA, inB] = marks.map((set) => set.has(markOf(tag)));
    return inA === inB ? undefined : inA ? a : b;
  };
}

function markOf({ kind, size, start }: FlvTag): string {
  return `${kind} ${size} ${Buffer.from(start).toString('hex')}`;
}

describe('R-09 two encoders that fight with the same key', () => {
  testWith(
    ['ffmpeg'],
    'R-09 switch at most once in ten seconds, never mix, and cost no viewer a picture',
    { timeout: 20_000 + (SWITCHES + 1) * 15_000 },
    async () => {
      const room = await Room.open();
      const sourceOf = await judge('mp3', '3-mbit');
      const first = await fight(room, 'mp3');
      // A body of MP4 ends with the first change of codec.
      const { 'http-mp4': _body, 'ws-mp4': _socket, ...viewers } = room.watch();
      await getPictures(viewers, 50);
      const second = await fight(room, '3-mbit');
      const replaced = (): number[] => room.told.filter(({ what }) => what === 'replaced').map(({ at }) => at);
      await until('they have switched', () => replaced().length >= SWITCHES, SWITCHES * (EVERY + 5000));
      await getPictures(viewers, 50);

      const times = replaced();
      const apart = times.slice(1).map((at, index) => Math.round(at - times[index]!));
      expect(Math.min(...apart), 'ms between switches').toBeGreaterThanOrEqual(EVERY);
      expect(room.story).not.toContain('waiting');
      const refused = room.story.filter((what) => what === 'refused too-soon').length;
      expect(refused).toBeGreaterThan(0);
      const lines = room.at.log.filter(({ fields }) => fields['code'] === 'too-soon');
      const logged = lines.reduce((sum, { fields }) => sum + Number(fields['more'] ?? 1), 0);
      // Those of the last second may not be told yet.
      expect(logged, 'refusals in the log').toBeGreaterThan(refused / 2);
      expect(logged).toBeLessThanOrEqual(refused);

      for (const viewer of Object.values(viewers)) {
        if (!(viewer instanceof Watcher)) continue;
        for (const kind of ['audio', 'video'] as const) {
          const sources = viewer.flv.media(kind).map(sourceOf).filter(Boolean);
          expect(sources.length, 'tags whose film is known').toBeGreaterThan(50);
          const runs = sources.filter((source, index) => source !== sources[index - 1]);
          expect(runs.length - 1, `changes between the films in ${kind}`).toBe(times.length);
        }
        expect(viewer.flv.fault).toBeUndefined();
      }
      const gap = expectContinued(viewers, room);
      expect(gap).toBeLessThan(MAX_GAP);
      const tries = `${first() + second()} attempts, ${refused} refused`;
      report('R-09', `${times.length} switches ${apart.join(' and ')} ms apart, longest gap ${gap} ms, ${tries}`);
    },
  );
});
