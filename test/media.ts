import type { Frame, Track } from '../src/media/frame.ts';
import { MILLISECOND } from '../src/media/time.ts';

/** A track whose codec config is these bytes; no decoder ever sees it. */
export function videoTrack(config: readonly number[] = [1, 0x64, 0, 0x1f]): Track {
  return { id: 1, kind: 'video', codec: 'h264', config: Uint8Array.from(config) };
}

export function audioTrack(config: readonly number[] = [0x11, 0x90]): Track {
  return { id: 2, kind: 'audio', codec: 'aac', config: Uint8Array.from(config) };
}

export function dataTrack(config: readonly number[] = []): Track {
  return { id: 3, kind: 'data', codec: 'amf', config: Uint8Array.from(config) };
}

/** A frame with times in milliseconds. Default: pts = dts; a key frame for sound and data, none for a picture. */
export function frame(
  track: Track,
  ms: number,
  options: { key?: boolean; cts?: number; size?: number; data?: Uint8Array } = {},
): Frame {
  const dts = Math.round(ms * MILLISECOND);
  return {
    track,
    dts,
    pts: dts + Math.round((options.cts ?? 0) * MILLISECOND),
    key: options.key ?? track.kind !== 'video',
    data: options.data ?? new Uint8Array(options.size ?? 4),
  };
}

export interface FilmOptions {
  /** Length in ms. */
  ms: number;
  /** Time of the first frame in ms. Default 0. */
  from?: number;
  /** ms between key frames. Default 1000. */
  gop?: number;
  video?: Track | undefined;
  audio?: Track | undefined;
  /** Bytes of a key frame, another picture, a sound. */
  sizes?: { key: number; picture: number; sound: number };
}

/** Pictures at 25 frames a second and sounds at 50, in order of time. */
export function film(options: FilmOptions): Frame[] {
  const { ms, from = 0, gop = 1000, video, audio, sizes = { key: 400, picture: 100, sound: 20 } } = options;
  const frames: Frame[] = [];
  for (let time = 0; time < ms; time += 20) {
    if (video && time % 40 === 0) {
      const key = time % gop === 0;
      frames.push(frame(video, from + time, { key, size: key ? sizes.key : sizes.picture }));
    }
    if (audio) frames.push(frame(audio, from + time, { size: sizes.sound }));
  }
  return frames;
}
