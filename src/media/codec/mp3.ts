import type { CodecDefinition, CodecInfo } from './codec.ts';

const HEADER = 4;

/** Hz by version and sampling_frequency (ISO/IEC 11172-3, 2.4.2.3; 13818-3 halves it; 2.5 halves it again). */
const RATES: readonly number[] = [44_100, 48_000, 32_000];

/** kbit/s by bitrate_index: MPEG-1 layers I, II, III, then MPEG-2 layer I, layers II and III. */
const BIT_RATES: readonly (readonly number[])[] = [
  [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

const SINGLE_CHANNEL = 3;

/** The header of one MPEG audio frame. */
export interface MpegAudioHeader {
  version: 1 | 2 | 2.5;
  layer: 1 | 2 | 3;
  sampleRate: number;
  channels: 1 | 2;
  /** Samples per frame and channel. */
  samples: number;
  /** bit/s; 0 where it is free. */
  bitRate: number;
  /** Bytes of the frame with its header; 0 where the bit rate is free. */
  length: number;
}

/** MPEG audio; the config is the header of a frame without what differs from frame to frame (`mp3Config`). */
export const mp3: CodecDefinition = { name: 'mp3', kind: 'audio', title: 'MP3', describe };

function describe(config: Uint8Array): CodecInfo {
  const header = parseMpegAudio(config);
  if (!header) return {};
  return {
    // Object types 6B (ISO/IEC 11172-3) and 69 (13818-3), as MP4 and RFC 6381 name them.
    codecs: header.version === 1 ? 'mp4a.6B' : 'mp4a.69',
    profile: `MPEG-${header.version} Layer ${'I'.repeat(header.layer)}`,
    sampleRate: header.sampleRate,
    channels: header.channels,
    frameSamples: header.samples,
  };
}

/** Reads the header of an MPEG audio frame; undefined where there is none. */
export function parseMpegAudio(bytes: Uint8Array, at = 0): MpegAudioHeader | undefined {
  if (bytes.length - at < HEADER || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return undefined;
  const b1 = bytes[at + 1]!;
  const b2 = bytes[at + 2]!;
  const version = ([2.5, undefined, 2, 1] as const)[(b1 >> 3) & 3];
  const layer = ([undefined, 3, 2, 1] as const)[(b1 >> 1) & 3];
  const base = RATES[(b2 >> 2) & 3];
  if (version === undefined || layer === undefined || base === undefined || b2 >> 4 === 15) return undefined;
  const sampleRate = base / (version === 1 ? 1 : version === 2 ? 2 : 4);
  const table = version === 1 ? layer - 1 : layer === 1 ? 3 : 4;
  const bitRate = BIT_RATES[table]![b2 >> 4]! * 1000;
  const samples = layer === 1 ? 384 : layer === 3 && version !== 1 ? 576 : 1152;
  return {
    version,
    layer,
    sampleRate,
    channels: bytes[at + 3]! >> 6 === SINGLE_CHANNEL ? 1 : 2,
    samples,
    bitRate,
    length: frameLength(samples, layer, bitRate / sampleRate, (b2 >> 1) & 1),
  };
}

function frameLength(samples: number, layer: number, bitsPerSample: number, padding: number): number {
  if (bitsPerSample === 0) return 0;
  const slot = layer === 1 ? 4 : 1;
  return (Math.floor((samples * bitsPerSample) / 8 / slot) + padding) * slot;
}

/** The codec config of a frame: its header without bit rate, padding and kind of stereo, which may change any time. */
export function mp3Config(frame: Uint8Array): Uint8Array | undefined {
  if (!parseMpegAudio(frame)) return undefined;
  const single = frame[3]! >> 6 === SINGLE_CHANNEL;
  return Uint8Array.of(0xff, frame[1]! | 1, frame[2]! & 0x0c, single ? SINGLE_CHANNEL << 6 : 0);
}
