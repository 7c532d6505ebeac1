import { flvBody, flvConfigBody } from '../../../src/containers/flv/index.ts';
import { frameOf, sample } from '../../../src/containers/contract-samples.ts';
import type { Track } from '../../../src/media/frame.ts';
import { say, type SayOptions } from './talk.ts';

export { sample };

/** The codec config of a track. */
export function configOf(track: Track, timestamp = 0, options: SayOptions = {}): Uint8Array {
  return message(track, flvConfigBody(track)!, { timestamp, ...options });
}

/** A frame of a track, at a time in ms. */
export function mediaOf(
  track: Track,
  timestamp: number,
  options: { key?: boolean; cts?: number; size?: number } & SayOptions = {},
): Uint8Array {
  const { key = true, cts = 0, size = 48, ...rest } = options;
  return message(track, flvBody(frameOf(track, { ms: timestamp, key, cts, size })), { timestamp, ...rest });
}

function message(track: Track, body: Uint8Array, options: SayOptions): Uint8Array {
  const video = track.kind === 'video';
  return say(video ? 9 : 8, body, { chunkStream: video ? 6 : 4, ...options });
}
