import { parameterSetsOf } from '../../media/codec/in-band.ts';
import { isLengthPrefixed, joinAnnexB, NAL_PREFIX, toAnnexB } from '../../media/codec/nal.ts';
import { unlessBroken } from '../../media/codec/unless-broken.ts';
import type { Frame, Track } from '../../media/frame.ts';
import type { AdtsConfig, Carriage } from './carriage.ts';

/** A frame as an elementary stream has it: `head`, then `data`. */
export interface Payload {
  head: Uint8Array;
  data: Uint8Array;
  /** Each NAL unit in `data` has its length in front, in whose place a start code is written. */
  lengths: boolean;
}

const NONE = new Uint8Array(0);

/** Access unit delimiters that allow every type of slice (H.264, 7.3.2.4; H.265, 7.3.2.5), with their start codes. */
const H264_DELIMITER = Uint8Array.of(0, 0, 0, 1, 0x09, 0xf0);
const H265_DELIMITER = Uint8Array.of(0, 0, 0, 1, 0x46, 0x01, 0x50);

const ADTS_HEADER = 7;
/** aac_frame_length has 13 bits. */
const MAX_ADTS = 0x1fff;

/** opus_control_header: eleven bits of prefix; no trim, no extension. */
const OPUS_HEAD = [0x7f, 0xe0] as const;

/** A metadata access unit cell (2.12.4.2): one whole unit, at which decoding can start. */
const CELL_HEADER = 5;
const WHOLE_CELL = 0xdf;
const MAX_CELL = 0xffff;

/** Delimiter and parameter sets with start codes, by the track whose config these are of. */
const heads = new WeakMap<Track, Uint8Array>();

/** What is written of a frame, with the parameter sets of its track where `sets` says so; undefined for one that its codec's form has no place for. */
export function payloadOf(frame: Frame, { adts }: Carriage, sets: boolean): Payload | undefined {
  const { track, data } = frame;
  if (data.length === 0) return undefined;
  switch (track.codec) {
    case 'h264':
      return pictureOf(frame, H264_DELIMITER, sets);
    case 'h265':
      return pictureOf(frame, H265_DELIMITER, sets);
    case 'aac': {
      const head = adts && adtsHeader(adts, data.length);
      return head && { head, data, lengths: false };
    }
    case 'opus':
      return { head: opusHead(data.length), data, lengths: false };
    case 'klv':
      return data.length > MAX_CELL ? undefined : { head: cellHeader(data.length), data, lengths: false };
    default:
      return { head: NONE, data, lengths: false };
  }
}

function pictureOf({ track, data }: Frame, delimiter: Uint8Array, sets: boolean): Payload {
  const head = sets ? headWithSets(track, delimiter) : delimiter;
  if (isPlain(data)) return { head, data, lengths: true };
  return { head, data: unlessBroken(() => toAnnexB(data)) ?? NONE, lengths: false };
}

/** True where the lengths of the NAL units lead to the end, and none is empty: the usual case, which needs no second copy. */
function isPlain(data: Uint8Array): boolean {
  if (!isLengthPrefixed(data, NAL_PREFIX)) return false;
  for (let at = 0; at < data.length;) {
    const length = lengthAt(data, at);
    if (length === 0) return false;
    at += NAL_PREFIX + length;
  }
  return true;
}

function lengthAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 2 ** 24 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!);
}

function headWithSets(track: Track, delimiter: Uint8Array): Uint8Array {
  let head = heads.get(track);
  if (!head) {
    const codec = track.codec === 'h264' ? 'h264' : 'h265';
    const nals = unlessBroken(() => parameterSetsOf(codec, track.config)) ?? [];
    head = joinAnnexB([delimiter.subarray(NAL_PREFIX), ...nals]);
    heads.set(track, head);
  }
  return head;
}

/** An ADTS header without a checksum (ISO/IEC 14496-3, 1.A.2.2); undefined for a frame that is too long for one. */
function adtsHeader({ profile, rateIndex, channels }: AdtsConfig, size: number): Uint8Array | undefined {
  const length = ADTS_HEADER + size;
  if (length > MAX_ADTS) return undefined;
  return Uint8Array.of(
    0xff,
    0xf1,
    (profile << 6) | (rateIndex << 2) | (channels >> 2),
    ((channels & 3) << 6) | (length >> 11),
    length >> 3,
    ((length & 7) << 5) | 0x1f,
    0xfc,
  );
}

/** The size of an access unit of Opus is a run of bytes of 255 and a last one that is less. */
function opusHead(size: number): Uint8Array {
  const runs = Math.floor(size / 255);
  const head = new Uint8Array(OPUS_HEAD.length + runs + 1);
  head.set(OPUS_HEAD);
  head.fill(255, OPUS_HEAD.length, OPUS_HEAD.length + runs);
  head[head.length - 1] = size % 255;
  return head;
}

function cellHeader(size: number): Uint8Array {
  const head = new Uint8Array(CELL_HEADER);
  head[2] = WHOLE_CELL;
  head[3] = size >> 8;
  head[4] = size;
  return head;
}

/** Writes a payload; gives where it ends. */
export function putPayload(out: Uint8Array, at: number, { head, data, lengths }: Payload): number {
  out.set(head, at);
  const start = at + head.length;
  out.set(data, start);
  const end = start + data.length;
  if (!lengths) return end;
  for (let nal = start; nal < end;) {
    const length = lengthAt(out, nal);
    out[nal] = out[nal + 1] = out[nal + 2] = 0;
    out[nal + 3] = 1;
    nal += NAL_PREFIX + length;
  }
  return end;
}
