import type { Comment, Mode } from './comment.ts';

/** Shares of the picture's height. */
export const areas = [0.25, 0.5, 0.75, 1] as const;
export const modes: readonly Mode[] = ['scroll', 'top', 'bottom'];
export const densities = ['low', 'normal', 'high'] as const;
export type Density = (typeof densities)[number];

/** What sliders go through. */
export interface Range {
  least: number;
  most: number;
  step: number;
}

/** Size and opacity in percent, speed as the seconds that a comment takes. */
export const ranges: Readonly<Record<'size' | 'opacity' | 'speed', Range>> = {
  size: { least: 50, most: 150, step: 10 },
  opacity: { least: 20, most: 100, step: 5 },
  speed: { least: 5, most: 15, step: 1 },
};

/** A list that a person can still look through. */
export const MAX_WORDS = 50;
/** What is hidden by is a word, or a few. letters */
export const MAX_WORD = 30;

/** How a viewer wants comments to fly. Kept between visits. */
export interface Look {
  /** Undefined until it was chosen: then they fly unless the system asks for less motion. */
  on?: boolean;
  /** Percent. */
  size: number;
  /** Percent. */
  opacity: number;
  /** Seconds from one edge to the other. */
  speed: number;
  /** Share of the picture's height. */
  area: number;
  density: Density;
  /** Kinds that are not shown. */
  without: readonly Mode[];
  /** Comments with one of these in them are not shown; in lower case. */
  words: readonly string[];
}

export const defaultLook: Look = {
  size: 100,
  opacity: 85,
  speed: 9,
  area: 0.5,
  density: 'normal',
  without: [],
  words: [],
};

/** A look from what was kept, which may be anything. */
export function readLook(kept: unknown): Look {
  const { on, size, opacity, speed, area, density, without, words } = (kept ?? {}) as Record<string, unknown>;
  const within = (name: keyof typeof ranges, value: unknown): number =>
    typeof value === 'number' && value >= ranges[name].least && value <= ranges[name].most ? value : defaultLook[name];
  return {
    ...(typeof on === 'boolean' ? { on } : {}),
    size: within('size', size),
    opacity: within('opacity', opacity),
    speed: within('speed', speed),
    area: areas.find((share) => share === area) ?? defaultLook.area,
    density: densities.find((name) => name === density) ?? defaultLook.density,
    without: Array.isArray(without) ? modes.filter((mode) => without.includes(mode)) : [],
    words: Array.isArray(words) ? words.reduce<readonly string[]>(withWord, []) : [],
  };
}

/** The list with one word more, unless it is empty, too long or there already, or the list is full. */
export function withWord(words: readonly string[], word: unknown): readonly string[] {
  if (typeof word !== 'string' || words.length >= MAX_WORDS) return words;
  const plain = fold(word.trim());
  return plain === '' || plain.length > MAX_WORD || words.includes(plain) ? words : [...words, plain];
}

/** Whether a viewer wants to see it. What they have written themselves they do. */
export function admits({ without, words }: Look, { text, mode, own }: Comment): boolean {
  if (own) return true;
  if (without.includes(mode)) return false;
  const folded = fold(text);
  return !words.some((word) => folded.includes(word));
}

/** Letters of another width or case are the same letters. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
