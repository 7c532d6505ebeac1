import type { Unsupported } from '../containers/demuxer.ts';
import type * as Mediabunny from 'mediabunny';
import type { EncodedPacket, InputFormat, InputTrack } from 'mediabunny';
import { ProtocolError, RoomcastError } from '../errors.ts';
import { audioTrackId, videoTrackId } from '../containers/flv/index.ts';
import { OPUS_RATE, parseOpusHead } from '../media/codec/opus.ts';
import type { Codec, Frame, Kind, Track } from '../media/frame.ts';
import { SECOND } from '../media/time.ts';
import { DecodeTimes } from './decode-times.ts';
import type { Damage, MediaFile } from './media-file.ts';
import { inOrderOfTime } from './merge.ts';
import { checkMp4Index } from './mp4-index.ts';
import { PacketLane } from './packet-lane.ts';
import { isSystemError, readError } from './read-error.ts';

/** Pictures that are looked at to learn in which order they are seen: some GOPs of a live encoder, one of a film. */
const LOOK_AHEAD = 300;
/** Sound before the start, in seconds, that a decoder needs: as much as Opus asks for, which is the most (RFC 7845, 4.6). */
const PRE_ROLL = 0.08;
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

/** A file that is being read. */
interface Reading {
  path: string;
  library: Library;
  format: InputFormat;
}

/** A track of the file that can be read. */
interface Lane {
  input: InputTrack;
  id: number;
  codec: Codec;
  config: Uint8Array | undefined;
  size: Track['size'];
  /** The first packet that is needed; undefined where it is the first there is. */
  start: EncodedPacket | undefined;
  /** µs that the container's times are late. */
  delay: number;
  /** Presentation times in µs of the first packets, in decode order; of sound that of the first alone. */
  beginning: number[];
  track: Track;
}

/** Opens MP4 and its kin. @throws RoomcastError where it is none, or nothing in it can be read. */
export async function openContainerFile(path: string, size: number): Promise<MediaFile> {
  const { edits } = await checkMp4Index(path, size).catch((error: unknown) => {
    throw notMedia(path, error);
  });
  const library = await import('mediabunny');
  const { Input, FilePathSource, MP4, QTFF, MATROSKA, WEBM, Logging, LogLevel } = library;
  Logging.level = LogLevel.Silent; // it says on the console what we say in words
  const source = new FilePathSource(path, { handleUnhandledError: () => {} });
  const input = new Input({ source, formats: [MP4, QTFF, MATROSKA, WEBM] });
  try {
    if (!(await input.canRead())) throw notMedia(path);
    const format = await input.getFormat();
    const reading = { path, library, format };
    const { lanes, unsupported } = await lanesOf(await input.getTracks(), reading);
    if (lanes.length === 0 && unsupported.length === 0) throw notMedia(path);
    const duration = await input.getDurationFromMetadata();
    return {
      format: FORMATS[format.name] ?? format.name.toLowerCase(),
      size,
      ...(duration ? { duration: Math.round(duration * SECOND) } : {}),
      tracks: lanes.map(({ track }) => track),
      unsupported,
      ...(edits > 1
        ? { ignored: `Of the ${edits} parts of the file’s edit list only the start of the first is kept to.` }
        : {}),
      frames: (damaged) => framesOf(lanes, reading, damaged),
      close: async () => input.dispose(),
    };
  } catch (error) {
    input.dispose();
    if (error instanceof RoomcastError) throw error;
    throw isSystemError(error) ? readError(path, error) : notMedia(path, error);
  }
}

async function lanesOf(
  tracks: readonly InputTrack[],
  reading: Reading,
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
    const lane = codec && (await laneOf(input, { id, codec }, reading));
    if (lane) lanes.push(lane);
    else unsupported.push({ kind, codec: name ?? String((await input.getInternalCodecId()) ?? 'unknown') });
  }
  return { lanes, unsupported };
}

/** Undefined where nothing in the track can be used. */
async function laneOf(
  input: InputTrack,
  { id, codec }: Pick<Lane, 'id' | 'codec'>,
  { path, library, format }: Reading,
): Promise<Lane | undefined> {
  const config = await configOf(input);
  const size = input.isVideoTrack()
    ? { width: await input.getCodedWidth(), height: await input.getCodedHeight() }
    : undefined;
  const sink = new library.EncodedPacketSink(input);
  const reader = new PacketLane({ id, codec, config, size });
  const start = await startOf(input, sink).catch((error: unknown) => refuseFailure(path, error));
  const beginning: number[] = [];
  for await (const packet of upToDamage(sink.packets(start, undefined, { metadataOnly: true }), path)) {
    beginning.push(toMicroseconds(packet.timestamp));
    if (beginning.length === (size ? LOOK_AHEAD : 1)) break;
  }
  let count = 0;
  for await (const { data } of reader.track ? [] : upToDamage(sink.packets(start), path)) {
    reader.read({ dts: 0, pts: 0, data });
    if (reader.track || ++count === CONFIG_PACKETS) break;
  }
  if (!reader.track || beginning.length === 0) return undefined;
  const delay = format instanceof library.MatroskaInputFormat ? codecDelay(reader.track) : 0;
  return { input, id, codec, config, size, start, delay, beginning, track: reader.track };
}

/**
 * The packet with which a track starts that has more in front of where an edit list lets it: the key frame that the first
 * picture needs, the sound that a decoder begins with.
 */
async function startOf(input: InputTrack, sink: Mediabunny.EncodedPacketSink): Promise<EncodedPacket | undefined> {
  const first = await sink.getFirstPacket({ metadataOnly: true });
  if (!first || first.timestamp >= -PRE_ROLL) return undefined;
  return (input.isVideoTrack() ? await sink.getKeyPacket(0) : await sink.getPacket(-PRE_ROLL)) ?? undefined;
}

/** What a decoder throws away at the start lies before 0, and Matroska's times count from there (CodecDelay). µs */
function codecDelay({ codec, config }: Track): number {
  return codec === 'opus' ? Math.round((parseOpusHead(config).preSkip * SECOND) / OPUS_RATE) : 0;
}

/** All frames of all tracks in order of decode time, the earliest at 0. */
async function* framesOf(
  lanes: readonly Lane[],
  reading: Reading,
  damaged: (damage: Damage) => void = () => {},
): AsyncGenerator<Frame, void> {
  let shift: number | undefined;
  const told = ({ kind, at }: Damage): void => damaged({ kind, at: Math.max(0, at + (shift ?? 0)) });
  for await (const frame of inOrderOfTime(lanes.map((lane) => laneFrames(lane, reading, told)))) {
    shift ??= -frame.dts;
    yield { ...frame, dts: frame.dts + shift, pts: frame.pts + shift };
  }
}

async function* laneFrames(
  lane: Lane,
  { path, library }: Reading,
  damaged: (damage: Damage) => void,
): AsyncGenerator<Frame, void> {
  const { beginning, delay, track: first } = lane;
  const reader = new PacketLane(lane);
  const times = new DecodeTimes(beginning);
  const known = reader.track;
  let last = -Infinity;
  const ended = (error: unknown): void => {
    if (!(error instanceof library.InputDisposedError)) damaged({ kind: first.kind, at: last });
  };
  const packets = new library.EncodedPacketSink(lane.input).packets(lane.start);
  for await (const { timestamp, data } of upToDamage(packets, path, ended)) {
    const pts = toMicroseconds(timestamp);
    const dts = times.next(pts);
    last = dts - delay;
    for (const frame of reader.read({ dts: last, pts: first.kind === 'video' ? pts - delay : last, data })) {
      yield frame.track === known ? { ...frame, track: first } : frame;
    }
  }
}

/** The packets up to where one cannot be read. What our own readers throw is no such case. */
async function* upToDamage(
  packets: AsyncGenerator<EncodedPacket, void>,
  path: string,
  ended: (error: unknown) => void = () => {},
): AsyncGenerator<EncodedPacket, void> {
  try {
    for (;;) {
      let next;
      try {
        next = await packets.next();
      } catch (error) {
        refuseFailure(path, error);
        ended(error);
        return;
      }
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await packets.return();
  }
}

/** A disk that fails is no damage of the file. @throws RoomcastError in words for what the system says. */
function refuseFailure(path: string, error: unknown): undefined {
  if (isSystemError(error)) throw readError(path, error);
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
    `${path} is not a media file that can be read (MP4, MOV, MKV, WebM, FLV or MPEG-TS). ${what}`,
    { cause },
  );
}
