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

/** These are of the picture and sound that arrive; what was said of them is old when nothing does. */
const OF_THE_ROOM: ReadonlySet<Code> = new Set<Code>(['key-refused']);
/** Those that viewers see or hear. */
const NOTICED: ReadonlySet<Code> = new Set<Code>([
  'frame-rate-variable',
  'bit-rate-unstable',
  'audio-missing',
  'clock-drift',
  'codec-unplayable',
  'timestamps-jump',
]);
/** May be meant: nothing that would be better in another way. */
const AS_MEANT: ReadonlySet<Code> = new Set<Code>(['video-missing']);

/**
 * What could be better, the worst first. `words`: those that are there; a newer server may tell of more.
 */
export function adviceOf({ state, told, gone }: SignalFacts, words: Partial<AdviceWords>): Advice[] {
  const said = told.filter(({ code }) => Object.hasOwn(words, code));
  if (state === 'live') return said;
  const lasting = said.filter(({ code }) => OF_THE_ROOM.has(code));
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
  if (advice.some(({ code, severity }) => severity === 'bad' || NOTICED.has(code))) return 'noticed';
  return thingsToImprove(advice) > 0 ? 'improve' : 'good';
}

/** How many things could be better. */
export function thingsToImprove(advice: readonly Advice[]): number {
  return advice.filter(({ code }) => !AS_MEANT.has(code)).length;
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
