import type * as Mediabunny from 'mediabunny';
import type { EncodedPacket, InputTrack } from 'mediabunny';
import { ProtocolError, RoomcastError } from '../errors.ts';
import { audioTrackId, videoTrackId } from '../containers/flv/index.ts';
import type { Codec, Frame, Kind, Track } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';
import { DecodeTimes } from './decode-times.ts';
import type { MediaFile, Unsupported } from './media-file.ts';
import { inOrderOfTime } from './merge.ts';
import { checkMp4Index } from './mp4-index.ts';
import { PacketLane } from './packet-lane.ts';

/** Pictures that are looked at to learn in which order they are seen: some GOPs of a live encoder, one of a film. */
const LOOK_AHEAD = 300;
/** Packets that are read to find the codec config where the container has none. */
const CONFIG_PACKETS = 16;

/** Codecs by the library's names. */
const CODECS: Readonly<Record<string, Codec>> = {
  avc: 'h264',
  hevc: 'h265',
  av1: 'av1',
  vp9: 'vp9',
  vp8: 'vp8',
  aac: 'aac',
  mp3: 'mp3',
  opus: 'opus',
  flac: 'flac',
  ac3: 'ac3',
  eac3: 'eac3',
};

const FORMATS: Readonly<Record<string, string>> = {
  MP4: 'mp4',
  'QuickTime File Format': 'mov',
  Matroska: 'mkv',
  WebM: 'webm',
};

/** The library, loaded with the first file. */
type Library = typeof Mediabunny;

/** A track of the file that can be read. */
interface Lane {
  input: InputTrack;
  id: number;
  codec: Codec;
  config: Uint8Array | undefined;
  /** Presentation times in µs of the first packets, in decode order. */
  beginning: number[];
  track: Track;
}

/** Opens MP4 and its kin. @throws RoomcastError where it is none, or nothing in it can be read. */
export async function openContainerFile(path: string, size: number): Promise<MediaFile> {
  await checkMp4Index(path, size).catch((error: unknown) => {
    throw notMedia(path, error);
  });
  const library = await import('mediabunny');
  const { Input, FilePathSource, MP4, QTFF, MATROSKA, WEBM, Logging, LogLevel } = library;
  Logging.level = LogLevel.Silent; // it says on the console what we say in words
  const source = new FilePathSource(path, { handleUnhandledError: () => {} });
  const input = new Input({ source, formats: [MP4, QTFF, MATROSKA, WEBM] });
  try {
    if (!(await input.canRead())) throw notMedia(path);
    const { lanes, unsupported } = await lanesOf(await input.getTracks(), library);
    if (lanes.length === 0 && unsupported.length === 0) throw notMedia(path);
    const format = await input.getFormat();
    const duration = await input.getDurationFromMetadata();
    const sizes = new Map<number, { width: number; height: number }>();
    for (const { input: track, id } of lanes) {
      if (!track.isVideoTrack()) continue;
      sizes.set(id, { width: await track.getCodedWidth(), height: await track.getCodedHeight() });
    }
    return {
      format: FORMATS[format.name] ?? format.name.toLowerCase(),
      size,
      ...(duration ? { duration: Math.round(duration * SECOND) } : {}),
      tracks: lanes.map(({ track }) => track),
      unsupported,
      sizeOf: ({ id }) => sizes.get(id),
      frames: () => framesOf(lanes, library),
      close: async () => input.dispose(),
    };
  } catch (error) {
    input.dispose();
    throw error instanceof RoomcastError ? error : notMedia(path, error);
  }
}

async function lanesOf(
  tracks: readonly InputTrack[],
  library: Library,
): Promise<{ lanes: Lane[]; unsupported: Unsupported[] }> {
  const lanes: Lane[] = [];
  const unsupported: Unsupported[] = [];
  for (const input of tracks) {
    const kind: Kind = input.isVideoTrack() ? 'video' : input.isAudioTrack() ? 'audio' : 'data';
    if (kind === 'data') continue;
    const name = await input.getCodec();
    const codec = name === null ? undefined : CODECS[name];
    const before = lanes.filter(({ track }) => track.kind === kind).length;
    const id = kind === 'video' ? videoTrackId(before) : audioTrackId(before);
    const lane = codec && (await laneOf(input, { id, codec }, library));
    if (lane) lanes.push(lane);
    else unsupported.push({ kind, codec: name ?? String((await input.getInternalCodecId()) ?? 'unknown') });
  }
  return { lanes, unsupported };
}

/** Undefined where nothing in the track can be used. */
async function laneOf(
  input: InputTrack,
  { id, codec }: Pick<Lane, 'id' | 'codec'>,
  { EncodedPacketSink }: Library,
): Promise<Lane | undefined> {
  const config = await configOf(input);
  const sink = new EncodedPacketSink(input);
  const reader = new PacketLane({ id, codec, config });
  const beginning: number[] = [];
  let count = 0;
  for await (const packet of whatIsThere(sink.packets(undefined, undefined, { metadataOnly: true }))) {
    beginning.push(toMicroseconds(packet.timestamp));
    if (beginning.length === LOOK_AHEAD) break;
  }
  if (!reader.track) {
    for await (const { data } of whatIsThere(sink.packets())) {
      reader.read({ dts: 0, pts: 0, data });
      if (reader.track || ++count === CONFIG_PACKETS) break;
    }
  }
  return reader.track && beginning.length > 0
    ? { input, id, codec, config, beginning, track: reader.track }
    : undefined;
}

/** All frames of all tracks in order of decode time, the earliest at 0. */
async function* framesOf(lanes: readonly Lane[], library: Library): AsyncGenerator<Frame, void> {
  let shift: number | undefined;
  for await (const frame of inOrderOfTime(lanes.map((lane) => laneFrames(lane, library)))) {
    shift ??= -frame.dts;
    yield { ...frame, dts: frame.dts + shift, pts: frame.pts + shift };
  }
}

async function* laneFrames(lane: Lane, { EncodedPacketSink }: Library): AsyncGenerator<Frame, void> {
  const { id, codec, config, beginning, track: first } = lane;
  const reader = new PacketLane({ id, codec, config });
  const times = new DecodeTimes(first.kind === 'video' ? beginning : beginning.slice(0, 1));
  const known = reader.track;
  for await (const { timestamp, data } of whatIsThere(new EncodedPacketSink(lane.input).packets())) {
    const pts = toMicroseconds(timestamp);
    const dts = times.next(pts);
    for (const frame of reader.read({ dts, pts: first.kind === 'video' ? pts : dts, data })) {
      yield frame.track === known ? { ...frame, track: first } : frame;
    }
  }
}

/** A file that was cut off is played up to there. What our own readers throw is no such case. */
async function* whatIsThere(packets: AsyncGenerator<EncodedPacket, void>): AsyncGenerator<EncodedPacket, void> {
  for (;;) {
    let next;
    try {
      next = await packets.next();
    } catch {
      return;
    }
    if (next.done) return;
    yield next.value;
  }
}

/** The codec config as the container has it. */
async function configOf(input: InputTrack): Promise<Uint8Array | undefined> {
  const decoder = input.isVideoTrack() || input.isAudioTrack() ? await input.getDecoderConfig() : null;
  const source = decoder?.description;
  if (source === undefined) return undefined;
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

function toMicroseconds(seconds: number): number {
  return Math.round(seconds * SECOND);
}

function notMedia(path: string, cause?: unknown): RoomcastError {
  const what = cause instanceof ProtocolError ? cause.message : 'It is damaged, or of another kind.';
  return new RoomcastError(
    'bad-request',
    `${path} is not a media file that can be read (MP4, MOV, MKV, WebM or FLV). ${what}`,
    { cause },
  );
}
