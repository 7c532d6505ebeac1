import type { TrackInfo } from '../../../src/client/index.ts';

const names: Record<string, string> = {
  h264: 'H.264',
  h265: 'H.265',
  av1: 'AV1',
  vp8: 'VP8',
  vp9: 'VP9',
  aac: 'AAC',
  mp3: 'MP3',
  opus: 'Opus',
  flac: 'FLAC',
  ac3: 'AC-3',
  eac3: 'E-AC-3',
  pcma: 'G.711 A-law',
  pcmu: 'G.711 µ-law',
};

/** A codec's name as people write it. */
export function codecName(codec: string): string {
  return names[codec] ?? codec;
}

/** `H.264, AAC`. */
export function codecNames(tracks: readonly Pick<TrackInfo, 'kind' | 'codec'>[]): string {
  return tracks
    .filter(({ kind }) => kind !== 'data')
    .map(({ codec }) => codecName(codec))
    .join(', ');
}

/** `1920×1080`, once it is known. */
export function size(track: TrackInfo | undefined): string | undefined {
  return track?.width && track.height ? `${track.width}×${track.height}` : undefined;
}

/** The first of its kind: the one that is played where there is a choice. */
export function isMain(track: TrackInfo, tracks: readonly TrackInfo[]): boolean {
  return tracks.find(({ kind }) => kind === track.kind)?.id === track.id;
}

/** What is known of a track: `H.264`, `1920×1080`, `avc1.640028`; `AAC`, `48 kHz`, `stereo`. */
export function trackFacts(track: TrackInfo, channels: (count: number) => string): string[] {
  const facts =
    track.kind === 'video'
      ? [size(track), track.codecs]
      : [track.sampleRate && `${track.sampleRate / 1000} kHz`, track.channels && channels(track.channels)];
  return [codecName(track.codec), ...facts].filter((fact) => typeof fact === 'string');
}
