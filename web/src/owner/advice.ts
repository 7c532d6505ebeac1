import type { Finding, RoomState } from '../../../src/client/index.ts';
import type { AdviceWords } from '../messages/advice.ts';

type Code = keyof AdviceWords;

/** What the desk advises: a finding of the server’s doctor, or that the signal is gone. */
export interface Advice extends Omit<Finding, 'code'> {
  code: Code;
}

export interface SignalFacts {
  state: RoomState;
  /** The server’s findings, the worst first. */
  told: readonly Finding[];
  /** How long the publisher is gone. ms */
  gone: number;
}

/**
 * What each finding is about. `room`: not the picture and sound that arrive, so that it is still true when nothing does.
 * `noticed`: viewers see or hear it.
 */
const KINDS: Readonly<Record<Code, 'room' | 'noticed' | 'better'>> = {
  'gop-long': 'better',
  'gop-irregular': 'better',
  'frame-rate-variable': 'noticed',
  'bit-rate-unstable': 'noticed',
  'bit-rate-high': 'better',
  'audio-missing': 'noticed',
  'video-missing': 'better',
  'b-frames': 'better',
  'key-refused': 'room',
  'clock-drift': 'noticed',
  'codec-unplayable': 'noticed',
  'timestamps-jump': 'noticed',
  gone: 'noticed',
};

/** What could be better, the worst first. A newer server may tell of more than there are words for: that is left out. */
export function adviceOf({ state, told, gone }: SignalFacts): Advice[] {
  const known = told.filter(({ code }) => Object.hasOwn(KINDS, code));
  if (state === 'live') return known;
  const lasting = known.filter(({ code }) => KINDS[code] === 'room');
  return state === 'waiting'
    ? [{ code: 'gone', severity: 'bad', values: { seconds: gone / 1000 } }, ...lasting]
    : lasting;
}

/** One word for it all. */
export type Verdict = 'idle' | 'refused' | 'starting' | 'good' | 'improve' | 'noticed' | 'gone';

/** The verdict that fits the advice. */
export function verdictOf(state: RoomState, advice: readonly Advice[]): Verdict {
  if (state === 'waiting') return 'gone';
  if (state === 'starting') return 'starting';
  if (state !== 'live') return advice.length > 0 ? 'refused' : 'idle';
  if (advice.some(({ code, severity }) => severity === 'bad' || (severity === 'warn' && KINDS[code] === 'noticed')))
    return 'noticed';
  return thingsToImprove(advice) > 0 ? 'improve' : 'good';
}

/** How many things could be better; what is only worth a word may well be meant so. */
export function thingsToImprove(advice: readonly Advice[]): number {
  return advice.filter(({ severity }) => severity !== 'info').length;
}

/** The number of the desk that a finding is about. */
export type Reading = 'bitRate' | 'frameRate' | 'gop';

const ABOUT: Readonly<Partial<Record<Code, Reading>>> = {
  'gop-long': 'gop',
  'gop-irregular': 'gop',
  'frame-rate-variable': 'frameRate',
  'bit-rate-unstable': 'bitRate',
  'bit-rate-high': 'bitRate',
};

/** The numbers that something is wrong with. */
export function suspects(advice: readonly Advice[]): ReadonlySet<Reading> {
  return new Set(advice.flatMap(({ code, severity }) => (severity === 'info' ? [] : (ABOUT[code] ?? []))));
}

/** A finding in words: what is seen and why it matters, then what to do. */
export function wordsOf({ code, values }: Advice, words: AdviceWords): { title: string; text: string } {
  const { title, text } = words[code];
  return {
    title: typeof title === 'string' ? title : title(values),
    text: typeof text === 'string' ? text : text(values),
  };
}
