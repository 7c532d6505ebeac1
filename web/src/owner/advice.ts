import type { ControlMessage, RoomState, TrackInfo } from '../../../src/client/index.ts';

/** Key frames farther apart than this make newcomers wait. s */
const GOP_LONG = 2.5;
/** Without sound for this long after the start, something is wrong. ms */
const SOUND_WAIT = 5000;

/** What the desk says about the signal. Codes as the doctor's; texts are in the message files. */
export interface Finding {
  code: 'gop-long' | 'audio-missing' | 'gone';
  severity: 'warn' | 'bad';
  /** Seconds, where the sentence has a number. */
  value: number;
}

export interface SignalFacts {
  state: RoomState;
  tracks: readonly TrackInfo[];
  control: ControlMessage | undefined;
  /** How long the room is live, or the publisher gone. ms */
  live: number;
  gone: number;
}

/** What could be better, the worst first. */
export function findingsOf({ state, tracks, control, live, gone }: SignalFacts): Finding[] {
  if (state === 'waiting') return [{ code: 'gone', severity: 'bad', value: gone / 1000 }];
  if (state !== 'live') return [];
  const findings: Finding[] = [];
  if (live > SOUND_WAIT && !tracks.some(({ kind }) => kind === 'audio')) {
    findings.push({ code: 'audio-missing', severity: 'warn', value: 0 });
  }
  const gop = control?.rates.gop ?? 0;
  if (gop > GOP_LONG) findings.push({ code: 'gop-long', severity: 'warn', value: gop });
  return findings;
}

/** One word for it all. */
export type Verdict = 'idle' | 'starting' | 'good' | 'improve' | 'noticed' | 'gone';

/** The verdict that fits the findings. */
export function verdictOf(state: RoomState, findings: readonly Finding[]): Verdict {
  if (state === 'waiting') return 'gone';
  if (state === 'starting') return 'starting';
  if (state !== 'live') return 'idle';
  if (findings.some(({ severity }) => severity === 'bad')) return 'noticed';
  return findings.length === 0 ? 'good' : findings.length === 1 ? 'improve' : 'noticed';
}
