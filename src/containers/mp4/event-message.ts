import type { ByteReader } from '../../media/bytes/byte-reader.ts';
import type { Frame } from '../../media/frame.ts';
import { SECOND } from '../../media/time.ts';
import { fullBoxOf } from './box-reader.ts';
import { fullBox, written } from './box-writer.ts';
import { toMicroseconds } from './timescale.ts';

/** Timed ID3 in MP4 (Carriage of ID3 Timed Metadata in CMAF, 2), and how it was called before. */
const ID3 = 'https://aomedia.org/emsg/ID3';
const SCHEMES: ReadonlySet<string> = new Set([ID3, 'https://developer.apple.com/streaming/emsg-id3']);
/** The version whose time is that of the stream and not of a segment. */
const ABSOLUTE = 1;
const UNKNOWN_DURATION = 0xffff_ffff;
/** Characters of a string in an event; a URI is no longer. */
const MAX_STRING = 256;
/** The times of a stream in µs are exact up to here. */
const MAX_TICKS = 2 ** 52;

/** `emsg` with one ID3 tag (ISO/IEC 23009-1, 5.10.3.3), which stands before the fragment of its time. */
export function id3Message({ pts, data }: Frame): Uint8Array {
  return fullBox(
    'emsg',
    { version: ABSOLUTE },
    written((writer) => {
      writer.u32(SECOND);
      writer.u32(Math.floor(pts / 2 ** 32));
      writer.u32(pts);
      writer.u32(UNKNOWN_DURATION);
      writer.u32(pts); // the same event has the same number in all renditions
      writer.utf8(`${ID3}\0\0`);
    }),
    data,
  );
}

/** The ID3 tag in an `emsg` and its time in µs; undefined for another event. @throws ProtocolError where it ends too soon. */
export function readId3Message(body: Uint8Array): { time: number; data: Uint8Array } | undefined {
  const { version, reader } = fullBoxOf(body);
  if (version !== ABSOLUTE) return undefined;
  const timescale = reader.u32();
  const ticks = reader.u32() * 2 ** 32 + reader.u32();
  reader.skip(8); // duration, number
  const scheme = readString(reader);
  readString(reader);
  const time = timescale > 0 && ticks < MAX_TICKS ? toMicroseconds(ticks, timescale) : Infinity;
  return SCHEMES.has(scheme) && time < MAX_TICKS && reader.left > 0 ? { time, data: reader.rest() } : undefined;
}

function readString(reader: ByteReader): string {
  let text = '';
  for (let code = reader.u8(); code !== 0; code = reader.u8()) {
    if (text.length < MAX_STRING) text += String.fromCharCode(code);
  }
  return text;
}
