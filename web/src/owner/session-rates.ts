import type { SessionInfo } from '../../../src/client/index.ts';

/** A rate is that of the last seconds: one alone says more of the moment at which a key frame went out. ms */
const SPAN = 5000;
/** What is told of less than this is as much of the moment: two key frames of a usual stream are apart by half of it. ms */
const LEAST_SPAN = 4000;

interface Sample {
  at: number;
  bytes: number;
}

/** Bytes of a session on the wire, in the direction that counts. */
export function bytesOf({ action, bytesIn, bytesOut }: SessionInfo): number {
  return action === 'publish' ? bytesIn : bytesOut;
}

/** What each session sends or gets, from counts that come about once a second. */
export class SessionRates {
  readonly #samples = new Map<string, Sample[]>();
  /** What was told before anybody looked is older than that, nobody knows how much. */
  #old: readonly SessionInfo[] | undefined;

  /** bit/s by id; a session that was seen for too short a time has none. `now` is monotonic, ms. */
  read(sessions: readonly SessionInfo[], now: number): Map<string, number> {
    const rates = new Map<string, number>();
    this.#old ??= sessions;
    if (sessions === this.#old) return rates;
    for (const id of this.#samples.keys()) if (!sessions.some((session) => session.id === id)) this.#samples.delete(id);
    for (const session of sessions) {
      const samples = this.#samples.get(session.id) ?? [];
      samples.push({ at: now, bytes: bytesOf(session) });
      while (samples.length > 2 && now - samples[0]!.at > SPAN) samples.shift();
      this.#samples.set(session.id, samples);
      const { at, bytes } = samples[0]!;
      if (now - at >= LEAST_SPAN)
        rates.set(session.id, Math.max(0, ((samples.at(-1)!.bytes - bytes) * 8000) / (now - at)));
    }
    return rates;
  }
}
