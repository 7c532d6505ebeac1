import { findProgram, type Program } from '../programs.ts';
import { type Cell, judge } from './cell.ts';
import type { Film } from './films.ts';
import { complaintsOf } from './packets.ts';
import type { PlayerRow, Watched } from './players.ts';
import type { Stage } from './stage.ts';

export interface ShowingOptions {
  stage: Stage;
  film: Film;
  /** Those that are not installed stay away. */
  players: readonly PlayerRow[];
  /** Players `join` while the publisher sends, or `wait` for it. */
  manner: 'join' | 'wait';
  send(file: string, url: string): Program | Promise<Program>;
}

export interface Showing {
  /** What the publisher finds fault with. */
  complaints: string;
  cells: Map<string, Cell>;
}

/** One publisher feeds all players at once, to the film's end. */
export async function show({ stage, film, players, manner, send }: ShowingOptions): Promise<Showing> {
  const kinds = new Set(film.packets.map(({ kind }) => kind));
  const go = manner === 'wait' ? Promise.resolve() : stage.live(kinds.size);
  const { watching, ready } = invite({ stage, players, go });
  await ready;
  if (manner === 'wait') await stage.viewers(watching.length);
  const sender = await send(film.file, stage.rtmpUrl);
  const watched = await Promise.all(watching);
  const cells = new Map(watched.map(([{ name }, told]) => [name, judge(film.packets, told)]));
  return { complaints: complaintsOf(await sender.done), cells };
}

/** Has the players that are installed watch when `go` resolves. `ready`: all of them wait for it. */
export function invite({ stage, players, go }: Pick<ShowingOptions, 'stage' | 'players'> & { go: Promise<void> }): {
  watching: Promise<[PlayerRow, Watched]>[];
  ready: Promise<unknown>;
} {
  const ready: Promise<void>[] = [];
  const audience = players.filter(({ needs }) => needs.every((name) => findProgram(name)));
  const watching = audience.map(async (player): Promise<[PlayerRow, Watched]> => {
    const seated = Promise.withResolvers<void>();
    ready.push(seated.promise);
    const begin = (): Promise<void> => {
      seated.resolve();
      return go;
    };
    try {
      return [player, await player.watch(stage, begin)];
    } catch (error) {
      return [player, { complaints: String(error) }];
    } finally {
      seated.resolve();
    }
  });
  return { watching, ready: Promise.all(ready) };
}
