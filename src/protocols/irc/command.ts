import type { Line } from './line.ts';
import type { Peer } from './peer.ts';

/** What a client may say, and what is done about it. */
export interface Command {
  /** Parameters that it has at least. */
  readonly least: number;
  /** Also for those who have no nick yet. */
  readonly early?: true;
  run(peer: Peer, params: readonly string[], line: Line): void | Promise<void>;
}

/** Commands by their names, in upper case. */
export type CommandRows = Readonly<Record<string, Command>>;
