import { buildAudioConfig } from './aac.ts';
import { MAX_PACKETS } from './audio-reader.ts';

const MIN_HEADER = 7;
const WITH_CRC = 9;
const ESCAPE_RATES = 13;

/** One frame of an ADTS stream (ISO/IEC 14496-3, 1.A.2.2). */
export interface AdtsFrame {
  /** AudioSpecificConfig that says the same; of no use without channels. */
  config: Uint8Array;
  /** channel_configuration; 0 where `data` begins with a program config element that tells the channels. */
  channelConfig: number;
  /** What follows the header: raw data blocks, one in nearly every stream. */
  data: Uint8Array;
  /** Raw data blocks in `data`. */
  blocks: number;
  /** Bytes of the whole frame. */
  length: number;
}

/** Reads the ADTS frame that begins at `at`; undefined where there is none, or it is not there in full. */
export function parseAdts(bytes: Uint8Array, at = 0): AdtsFrame | undefined {
  if (bytes.length - at < MIN_HEADER) return undefined;
  // syncword 0xfff, layer 0
  if (bytes[at] !== 0xff || (bytes[at + 1]! & 0xf6) !== 0xf0) return undefined;
  const header = (bytes[at + 1]! & 1) === 0 ? WITH_CRC : MIN_HEADER;
  const b2 = bytes[at + 2]!;
  const b3 = bytes[at + 3]!;
  const length = ((b3 & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
  const rateIndex = (b2 >> 2) & 15;
  const channelConfig = ((b2 & 1) << 2) | (b3 >> 6);
  if (length < header || length > bytes.length - at || rateIndex >= ESCAPE_RATES) return undefined;
  return {
    config: buildAudioConfig({ objectType: (b2 >> 6) + 1, rateIndex, channelConfig }),
    channelConfig,
    data: bytes.subarray(at + header, at + length),
    blocks: (bytes[at + 6]! & 3) + 1,
    length,
  };
}

/** The frames of a run of ADTS, up to the first byte that begins none; at most `MAX_PACKETS`, empty ones among them. */
export function splitAdts(bytes: Uint8Array): AdtsFrame[] {
  const frames: AdtsFrame[] = [];
  for (let at = 0; frames.length < MAX_PACKETS;) {
    const frame = parseAdts(bytes, at);
    if (!frame) break;
    frames.push(frame);
    at += frame.length;
  }
  return frames;
}

/** True for bytes that are ADTS frames from the first to the last. */
export function isAdts(bytes: Uint8Array): boolean {
  const frame = parseAdts(bytes);
  return frame !== undefined && (frame.length === bytes.length || parseAdts(bytes, frame.length) !== undefined);
}
