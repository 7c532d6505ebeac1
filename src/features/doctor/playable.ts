import { describeTrack } from '../../media/codec/table.ts';
import type { Codec, Track } from '../../media/frame.ts';
import type { Values } from './verdict.ts';

/**
 * Codecs that the room's page cannot play in all common browsers, and why: by FLV, MP4 or HLS, whichever of them both the
 * page and the browser take the codec from. All others of the codec table play, but for the profiles below.
 */
export const unplayable: Readonly<Partial<Record<Codec, string>>> = {
  h265: 'Browsers play it only where the device decodes it in hardware: Safari, and Chrome and Edge on some machines.',
  vp8: 'Browsers know it, but not in FLV or MP4.',
  ac3: 'Safari plays it; Chrome, Edge and Firefox have no decoder on most machines.',
  eac3: 'Safari plays it; Chrome, Edge and Firefox have no decoder on most machines.',
  pcma: 'Browsers do not play it by Media Source Extensions.',
  pcmu: 'Browsers do not play it by Media Source Extensions.',
};

/** Of these, the page plays what the browser does. */
const SOME_BROWSERS: ReadonlySet<Codec> = new Set(['h265', 'ac3', 'eac3']);

/** Profiles of H.264 with more than 8 bits or more colour than 4:2:0, which only software decodes, and not in every browser. */
const RARE_PROFILES: ReadonlySet<string> = new Set([
  'High 10',
  'High 4:2:2',
  'High 4:4:4 Predictive',
  'CAVLC 4:4:4 Intra',
]);

/** What of a track the page of the room cannot play in common browsers; undefined where all is well. */
export function unplayableIn(track: Track): Values | undefined {
  const { kind, codec } = track;
  if (codec in unplayable) return { codec, kind, browsers: SOME_BROWSERS.has(codec) ? 'some' : 'none' };
  const { profile } = codec === 'h264' ? describeTrack(track) : {};
  if (profile === undefined || !RARE_PROFILES.has(profile)) return undefined;
  return { codec, kind, browsers: 'some', profile };
}
