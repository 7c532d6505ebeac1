import type { TrackInfo } from '../../../src/client/index.ts';

const names: Record<string, string> = {
  h264: 'H.264',
  h265: 'H.265',
  hevc: 'H.265',
  av1: 'AV1',
  vp8: 'VP8',
  vp9: 'VP9',
  aac: 'AAC',
  mp3: 'MP3',
  opus: 'Opus',
  flac: 'FLAC',
  ac3: 'AC-3',
  eac3: 'E-AC-3',
};

/** A codec's name as people write it. */
export function codecName(codec: string): string {
  return names[codec] ?? codec;
}

/** `H.264, AAC`. */
export function codecNames(tracks: readonly TrackInfo[]): string {
  return tracks
    .filter(({ kind }) => kind !== 'data')
    .map(({ codec }) => codecName(codec))
    .join(', ');
}

/** `1920×1080`, once it is known. */
export function size(track: TrackInfo | undefined): string | undefined {
  return track?.width && track.height ? `${track.width}×${track.height}` : undefined;
}
