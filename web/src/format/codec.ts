import type { TrackInfo } from '../../../src/client/index.ts';
import type { Lang } from './units.ts';

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

/** `H.264, AAC`; `H.264、AAC`; each once. */
export function codecNames(tracks: readonly Pick<TrackInfo, 'kind' | 'codec'>[], lang: Lang): string {
  const all = tracks.filter(({ kind }) => kind !== 'data').map(({ codec }) => codecName(codec));
  return [...new Set(all)].join(lang === 'zh' ? '、' : ', ');
}

/** `1920×1080`, once it is known. */
export function size(track: TrackInfo | undefined): string | undefined {
  return track?.width && track.height ? `${track.width}×${track.height}` : undefined;
}

/** The first of its kind: the one that is played where there is a choice. */
export function isMain(track: TrackInfo, tracks: readonly TrackInfo[]): boolean {
  return tracks.find(({ kind }) => kind === track.kind)?.id === track.id;
}

/** H.264's profiles by `profile_idc` (ITU-T H.264, A.2). */
const profiles: Readonly<Record<number, string>> = {
  66: 'Baseline',
  77: 'Main',
  88: 'Extended',
  100: 'High',
  110: 'High 10',
  122: 'High 4:2:2',
  244: 'High 4:4:4',
};

/** Profile and level of an RFC 6381 string, `High 4.2`; the string itself where it is not of H.264, or of an odd profile. */
export function profileOf(codecs: string | undefined): string | undefined {
  const [, profile, level] = /^avc[13]\.([\da-f]{2})[\da-f]{2}([\da-f]{2})$/i.exec(codecs ?? '') ?? [];
  const name = profile && profiles[Number.parseInt(profile, 16)];
  return name && level ? `${name} ${(Number.parseInt(level, 16) / 10).toFixed(1)}` : codecs;
}

/** What is known of a track: `H.264`, `High 4.2`, `1920×1080`; `AAC`, `48 kHz`, `stereo`. */
export function trackFacts(track: TrackInfo, channels: (count: number) => string): string[] {
  const facts =
    track.kind === 'video'
      ? [profileOf(track.codecs), size(track)]
      : [track.sampleRate && `${track.sampleRate / 1000} kHz`, track.channels && channels(track.channels)];
  return [codecName(track.codec), ...facts].filter((fact) => typeof fact === 'string');
}
