import { afterAll, describe, expect } from 'vitest';
import type { ClipName } from '../clips.ts';
import { testWith } from '../programs.ts';
import { until } from '../servers.ts';
import { Watcher } from '../watch.ts';
import { closeChromium } from './chromium.ts';
import { compare } from './compare.ts';
import { long } from '../long.ts';
import { type Film, film } from './films.ts';
import { complaintsOf, type Packet } from './packets.ts';
import { type PlayerRow, players, type Watched } from './players.ts';
import { sendWithFfmpeg } from './publishers.ts';
import { invite } from './showing.ts';
import { openStage } from './stage.ts';

/** The publisher is lost this many seconds into its film. */
const CUT = 2.4;
const MAX_OFFSET_MS = 40;

/**
 * mpv says that there is a gap, which there is. Players made of ffmpeg hand a new config to their decoder, which takes
 * it, and not to their parser, which wonders; and they call metadata that comes again a track of text.
 */
const HARMLESS = /Invalid audio PTS|illegal reordering_of_pic_nums_idc|Last message repeated|New subtitle stream/;

afterAll(closeChromium);

const columns = players.filter(({ heavy, name }) => (long || !heavy) && !name.startsWith('ffprobe'));
/**
 * mpegts.js by itself stops at the gap before another size; our page joins anew there. VLC does not hand a new config to
 * its decoder.
 */
const adaptive = columns.filter(({ needs }) => !needs.includes('chromium') && !needs.includes('vlc'));

describe('a publisher that is lost and comes back', () => {
  // `npm test` sees that at the faults, and in the page.
  if (long) publisherReturns('with the same film', 'b-frames', columns);
  publisherReturns('with another size', 'numbered', adaptive);
});

/** All players stay; each of them is a test. */
function publisherReturns(how: string, name: ClipName, audience: readonly PlayerRow[]): void {
  describe(`${how}`, () => {
    let showing: ReturnType<typeof show> | undefined;

    for (const player of audience) {
      testWith(['ffmpeg', ...player.needs], `${how}, ${player.name} goes on`, {}, async () => {
        const { second, watched } = await (showing ??= show(name, audience));
        const { complaints, seen, pictures } = watched.get(player)!;
        expect(complaints.split('\n').filter((line) => line !== '' && !HARMLESS.test(line))).toEqual([]);
        if (seen) expectContinued(second, seen as Packet[]);
        else expect(pictures).toBeGreaterThan(second.packets.filter(({ kind }) => kind === 'video').length);
      });
    }
  });
}

async function show(
  name: ClipName,
  invited: readonly PlayerRow[],
): Promise<{ second: Film; watched: Map<PlayerRow, Watched> }> {
  const [first, second] = [await film('b-frames', 5), await film(name, 5)];
  const stage = await openStage({ grace: 20 });
  const { watching, ready } = invite({ stage, players: invited, go: Promise.resolve() });
  await ready;
  await stage.viewers(watching.length);
  const witness = new Watcher(stage.httpUrl);
  const lost = sendWithFfmpeg(first.file, stage.rtmpUrl);
  await until('it is far enough', () => (witness.flv.tags.at(-1)?.timestamp ?? 0) > CUT * 1000);
  await lost.stop('SIGKILL');
  const outcome = await sendWithFfmpeg(second.file, stage.rtmpUrl).done;
  expect(complaintsOf(outcome)).toBe('');
  return { second, watched: new Map(await Promise.all(watching)) };
}

/** The second film whole, at times that go on from the first. */
function expectContinued({ packets }: Film, seen: readonly Packet[]): void {
  const rest: Packet[] = [];
  for (const kind of ['video', 'audio'] as const) {
    const sent = packets.filter((packet) => packet.kind === kind).length;
    const got = seen.filter((packet) => packet.kind === kind).sort((a, b) => a.pts - b.pts);
    const [before, after] = [got.slice(0, -sent), got.slice(-sent)];
    expect(before.length, `${kind} before the loss`).toBeGreaterThan(30);
    const pause = after[0]!.pts - before.at(-1)!.pts;
    expect(pause, `seconds without ${kind}`).toBeGreaterThan(0);
    expect(pause, `seconds without ${kind}`).toBeLessThan(5);
    rest.push(...after);
  }
  const { faults, offsetMs } = compare(packets, rest);
  expect(faults).toEqual([]);
  expect(offsetMs).toBeLessThanOrEqual(MAX_OFFSET_MS);
}
