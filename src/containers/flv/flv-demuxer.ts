import { ProtocolError } from '../../errors.ts';
import { ByteFeed, type Parsing } from '../../media/bytes/byte-feed.ts';
import type { Demuxer, MediaEvent } from '../demuxer.ts';
import { FlvTagDecoder, type FlvTagDecoderOptions } from './tag-decoder.ts';
import { BACK_POINTER, FLV_HEADER, TAG_HEADER, type TagType, tagType } from './tag.ts';

/** DataOffset of the header; more than this is no FLV. */
const MAX_HEADER = 1024;

const TYPE = 0x1f;
const ENCRYPTED = 0x20;

/**
 * Reads an FLV file or stream (Annex E). Frames keep the bytes that were pushed, so those must not change afterwards.
 */
export class FlvDemuxer implements Demuxer {
  readonly decoder: FlvTagDecoder;
  readonly #feed: ByteFeed;
  #events: MediaEvent[] = [];
  #ended = false;

  constructor(options: FlvTagDecoderOptions = {}) {
    this.decoder = new FlvTagDecoder(options);
    this.#feed = new ByteFeed(() => this.#parse());
  }

  push(bytes: Uint8Array): MediaEvent[] {
    if (this.#ended) throw new ProtocolError('The FLV demuxer has ended with an error.');
    this.#events = [];
    try {
      this.#feed.push(bytes);
    } catch (error) {
      this.#ended = true;
      this.#feed.drop();
      throw error;
    }
    return this.#events;
  }

  *#parse(): Parsing {
    const header = yield FLV_HEADER;
    if (header[0] !== 0x46 || header[1] !== 0x4c || header[2] !== 0x56) throw new ProtocolError('This is not FLV.');
    const offset = new DataView(header.buffer, header.byteOffset).getUint32(5);
    if (offset < FLV_HEADER || offset > MAX_HEADER) throw new ProtocolError(`The FLV header has ${offset} bytes.`);
    // PreviousTagSize is of use only for reading backwards, and often wrong.
    yield offset - FLV_HEADER + BACK_POINTER;
    for (;;) {
      const tag = yield TAG_HEADER;
      const size = (tag[1]! << 16) | (tag[2]! << 8) | tag[3]!;
      const time = ((tag[7]! << 24) | (tag[4]! << 16) | (tag[5]! << 8) | tag[6]!) >>> 0;
      const type = tag[0]!;
      const body = yield size;
      if ((type & ENCRYPTED) !== 0) this.decoder.leaveOut('data', 'encrypted FLV');
      else if (isTagType(type & TYPE)) this.#events.push(...this.decoder.decode((type & TYPE) as TagType, time, body));
      yield BACK_POINTER;
    }
  }
}

function isTagType(type: number): boolean {
  return type === tagType.audio || type === tagType.video || type === tagType.script;
}
