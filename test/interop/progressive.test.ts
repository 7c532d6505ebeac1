import { afterAll, describe, expect } from 'vitest';
import { testWith } from '../programs.ts';
import { closeChromium } from './chromium.ts';
import { long } from '../long.ts';
import { film } from './films.ts';
import { progressivePlayers } from './progressive-players.ts';
import { sendWithFfmpeg } from './publishers.ts';
import { show, type Showing } from './showing.ts';
import { openStage } from './stage.ts';

/** What a person calls in step. */
const MAX_OFFSET_MS = 40;
/** The stage’s stream is in this room. */
const room = { defaultRoom: 'film' };

/** Who joins has to start while the film is on: few at once. */
const columns = {
  join: progressivePlayers.filter(({ name }) => /^(?:ffmpeg by HTTP|a file by HTTP|Chromium)/.test(name)),
  wait: progressivePlayers.filter(({ heavy }) => long || !heavy),
} as const;
const SECONDS = { join: 10, wait: undefined } as const;

afterAll(closeChromium);

/** One publisher feeds all of them at once; each is a test. */
describe.each(['join', 'wait'] as const)('players that %s', (manner) => {
  let showing: Promise<Showing> | undefined;
  const perform = async (): Promise<Showing> =>
    show({
      stage: await openStage(room),
      film: await film('b-frames', SECONDS[manner]),
      players: columns[manner],
      manner,
      send: sendWithFfmpeg,
    });

  for (const player of columns[manner]) {
    testWith([...new Set(['ffmpeg', ...player.needs] as const)], player.name, {}, async () => {
      const { complaints, cells } = await (showing ??= perform());
      expect(complaints, 'what the publisher complains of').toBe('');
      const { faults, offsetMs, missed } = cells.get(player.name)!;
      expect(faults).toEqual([]);
      expect(offsetMs ?? 0).toBeLessThanOrEqual(MAX_OFFSET_MS);
      if (manner === 'wait') expect(missed).toBe(0);
    });
  }
});

/** What has no picture has nothing that the page of the WebSocket asks for. */
const simple = progressivePlayers.filter(({ name }) => /^ffmpeg|video src/.test(name));

const films = ['audio-only', 'video-only'] as const;
let shownTogether: Promise<Map<string, Showing>> | undefined;

/** Each leaves room for the other. */
async function showFilms(): Promise<Map<string, Showing>> {
  const showings = films.map(async (clip): Promise<[string, Showing]> => {
    const stage = await openStage(room);
    return [clip, await show({ stage, film: await film(clip), players: simple, manner: 'wait', send: sendWithFfmpeg })];
  });
  return new Map(await Promise.all(showings));
}

describe.each(films)('a film that is %s', (clip) => {
  for (const player of simple) {
    testWith([...new Set(['ffmpeg', ...player.needs] as const)], player.name, {}, async () => {
      const { cells } = (await (shownTogether ??= showFilms())).get(clip)!;
      expect(cells.get(player.name)).toMatchObject({ faults: [], missed: 0 });
    });
  }
});
