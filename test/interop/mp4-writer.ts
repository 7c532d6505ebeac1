import {
  type AudioCodec,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  Mp4OutputFormat,
  Output,
  type VideoCodec,
} from 'mediabunny';
import { describeTrack } from '../../src/media/codec/table.ts';
import type { Codec, Frame, Track } from '../../src/media/frame.ts';
import { SECOND } from '../../src/media/time.ts';

/** Mediabunny's names of codecs. */
const NAMES: Partial<Record<Codec, VideoCodec | AudioCodec>> = {
  h264: 'avc',
  h265: 'hevc',
  av1: 'av1',
  vp9: 'vp9',
  vp8: 'vp8',
  aac: 'aac',
  opus: 'opus',
  flac: 'flac',
};
/** Codecs whose config mediabunny takes as it is; of the others it knows enough by their name. */
const DESCRIBED: ReadonlySet<Codec> = new Set(['h264', 'h265', 'aac', 'opus', 'flac']);

/** Duration in seconds. */
type Write = (frame: Frame, duration: number) => Promise<void>;

export interface Mp4Options {
  tracks: readonly Track[];
  frames: readonly Frame[];
  /** Of the picture, where its config does not tell. */
  size: { width: number; height: number };
}

/** Writes frames of a demuxer of ours into MP4, by a writer that is not ours. */
export async function writeMp4({ tracks, frames, size }: Mp4Options): Promise<Uint8Array> {
  const target = new BufferTarget();
  const output = new Output({ format: new Mp4OutputFormat(), target });
  const writers = new Map<number, Write>();
  // A track that was told anew has one place in the file.
  for (const track of new Map(tracks.map((each) => [each.id, each])).values()) {
    if (track.kind === 'video') writers.set(track.id, addVideo(output, track, size));
    else if (track.kind === 'audio') writers.set(track.id, addAudio(output, track));
  }
  await output.start();
  for (const [id, write] of writers) {
    const own = frames.filter(({ track }) => track.id === id);
    for (const [index, frame] of own.entries()) {
      const [from, to] = index + 1 < own.length ? [frame, own[index + 1]!] : [own[index - 1]!, frame];
      await write(frame, (to.dts - from.dts) / SECOND);
    }
  }
  await output.finalize();
  return new Uint8Array(target.buffer!);
}

function addVideo(output: Output, track: Track, size: Mp4Options['size']): Write {
  const source = new EncodedVideoPacketSource(NAMES[track.codec] as VideoCodec);
  output.addVideoTrack(source);
  const { codecs, width = size.width, height = size.height } = describeTrack(track);
  const decoderConfig = { codec: codecs!, codedWidth: width, codedHeight: height, ...descriptionOf(track) };
  return (frame, duration) => source.add(packetOf(frame, duration), { decoderConfig });
}

function addAudio(output: Output, track: Track): Write {
  const source = new EncodedAudioPacketSource(NAMES[track.codec] as AudioCodec);
  output.addAudioTrack(source);
  const { codecs, sampleRate, channels } = describeTrack(track);
  const facts = { codec: codecs!, sampleRate: sampleRate!, numberOfChannels: channels! };
  const decoderConfig = { ...facts, ...descriptionOf(track) };
  return (frame, duration) => source.add(packetOf(frame, duration), { decoderConfig });
}

function descriptionOf({ codec, config }: Track): { description?: Uint8Array } {
  return DESCRIBED.has(codec) ? { description: config } : {};
}

function packetOf({ data, key, pts }: Frame, duration: number): EncodedPacket {
  return new EncodedPacket(data, key ? 'key' : 'delta', pts / SECOND, duration);
}
