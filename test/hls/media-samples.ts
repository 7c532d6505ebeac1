/** What the bytes of a segment say, whatever container it is in. */
export interface ReadSample {
  /** Ticks of the track's clock. */
  readonly dts: number;
  readonly pts: number;
  /** Absent where the container does not tell. */
  readonly duration?: number;
  /** Decoding can start here, as the container says, and as the bytes do where they are read. */
  readonly key: boolean;
  readonly keyInBytes?: boolean;
}

export interface ReadTrack {
  readonly id: number;
  readonly kind: 'video' | 'audio' | 'other';
  /** Ticks in a second. */
  readonly scale: number;
  readonly samples: readonly ReadSample[];
  /** First tick of each fragment, and where the one before ended; fMP4 only. */
  readonly seams: readonly { readonly start: number; readonly due: number | undefined }[];
}

/** One segment or part. */
export interface ReadPiece {
  readonly container: 'mp4' | 'ts';
  readonly tracks: readonly ReadTrack[];
  /** What is wrong with the bytes themselves. */
  readonly faults: readonly string[];
}

/** A picture in length-prefixed or Annex B form begins a sequence: IDR of H.264, IRAP of H.265. */
export function isKeyNal(codec: 'h264' | 'h265', header: number): boolean {
  if (codec === 'h264') return (header & 31) === 5;
  const type = (header >> 1) & 63;
  return type >= 16 && type <= 21;
}

/** First decode time in seconds of the track that segments are cut by, and of those it begins with. */
export function mainOf({ tracks }: Pick<ReadPiece, 'tracks'>): ReadTrack | undefined {
  const filled = tracks.filter(({ samples }) => samples.length > 0);
  return filled.find(({ kind }) => kind === 'video') ?? filled.find(({ kind }) => kind === 'audio');
}

export function startOf({ samples, scale }: ReadTrack): number {
  return samples[0]!.dts / scale;
}

/** Where the last sample ends, in seconds; the last duration that is known stands for one that is not. */
export function endOf({ samples, scale }: ReadTrack): number {
  const last = samples.at(-1)!;
  const before = samples.at(-2);
  return (last.dts + (last.duration ?? (before ? last.dts - before.dts : 0))) / scale;
}

/** Seconds; undefined for a single sample that does not say how long it lasts. */
export function lengthOf(track: ReadTrack): number | undefined {
  const isKnown = track.samples.length > 1 || track.samples[0]?.duration !== undefined;
  return isKnown ? endOf(track) - startOf(track) : undefined;
}

/**
 * Seconds by which a duration is not that of the track by which segments are cut, nor, where that pauses, of all tracks
 * together; beyond a frame of each. Zero where it is right.
 */
export function errorOf(duration: number, { tracks }: Pick<ReadPiece, 'tracks'>, rounding: number): number {
  const filled = tracks.filter(({ samples }) => samples.length > 0);
  const main = mainOf({ tracks: filled })!;
  const alone = lengthOf(main);
  const off = alone === undefined ? 0 : duration - alone;
  // Where the last frame does not say how long it lasts, it may be long.
  if ((main.samples.at(-1)!.duration === undefined && off > 0) || Math.abs(off) <= frameOf(main) + rounding) return 0;
  const together = Math.max(...filled.map(endOf)) - Math.min(...filled.map(startOf));
  const slack = rounding + filled.reduce((sum, track) => sum + frameOf(track), 0);
  const pauses = alone !== undefined && together - alone > frameOf(main);
  return pauses && Math.abs(duration - together) <= slack ? 0 : off;
}

/** Seconds of the longest sample. */
export function frameOf({ samples, scale }: ReadTrack): number {
  const steps = samples.map(({ dts, duration }, index) => duration ?? (samples[index + 1]?.dts ?? dts) - dts);
  return Math.max(0, ...steps) / scale;
}
