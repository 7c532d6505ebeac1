import { fromHex } from '../media/bytes/hex.ts';
import type { Frame, Track } from '../media/frame.ts';
import { fromMs } from '../media/time.ts';
import { encodeAmf0 } from './amf/index.ts';

const track = (id: number, kind: Track['kind'], codec: Track['codec'], config: string): Track => ({
  id,
  kind,
  codec,
  config: fromHex(config),
});

/** Tracks with configs as real encoders wrote them. */
export const sample: Readonly<Record<'video' | 'video2' | 'audio' | 'audio2' | 'mp3' | 'data', Track>> = {
  /** H.264 High, 1920×1080, 29.97 frames a second. */
  video: track(
    1,
    'video',
    'h264',
    '01640028ffe1001967640028acd940780227e5c04400000fa40003a9803c60c65801000668ebe3cb22c0fdf8f800',
  ),
  /** H.264 Main, 1280×720, 50 frames a second. */
  video2: track(
    1,
    'video',
    'h264',
    '014d4020ffe10019674d4020eca02802dd80880000030008000003032078c18cb001000568ebe3cb20',
  ),
  /** AAC-LC, 44.1 kHz, stereo, and mono. */
  audio: track(2, 'audio', 'aac', '1210'),
  audio2: track(2, 'audio', 'aac', '120856e500'),
  /** MPEG-1 layer III, 44.1 kHz, stereo. */
  mp3: track(2, 'audio', 'mp3', 'fffb0000'),
  data: track(3, 'data', 'amf', ''),
};

export interface FrameOptions {
  ms: number;
  cts?: number;
  key?: boolean;
  /** Bytes of the frame. */
  size?: number;
}

/** A frame of the right form for its codec; the picture in it is noise. */
export function frameOf(of: Track, options: FrameOptions): Frame {
  const { ms, cts = 0, key = of.kind !== 'video', size = 48 } = options;
  const dts = fromMs(ms);
  return { track: of, dts, pts: dts + fromMs(cts), key, data: dataOf(of, key, size, ms) };
}

function dataOf(of: Track, key: boolean, size: number, seed: number): Uint8Array {
  if (of.codec === 'amf') return encodeAmf0('onTextData', { text: `at ${seed}` });
  const data = new Uint8Array(size);
  for (let i = 0; i < Math.min(size, 64); i++) data[i] = (i * 31 + seed * 7) & 0xff;
  if (of.codec === 'h264') {
    new DataView(data.buffer).setUint32(0, size - 4);
    data[4] = key ? 0x65 : 0x41;
  } else if (of.codec === 'mp3') {
    data.set([0xff, 0xfb, 0x90, 0x64]);
  } else {
    data[0] = 0x21;
  }
  return data;
}

export interface FilmOptions {
  video?: Track;
  audio?: Track;
  /** Frames of each track. */
  count: number;
  /** Time of the first, in ms. */
  from?: number;
}

/** Frames of each track, 25 a second, with a key frame each second and reordered pictures. */
export function film({ video, audio, count, from = 0 }: FilmOptions): Frame[] {
  const frames: Frame[] = [];
  for (let i = 0; i < count; i++) {
    const ms = from + i * 40;
    if (video) frames.push(frameOf(video, { ms, key: i % 25 === 0, cts: (i % 3) * 40 }));
    if (audio) frames.push(frameOf(audio, { ms: ms + 10, size: 24 }));
  }
  return frames;
}
