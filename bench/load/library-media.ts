/** What mediabunny needs to write the frames of a clip. */
import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  NullTarget,
  Output,
  type OutputFormat,
} from 'mediabunny';
import { describeTrack } from '../../src/media/codec/table.ts';
import type { Frame } from '../../src/media/frame.ts';
import { SECOND } from '../../src/media/time.ts';
import type { ClipFrames } from '../frames.ts';

/** One loop of a clip, ready to be written by the library. */
export interface LibraryClip {
  packets: readonly { kind: 'video' | 'audio'; packet: EncodedPacket }[];
  video: VideoDecoderConfig;
  audio: AudioDecoderConfig;
}

/** Throws where a clip is not of H.264 and AAC, as the benchmark's are. */
export function libraryClip({ tracks, frames }: ClipFrames): LibraryClip {
  const [video, audio] = [tracks.find(({ codec }) => codec === 'h264'), tracks.find(({ codec }) => codec === 'aac')];
  if (!video || !audio) throw new Error('The clip is not of H.264 and AAC.');
  const [pictures, sound] = [describeTrack(video), describeTrack(audio)];
  return {
    packets: frames.map((frame, index) => ({
      kind: frame.track === video ? 'video' : 'audio',
      packet: packetOf(
        frame,
        frames.slice(index + 1).find(({ track }) => track === frame.track),
      ),
    })),
    video: {
      codec: pictures.codecs!,
      codedWidth: pictures.width!,
      codedHeight: pictures.height!,
      description: video.config,
    },
    audio: {
      codec: sound.codecs!,
      numberOfChannels: sound.channels!,
      sampleRate: sound.sampleRate!,
      description: audio.config,
    },
  };
}

/** Writes all of a clip to nowhere. Returns the number of frames. */
export async function writeByLibrary({ packets, video, audio }: LibraryClip, format: OutputFormat): Promise<number> {
  const output = new Output({ format, target: new NullTarget(), initTarget: new NullTarget() });
  const sources = { video: new EncodedVideoPacketSource('avc'), audio: new EncodedAudioPacketSource('aac') };
  output.addVideoTrack(sources.video);
  output.addAudioTrack(sources.audio);
  await output.start();
  for (const { kind, packet } of packets) {
    if (kind === 'video') await sources.video.add(packet, { decoderConfig: video });
    else await sources.audio.add(packet, { decoderConfig: audio });
  }
  await output.finalize();
  return packets.length;
}

function packetOf({ data, key, pts, dts }: Frame, next: Frame | undefined): EncodedPacket {
  const duration = next ? (next.dts - dts) / SECOND : 1 / 30;
  return new EncodedPacket(data, key ? 'key' : 'delta', pts / SECOND, duration);
}
