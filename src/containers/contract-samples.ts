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

const HEVC_640 = `0101600000009000000000003ff000fcfdf8f800000f03a00001001840010c01ffff0160000003009000000300000300
  3f959409a10001002b42010101600000030090000003000003003fa005020171f2e595952930bc05a020000003002000
  000303c1a2000100064401c073c189`;

const FLAC_CONFIG = '664c614380000022001000100000160000350ac440f000015888b2d9c923d7580bfef57edf3ef325851c';
const AC3_FRAME = `0b77e38300402f8429024d13c7f244852f9f3a4d09f3d86fb3a54badf52a6a4cbfb29041f84200dc59a2b03982a0d1
  286480764c27b1c5b1bab0a65f9ab9d23240353b05ac85a9fa5c24d79486d2992008afd0433be9048c0168580526ec900dc95aee84a2ae
  d0b5ffe95bb64648071f46792ca8ef8a155cf753bc532000d797`;
const EAC3_FRAME = `0b77003f3487c00020f80000150000060606018181874f69bea32b31fc8721525a4fd2c328cacc7f3e3e7cf9f3e7cf801e1
  97ecc963197ecc96029d397e1ebe5071060be50710609b8e6b07931cd8356131cd83502a6d28678763f3418c763f341809b0ac887af43b9c982
  f43b9c9829ce7541e3db0ecf783db0ecf600006f31`;

/** What a container has to carry of a codec: its track, a frame to begin with, and one that may follow it. */
export interface CodecSample {
  track: Track;
  key: Uint8Array;
  next: Uint8Array;
}

function codecSample(of: Track, key: string, next: string = key): CodecSample {
  return { track: of, key: fromHex(key), next: fromHex(next) };
}

/** The codecs that are not in `sample`, as real encoders wrote them. */
export const codecSamples: readonly CodecSample[] = [
  codecSample(track(1, 'video', 'h265', HEVC_640), '00000004 26010a0b', '00000004 02010c0d'),
  codecSample(
    track(1, 'video', 'av1', '81040c000a0b00000024cf7f0dbfff3008'),
    '0a0b00000024cf7f0dbfff3008 3202 1000',
    '3202 3006',
  ),
  codecSample(track(1, 'video', 'vp9', '000b820202020000'), '824983420013f00b36063824', '8700000000'),
  codecSample(
    track(1, 'video', 'vp8', '000a820202020000'),
    'f002009d012a1000100000470885858885848802020275aa03f803fa020d4dee00fefd6ef3ffe46fe3e746ffc8e3fffc4a9e',
    'b101000510ac001800303ff40c00ef00feed4ddfc698f3f03d00ef7ff5bf92fedfc97f701fcac0',
  ),
  codecSample(track(2, 'audio', 'opus', '4f707573486561640102380180bb0000000000'), 'fc0102030405'),
  codecSample(
    track(2, 'audio', 'flac', FLAC_CONFIG),
    'fff86908030f0f48021e011e001eff1dfe1de6253bb6b65b43a1e03ad0235fc7ecfa7fa86a3696a6aa2a9a8560',
  ),
  codecSample(track(2, 'audio', 'ac3', '100800'), AC3_FRAME),
  codecSample(track(2, 'audio', 'eac3', '0100200400'), EAC3_FRAME),
  codecSample(track(2, 'audio', 'pcma', '0101'), 'd5d5d5d5'),
  codecSample(track(2, 'audio', 'pcmu', '0102'), 'ffffffff'),
];

/** Data with a time, which not every container has a place for. */
export const dataSamples: readonly CodecSample[] = [
  codecSample(track(3, 'data', 'klv', ''), '060e2b34020b01010e01030101000000 03 020100'),
  codecSample(track(3, 'data', 'id3', ''), '494433 0400 00 0000000d 54495432 00000003 0000 03 6869'),
];

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
  const data = new Uint8Array(of.codec === 'mp3' ? MP3_FRAME : size);
  for (let i = 0; i < Math.min(data.length, 64); i++) data[i] = (i * 31 + seed * 7) & 0xff;
  if (of.codec === 'h264') {
    new DataView(data.buffer).setUint32(0, size - 4);
    // No emulation of a start code, the first macroblock, and an end that is no zero: as a slice is.
    data.fill(0x5a, 64);
    data.set([key ? 0x65 : 0x41, 0x80 | seed], 4);
    data[size - 1] = 0x80;
  } else if (of.codec === 'mp3') {
    data.set([0xff, 0xfb, 0x10, 0x64]);
  } else {
    data[0] = 0x21;
  }
  return data;
}

/** Bytes of a frame of MP3 with 32 kbit/s at 44.1 kHz, as `frameOf` makes them; of other sizes there are none. */
const MP3_FRAME = 104;

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
