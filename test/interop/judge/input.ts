import {
  avGetCodecName,
  avGetCodecString,
  Dictionary,
  FFmpegError,
  FormatContext,
  Packet,
  type Stream,
} from 'node-av/lib';
import {
  AV_NOPTS_VALUE,
  AVERROR_EOF,
  AVMEDIA_TYPE_AUDIO,
  AVMEDIA_TYPE_VIDEO,
  AV_PKT_FLAG_KEY,
} from 'node-av/constants';
import { crc32 } from 'node:zlib';
import { essenceOf, essentialConfig } from './essence.ts';
import type { JudgedPacket, JudgedTrack } from './verdict.ts';

/** A reader that gets nothing for this long has lost its server. µs */
const SILENCE = '15000000';

/** A file or an address that FFmpeg has open. */
export class Input {
  readonly context: FormatContext;
  readonly packet: Packet = new Packet();
  /** FFmpeg may look at them to the end. */
  readonly options: Dictionary;

  private constructor(context: FormatContext, options: Dictionary) {
    this.context = context;
    this.options = options;
    this.packet.alloc();
  }

  /** Opens it and finds out what is in it. */
  static async open(url: string, options: Record<string, string> = {}): Promise<Input> {
    const timed = url.includes('://') ? { rw_timeout: SILENCE, ...options } : options;
    const input = new Input(new FormatContext(), Dictionary.fromObject(timed));
    FFmpegError.throwIfError(await input.context.openInput(url, null, input.options), 'open');
    FFmpegError.throwIfError(await input.context.findStreamInfo(null), 'findStreamInfo');
    return input;
  }

  /** Of picture and sound; what else there is has no place here. */
  get streams(): Stream[] {
    return this.context.streams.filter((stream) => kindOf(stream) !== undefined);
  }

  /** The next packet of picture or sound in `packet`; undefined at the end. */
  async next(): Promise<Stream | undefined> {
    for (;;) {
      this.packet.unref();
      const result = await this.context.readFrame(this.packet);
      if (result === AVERROR_EOF) return undefined;
      FFmpegError.throwIfError(result, 'read');
      const stream = this.context.streams[this.packet.streamIndex]!;
      if (kindOf(stream)) return stream;
    }
  }

  async close(): Promise<void> {
    this.packet.free();
    await this.context.closeInput();
  }
}

function kindOf({ codecpar }: Stream): 'video' | 'audio' | undefined {
  if (codecpar.codecType === AVMEDIA_TYPE_VIDEO) return 'video';
  return codecpar.codecType === AVMEDIA_TYPE_AUDIO ? 'audio' : undefined;
}

/** What is known of a track before anything is decoded. */
export function trackOf(stream: Stream): JudgedTrack {
  const { codecpar } = stream;
  const kind = kindOf(stream)!;
  const codec = avGetCodecName(codecpar.codecId) ?? String(codecpar.codecId);
  const codecs = avGetCodecString(codecpar);
  const { width, height, sampleRate, channels } = codecpar;
  return {
    kind,
    codec,
    ...(codecs !== null && { codecs }),
    ...(kind === 'video' ? { width, height } : { sampleRate, channels }),
    config: Buffer.from(essentialConfig(codecpar.extradata ?? new Uint8Array(), codec)).toString('hex'),
    decoded: 0,
  };
}

/** `track`: its place in the list of tracks. */
export function packetOf(packet: Packet, stream: Stream, track: number): JudgedPacket {
  const { num, den } = stream.timeBase;
  const seconds = (time: bigint): number => (time === AV_NOPTS_VALUE ? NaN : (Number(time) * num) / den);
  const data = packet.data ?? Buffer.alloc(0);
  return {
    kind: kindOf(stream)!,
    track,
    pts: seconds(packet.pts),
    dts: seconds(packet.dts),
    size: data.length,
    key: (packet.flags & AV_PKT_FLAG_KEY) !== 0,
    sum: sumOf(data, stream),
  };
}

function sumOf(data: Uint8Array, { codecpar }: Stream): string {
  return crc32(essenceOf(data, avGetCodecName(codecpar.codecId) ?? '')).toString(16);
}
