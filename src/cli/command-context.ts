import type { Effective } from '../config/load.ts';

/** What a command gets to work with; nothing in it is global. */
export interface CommandContext {
  readonly effective: Effective;
  readonly stdout: Output;
  readonly stderr: Output;
  /**
   * Calls `stop` when the process is asked to stop, by SIGINT, SIGTERM or SIGHUP; that last one asks for `reload` where
   * there is such a thing, as service managers mean it.
   */
  readonly signals: (stop: (signal: NodeJS.Signals) => void, reload?: () => void) => void;
}

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}
