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
  'h264-flac': {
    video: 'h264',
    audio: 'flac',
    encoders: ['-c:v', 'libx264', '-preset', 'veryfast', '-bf', '0', '-pix_fmt', 'yuv420p', '-c:a', 'flac'],
  },
} as const;

/** A film in other codecs than FLV of old has. */
export async function encoded(name: keyof typeof recipes): Promise<Clip> {
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
  const track: Track = { ...named, config: await configOf(input, named.codec) };
  const frames: Frame[] = [];
  for await (const { timestamp, type, data } of new EncodedPacketSink(input).packets()) {
    const time = Math.max(0, Math.round(timestamp * SECOND));
    frames.push({ track, dts: time, pts: time, key: type === 'key', data });
  }
  return frames;
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
