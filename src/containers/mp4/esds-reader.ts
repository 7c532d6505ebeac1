import { ByteReader } from '../../media/bytes/byte-reader.ts';
import type { Codec } from '../../media/frame.ts';
import { descriptor, objectType } from './sample-entry-audio.ts';

/** MPEG-2 AAC: Main, LC, SSR; and what some put AC-3 under (ISO/IEC 14496-1, table 5; mp4ra.org). */
const CODECS: ReadonlyMap<number, Codec> = new Map([
  [objectType.aac, 'aac'],
  [0x66, 'aac'],
  [0x67, 'aac'],
  [0x68, 'aac'],
  [objectType.mp3Mpeg2, 'mp3'],
  [objectType.mp3, 'mp3'],
  [0xa5, 'ac3'],
  [0xa6, 'eac3'],
]);

/** A length has at most so many groups of seven bits (ISO/IEC 14496-1, 8.3.3). */
const MAX_LENGTH = 4;
/** Flags of an ES_Descriptor (7.2.6.5), each with a field. */
const DEPENDS = 0x80;
const HAS_URL = 0x40;
const HAS_CLOCK = 0x20;
/** What follows the type in a DecoderConfigDescriptor: kind of stream, buffer, bit rates. */
const DECODER_REST = 12;

/** What an `esds` says. */
interface Stream {
  codec: Codec | undefined;
  /** What people call it. */
  name: string;
  /** DecoderSpecificInfo, which of AAC is an AudioSpecificConfig; empty where there is none. */
  config: Uint8Array;
}

/** Reads the ES_Descriptor in an `esds` (ISO/IEC 14496-14, 3.1.2). @throws ProtocolError where it ends too soon. */
export function readEsds(body: Uint8Array): Stream {
  let reader = enter(new ByteReader(body), descriptor.es);
  reader.skip(2);
  const flags = reader.u8();
  if ((flags & DEPENDS) !== 0) reader.skip(2);
  if ((flags & HAS_URL) !== 0) reader.skip(reader.u8());
  if ((flags & HAS_CLOCK) !== 0) reader.skip(2);
  reader = enter(reader, descriptor.decoderConfig);
  const type = reader.u8();
  reader.skip(DECODER_REST);
  const codec = CODECS.get(type);
  // Those of other codecs come from their frames.
  const config =
    codec === 'aac' && reader.left > 0 ? enter(reader, descriptor.specificInfo).rest() : body.subarray(0, 0);
  return { codec, name: `mp4a.${type.toString(16).padStart(2, '0').toUpperCase()}`, config };
}

/** The content of the first descriptor with this tag; those before it are passed over. */
function enter(reader: ByteReader, tag: number): ByteReader {
  for (;;) {
    const found = reader.u8();
    let length = 0;
    for (let i = 0; i < MAX_LENGTH; i++) {
      const byte = reader.u8();
      length = (length << 7) | (byte & 0x7f);
      if (byte < 0x80) break;
    }
    // A length beyond the end is a common fault, and does no harm.
    const content = reader.take(Math.min(length, reader.left));
    if (found === tag) return new ByteReader(content);
  }
}
