import type { TrackInfo } from '../../../src/client/index.ts';

/** A picture in one size and rate. */
export interface Quality {
  id: number;
  height?: number;
  /** Frames a second. */
  frameRate?: number;
  /** bit/s */
  bitRate?: number;
}

/** One of several languages, or of several microphones: no stream tells which. */
export interface Sound {
  id: number;
}

/** What there is to choose from, and what of it is in use. Lists of one are no choice. */
export interface ChoicesOf {
  qualities: readonly Quality[];
  /** The one that is shown now. */
  quality?: number;
  sounds: readonly Sound[];
  /** The one that is heard now. */
  sound?: number;
  /** There is text that can be shown. */
  captions: boolean;
}

export const noChoices: ChoicesOf = { qualities: [], sounds: [], captions: false };

/** What there is to choose from in a room: a way that brings only the first of each kind does not tell. */
export function choicesIn(tracks: readonly TrackInfo[]): ChoicesOf {
  const of = (kind: TrackInfo['kind']): TrackInfo[] => tracks.filter((track) => track.kind === kind);
  return {
    qualities: of('video').map(({ height, frameRate }, id) => ({
      id,
      ...(height ? { height } : {}),
      ...(frameRate ? { frameRate } : {}),
    })),
    quality: 0,
    sounds: of('audio').map((_track, id) => ({ id })),
    sound: 0,
    captions: tracks.some(({ codec }) => codec === 'captions'),
  };
}

/** What the viewer wants of what there is to choose. */
export interface Wanted {
  /** Height of the picture; undefined: as the network allows. */
  height?: number;
  /** Place of the sound among all; undefined: the first. */
  sound?: number;
  captions: boolean;
}

/** The quality that comes nearest to what is wanted; undefined where the network shall decide. */
export function qualityFor(qualities: readonly Quality[], { height }: Pick<Wanted, 'height'>): Quality | undefined {
  if (height === undefined) return undefined;
  const far = (quality: Quality): number => Math.abs((quality.height ?? 0) - height);
  return qualities.toSorted((a, b) => far(a) - far(b) || (b.bitRate ?? 0) - (a.bitRate ?? 0))[0];
}

/** Those that a height tells apart, the largest first: of several with the same one, that with the most bits. */
export function distinctQualities(qualities: readonly Quality[]): (Quality & { height: number })[] {
  const best = new Map<number, Quality & { height: number }>();
  for (const quality of qualities) {
    const { height } = quality;
    if (height && (quality.bitRate ?? 0) >= (best.get(height)?.bitRate ?? 0)) best.set(height, { ...quality, height });
  }
  return [...best.values()].toSorted((a, b) => b.height - a.height);
}

/** `1080p60`, `720p`; the bit rate's words where no size is known. */
export function qualityName({ height, frameRate }: Quality, rate: string): string {
  if (!height) return rate;
  const rounded = Math.round(frameRate ?? 0);
  return `${height}p${rounded > 30 ? rounded : ''}`;
}
