import type { Rendition } from '../../live/rendition.ts';
import type { Segments } from '../../live/segments.ts';
import { describeTrack } from '../../media/codec/table.ts';
import type { Track } from '../../media/frame.ts';
import type { Choice, Multivariant } from './multivariant.ts';
import { listName } from './names.ts';
import type { MediaList, Report } from './playlist.ts';

/** Transfer characteristics of ITU-T H.273 that have a name in HLS. */
const RANGES: Readonly<Record<number, Choice['range']>> = { 16: 'PQ', 18: 'HLG' };

/** Rates that are no further apart than this are the same. */
const SAME_RATE = 0.02;

/** What a rendition's media playlist says. */
export function mediaListOf(segments: Segments, rendition: Rendition, extension: string): MediaList {
  const { window, ended } = rendition;
  const { target, partTarget } = segments;
  const others = segments.renditions.filter((other) => other !== rendition);
  return {
    rendition: rendition.id,
    extension,
    target,
    partTarget,
    segments: window.listed,
    current: window.current,
    independent: window.independent,
    ended,
    reports: partTarget > 0 ? others.map(reportOf) : [],
  };
}

/** What has to be equal for two media playlists of a rendition to be equal. */
export function versionOf(segments: Segments, rendition: Rendition): string {
  const others = segments.renditions.filter((other) => other !== rendition);
  return [rendition, ...others].map(({ window }) => window.version).join();
}

function reportOf({ id, window: { listed, current } }: Rendition): Report {
  const parts = current?.parts.length ?? 0;
  if (current && parts > 0) return { rendition: id, sequence: current.sequence, part: parts - 1 };
  const last = listed.at(-1)!;
  return { rendition: id, sequence: last.sequence, part: last.parts.length - 1 };
}

/** What the multivariant playlist says. `folder`: where the media playlists are, with the slash at its end. */
export function multivariantOf(segments: Segments, folder: string): Multivariant {
  const { renditions, captions } = segments;
  const videos = renditions.filter(({ kind }) => kind === 'video');
  const audios = renditions.filter(({ kind }) => kind === 'audio');
  const isApart = renditions.length > 1 && audios.length > 0;
  const choices = (of: readonly Rendition[]): Choice[] => of.map((rendition) => choiceOf(rendition, folder));
  const sound = choices(audios);
  return {
    variants: videos.length > 0 ? choices(videos) : sound.slice(0, 1),
    audio: isApart ? sound : [],
    captions,
  };
}

function choiceOf({ id, tracks, window, frameRate }: Rendition, folder: string): Choice {
  const rates = window.rates ?? { peak: 0, average: 0 };
  const infos = tracks.map((track) => ({ track, info: describeTrack(track) }));
  const video = infos.find(({ track }) => track.kind === 'video')?.info;
  const audio = infos.find(({ track }) => track.kind === 'audio')?.info;
  return {
    uri: folder + listName(id),
    ...rates,
    codecs: infos.map(({ track, info }) => info.codecs ?? nameOf(track)),
    width: video?.width,
    height: video?.height,
    frameRate: video && rateOf(frameRate, video.frameRate),
    range: video && (RANGES[video.color?.transfer ?? 0] ?? 'SDR'),
    channels: audio?.channels,
  };
}

/** As it is measured; where that is what the codec says, as that says it. */
function rateOf(measured: number | undefined, told: number | undefined): number | undefined {
  if (measured === undefined || told === undefined) return measured ?? told;
  return Math.abs(measured - told) <= SAME_RATE * told ? told : measured;
}

/** For a codec whose config does not tell. */
function nameOf({ codec }: Track): string {
  return codec;
}
