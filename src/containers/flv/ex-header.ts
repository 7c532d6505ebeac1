import { ProtocolError } from '../../errors.ts';
import { ByteReader } from '../../media/bytes/byte-reader.ts';

/** VideoPacketType and AudioPacketType (Enhanced RTMP v2). They agree where both have one. */
export const exPacket = {
  start: 0,
  frames: 1,
  end: 2,
  /** Video only: pictures whose composition time is 0. */
  framesX: 3,
  /** Video: metadata. Audio: the channels. */
  metadata: 4,
  channels: 4,
  tsStart: 5,
  multitrack: 6,
  /** Audio puts its multitrack one lower. */
  audioMultitrack: 5,
  modEx: 7,
} as const;

/** AvMultitrackType. */
const multitrack = { one: 0, many: 1, manyCodecs: 2 } as const;

/** VideoFrameType of a body that is a command's number and nothing else. */
const COMMAND = 5;

/** Modifiers of one body; there is one kind, so more than these are no program that we know. */
const MAX_MODIFIERS = 16;
/** Tracks in one body; no program that we know has more. */
const MAX_PARTS = 64;

/** ModEx type: nanoseconds beyond the milliseconds of the message. */
const NANO_OFFSET = 0;
/** The offset is less than a millisecond. */
const MAX_NANOS = 999_999;

/** What one track has in a body. */
export interface ExPart {
  /** 0 where the body has one track without a number. */
  track: number;
  /** As written, its four bytes as one number. */
  fourCc: number;
  data: Uint8Array;
}

/** A body with a FourCC, taken apart. */
export interface ExBody {
  /** Of the packets in each part; see `exPacket`. */
  type: number;
  /** ns, 0 to 999 999, to be added to the message's time. */
  nanos: number;
  /** None in a command. */
  parts: ExPart[];
}

/**
 * Reads the header of an enhanced body (ExVideoTagHeader, ExAudioTagHeader) and splits what follows by track.
 *
 * @throws ProtocolError where it ends too soon, has too many modifiers or tracks, or says what cannot be.
 */
export function readExBody(body: Uint8Array, kind: 'video' | 'audio'): ExBody {
  const reader = new ByteReader(body);
  let type = reader.u8() & 15;
  let nanos = 0;
  for (let count = 0; type === exPacket.modEx; count++) {
    if (count === MAX_MODIFIERS) throw new ProtocolError(`A tag has more than ${MAX_MODIFIERS} modifiers.`);
    const modifier = readModifier(reader);
    if (modifier.type === NANO_OFFSET && modifier.data.length >= 3) {
      const [high, middle, low] = modifier.data;
      nanos = Math.min(MAX_NANOS, (high! << 16) | (middle! << 8) | low!);
    }
    type = modifier.next;
  }
  // Metadata may call itself a command, and is none.
  if (kind === 'video' && ((body[0]! >> 4) & 7) === COMMAND && type !== exPacket.metadata) {
    return { type, nanos, parts: [] };
  }
  const many = kind === 'video' ? exPacket.multitrack : exPacket.audioMultitrack;
  if (type !== many) {
    const fourCc = reader.u32();
    return { type, nanos, parts: [{ track: 0, fourCc, data: reader.rest() }] };
  }
  const kinds = reader.u8();
  return { type: kinds & 15, nanos, parts: readParts(reader, kinds >> 4) };
}

function readModifier(reader: ByteReader): { type: number; next: number; data: Uint8Array } {
  let size = reader.u8() + 1;
  if (size === 256) size = reader.u16() + 1;
  const data = reader.take(size);
  const kinds = reader.u8();
  return { type: kinds >> 4, next: kinds & 15, data };
}

function readParts(reader: ByteReader, form: number): ExPart[] {
  if (form > multitrack.manyCodecs) throw new ProtocolError(`A tag has tracks in the unknown form ${form}.`);
  const shared = form === multitrack.manyCodecs ? undefined : reader.u32();
  const parts: ExPart[] = [];
  do {
    if (parts.length === MAX_PARTS) throw new ProtocolError(`A tag has more than ${MAX_PARTS} tracks.`);
    const fourCc = shared ?? reader.u32();
    const track = reader.u8();
    if (parts.some((part) => part.track === track)) throw new ProtocolError(`A tag has the track ${track} twice.`);
    const data = form === multitrack.one ? reader.rest() : reader.take(reader.u24());
    parts.push({ track, fourCc, data });
  } while (reader.left > 0);
  return parts;
}
