import type Mpegts from 'mpegts.js';
import type { Engine } from './engine.ts';
import { mediaSource } from './playable.ts';

/** What plays: the player library, and what joins it to the page. */
export interface Engines {
  Engine: typeof Engine;
  library: typeof Mpegts;
}

/** Loads what plays; in chunks of their own, since together they are larger than the page. `undefined`: no way to play here. */
export async function loadEngine(): Promise<Engines | undefined> {
  if (!mediaSource()) return undefined;
  const [{ Engine }, { default: library }] = await Promise.all([import('./engine.ts'), import('mpegts.js')]);
  library.LoggingControl.enableAll = false;
  return { Engine, library };
}
