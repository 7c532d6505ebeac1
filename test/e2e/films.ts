import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import {
  ALL_FORMATS,
  EncodedPacketSink,
  FilePathSource,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
} from 'mediabunny';
import { onTestFinished } from 'vitest';
import { type Clip, readClip } from '../../src/features/demo/clip.ts';
import { DemoPublisher } from '../../src/features/demo/demo-publisher.ts';
import { systemScheduler } from '../../src/io/scheduler.ts';
import { silent } from '../../src/log.ts';
import { Av1Reader } from '../../src/media/codec/av1-reader.ts';
import { VpxReader } from '../../src/media/codec/vpx-reader.ts';
import type { Codec, Frame, Track } from '../../src/media/frame.ts';
import { SECOND } from '../../src/media/time.ts';
import { clip } from '../clips.ts';
import { outputOf } from '../output.ts';
import { program, runProgram } from '../programs.ts';
import type { TestServer } from '../servers.ts';

/**
 * Publishes a film from within the server’s process, over and over: ffmpeg up to 6.0 cannot send these codecs. Returns
 * what ends it; a publisher over RTMP takes over at once.
 */
export async function publishFilm({ server }: TestServer, film: Clip): Promise<{ end(): void }> {
  const publisher = new DemoPublisher({
    hub: server.hub,
    scheduler: systemScheduler(),
    log: silent,
    clip: film,
    path: 'live/lobby',
    grace: SECOND,
  });
  onTestFinished(() => publisher.close());
  await publisher.start();
  return { end: () => publisher.close() };
}

/** What a film says of a track, instead of what it is: for browsers that do not look at the frames anyway. */
export interface Guise {
  codec: Codec;
  config: Uint8Array;
}

/** The plain film with H.264 and AAC, where one of them, or both, seem to be of other codecs. */
export async function disguised(as: { video?: Guise; audio?: Guise }): Promise<Clip> {
  const plain = readClip(new Uint8Array(readFileSync(await clip('plain'))));
  const other = new Map<Track, Track>();
  for (const track of plain.tracks) {
    const guise = track.kind === 'data' ? undefined : as[track.kind];
    other.set(track, guise ? { ...track, ...guise } : track);
  }
  return {
    ...plain,
    tracks: [...other.values()],
    frames: plain.frames.map((frame) => ({ ...frame, track: other.get(frame.track)! })),
  };
}

/** Control codes and letters of CEA-608 that bring `HELLO` up in the lowest row, a pair of bytes for each picture (ANSI/CTA-608). */
const HELLO = [
  ...[0x1425, 0x1425, 0x142d, 0x142d, 0x1470, 0x1470],
  ...['HE', 'LL', 'O '].map((pair) => (pair.charCodeAt(0) << 8) | pair.charCodeAt(1)),
];
/** The captions begin anew after so many pictures. */
const SAID_EVERY = 25;
/** `cc_valid`, field 1. */
const FIELD_1 = 0xfc;

/** A film in two sizes, with two sounds, and with captions in its pictures: those of a number, and `HELLO`. */
export async function choosable(): Promise<Clip> {
  const large = readClip(new Uint8Array(readFileSync(await clip('plain'))));
  const small = readClip(new Uint8Array(readFileSync(await clip('numbered'))));
  const captions: Track = { id: 4, kind: 'data', codec: 'captions', config: new Uint8Array() };
  const others = new Map<Track, Track>();
  const other = (track: Track): Track => {
    const known = others.get(track) ?? { ...track, id: track.id + 16 };
    others.set(track, known);
    return known;
  };
  const frames: Frame[] = [];
  const triplets: Uint8Array[] = [];
  let shown = 0;
  for (const frame of large.frames) {
    const { track, dts, pts } = frame;
    if (track.kind === 'data') continue;
    if (track.kind === 'audio') {
      frames.push(frame, { ...frame, track: other(track) });
      continue;
    }
    const triplet = ccTriplet(HELLO[triplets.length % SAID_EVERY] ?? 0);
    triplets.push(triplet);
    frames.push({ ...frame, data: withCaptions(frame.data, triplet) });
    frames.push({ track: captions, dts, pts, key: true, data: triplet });
  }
  for (const frame of small.frames) {
    if (frame.track.kind !== 'video' || frame.dts >= large.duration) continue;
    frames.push({
      ...frame,
      track: other(frame.track),
      data: withCaptions(frame.data, triplets[shown++] ?? ccTriplet(0)),
    });
  }
  const tracks = [...new Set(frames.map(({ track }) => track))];
  return { tracks, frames: frames.toSorted((a, b) => a.dts - b.dts), duration: large.duration };
}

/** A `cc_data_pkt` of two bytes with odd parity (CTA-708, 4.4). */
function ccTriplet(pair: number): Uint8Array {
  const odd = (byte: number): number => {
    const ones = byte.toString(2).replaceAll('0', '').length;
    return ones % 2 === 1 ? byte : byte | 0x80;
  };
  return Uint8Array.of(FIELD_1, odd(pair >> 8), odd(pair & 0x7f));
}

/** An access unit of H.264 with captions in an SEI of its own before it (ANSI/SCTE 128, 8.1). */
function withCaptions(unit: Uint8Array, triplet: Uint8Array): Uint8Array {
  const payload = [0xb5, 0x00, 0x31, 0x47, 0x41, 0x39, 0x34, 0x03, 0x41, 0xff, ...triplet, 0xff];
  const sei = [0x06, 4, payload.length, ...payload, 0x80];
  return Uint8Array.from([0, 0, 0, sei.length, ...sei, ...unit]);
}

/** Films that only a container of another kind can bring from ffmpeg; `-t` and the file are added. */
const recipes = {
  'av1-opus': { video: 'av1', audio: 'opus', encoders: ['-c:v', 'libsvtav1', '-preset', '12', '-c:a', 'libopus'] },
  'opus-60': {
    video: 'av1',
    audio: 'opus',
    encoders: ['-c:v', 'libsvtav1', '-preset', '12', '-c:a', 'libopus', '-frame_duration', '60'],
  },
  'opus-2.5': {
    video: 'av1',
    audio: 'opus',
    encoders: ['-c:v', 'libsvtav1', '-preset', '12', '-c:a', 'libopus', '-frame_duration', '2.5'],
  },
  'vp9-opus': {
    video: 'vp9',
    audio: 'opus',
    encoders: ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-c:a', 'libopus'],
  },
  'h264-flac': {
    video: 'h264',
    audio: 'flac',
    encoders: ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0', '-pix_fmt', 'yuv420p', '-c:a', 'flac'],
  },
} as const;

export type FilmName = keyof typeof recipes;

/** A film in other codecs than FLV of old has. */
export async function encoded(name: FilmName): Promise<Clip> {
  const { video, audio, encoders } = recipes[name];
  const file = join(outputOf('clips'), `${name}.mkv`);
  if (!existsSync(file)) await encode(file, [...encoders, '-g', '50', '-t', '4']);
  const input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(file) });
  const frames = [
    ...(await framesOf((await input.getPrimaryVideoTrack())!, { id: 1, kind: 'video', codec: video })),
    ...(await framesOf((await input.getPrimaryAudioTrack())!, { id: 2, kind: 'audio', codec: audio })),
  ];
  return {
    tracks: [...new Set(frames.map(({ track }) => track))],
    frames: frames.toSorted((a, b) => a.dts - b.dts),
    duration: 4 * SECOND,
  };
}

async function encode(file: string, options: readonly string[]): Promise<void> {
  const unfinished = file.replace(/\.mkv$/, `.${process.pid}.mkv`);
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25'];
  const sound = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'];
  const args = ['-v', 'error', '-y', ...picture, ...sound, ...options, unfinished];
  const { status, stderr } = await runProgram(program('ffmpeg'), args, { limitMs: 120_000 });
  if (status !== 0) throw new Error(`ffmpeg could not make the film: ${stderr}`);
  renameSync(unfinished, file);
}

/** Frames in the order in which they are sent; none of these films shows them in another one. */
async function framesOf(input: InputVideoTrack | InputAudioTrack, named: Omit<Track, 'config'>): Promise<Frame[]> {
  const track: Track =
    named.codec === 'vp9' ? await vp9Track(input, named) : { ...named, config: await configOf(input, named.codec) };
  const frames: Frame[] = [];
  for await (const { timestamp, type, data } of new EncodedPacketSink(input).packets()) {
    const time = Math.max(0, Math.round(timestamp * SECOND));
    frames.push({ track, dts: time, pts: time, key: type === 'key', data });
  }
  return frames;
}

/** What VP9 is, and how large, is in its first picture alone. */
async function vp9Track(input: InputVideoTrack | InputAudioTrack, named: Omit<Track, 'config'>): Promise<Track> {
  const first = await new EncodedPacketSink(input).getFirstPacket();
  const { config, size } = new VpxReader('vp9').read(first!.data);
  return { ...named, config: config!, size: size! };
}

/** AV1's is in its first picture. */
async function configOf(input: InputVideoTrack | InputAudioTrack, codec: Codec): Promise<Uint8Array> {
  if (codec === 'av1') {
    const first = await new EncodedPacketSink(input).getFirstPacket();
    return new Av1Reader().read(first!.data).config!;
  }
  const { description } = (await input.getDecoderConfig())!;
  if (!ArrayBuffer.isView(description)) throw new Error('The track has no codec config.');
  return new Uint8Array(description.buffer, description.byteOffset, description.byteLength);
}
