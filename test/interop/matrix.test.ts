import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect } from 'vitest';
import { outputOf } from '../output.ts';
import { testWith } from '../programs.ts';
import { closeChromium } from './chromium.ts';
import { long } from '../long.ts';
import { film } from './films.ts';
import { players } from './players.ts';
import { type PublisherRow, publishers } from './publishers.ts';
import { show, type Showing, type ShowingOptions } from './showing.ts';
import { openStage } from './stage.ts';

/** What a person calls in step. */
const MAX_OFFSET_MS = 40;

const rows = publishers.filter(({ heavy }) => long || !heavy);
const columns = players.filter(({ heavy }) => long || !heavy);

afterAll(closeChromium);

for (const publisher of rows) cells(publisher, 'join');
cells(publishers[0]!, 'wait');

/** One publisher feeds all players at once; each of them is a test. */
function cells(publisher: PublisherRow, manner: ShowingOptions['manner']): void {
  const name = manner === 'wait' ? `${publisher.name}, awaited` : publisher.name;
  describe(`${name}`, () => {
    let showing: Promise<Showing> | undefined;

    for (const player of columns) {
      const needs = [...new Set(['ffmpeg', ...publisher.needs, ...player.needs] as const)];
      testWith(needs, `${name} → ${player.name}`, {}, async () => {
        const told = await (showing ??= perform(publisher, manner));
        expect(told.complaints, 'what the publisher complains of').toBe('');
        const cell = told.cells.get(player.name)!;
        expect(cell.faults).toEqual([]);
        expect(cell.offsetMs ?? 0).toBeLessThanOrEqual(MAX_OFFSET_MS);
        if (manner === 'wait') expect(cell.missed).toBe(0);
      });
    }
  });
}

async function perform(publisher: PublisherRow, manner: ShowingOptions['manner']): Promise<Showing> {
  const showing = await show({
    stage: await openStage(),
    film: await film(publisher.clip, publisher.seconds),
    players: columns,
    manner,
    send: publisher.start,
  });
  const table = JSON.stringify(Object.fromEntries(showing.cells), undefined, 2);
  writeFileSync(join(outputOf('interop'), `${publisher.name} ${manner}.json`), table);
  return { ...showing, complaints: showing.complaints.replaceAll(publisher.words ?? /^$/g, '').trim() };
}
