import { ProtocolError } from '../../errors.ts';
import type { Demuxer, MediaEvent } from '../demuxer.ts';
import { FlvTagDecoder, type FlvTagDecoderOptions } from './tag-decoder.ts';
import { BACK_POINTER, FLV_HEADER, TAG_HEADER, type TagType, tagType } from './tag.ts';

/** First room made for bytes that wait for the rest; it doubles as they come, since a size alone is no promise. */
const FIRST_ROOM = 1024;
/** DataOffset of the header; more than this is no FLV. */
const MAX_HEADER = 1024;

const NO_ROOM = new Uint8Array(0);

const TYPE = 0x1f;
const ENCRYPTED = 0x20;

/** Bytes that parsing waits for, and how it goes on once they are there. */
type Parsing = Generator<number, void, Uint8Array>;

/**
 * Reads an FLV file or stream (Annex E). Frames keep the bytes that were pushed, so those must not change afterwards.
 */
export class FlvDemuxer implements Demuxer {
  readonly decoder: FlvTagDecoder;
  readonly #parsing: Parsing;
  #wanted: number;
  #events: MediaEvent[] = [];
  #room: Uint8Array = NO_ROOM;
  #length = 0;
  #ended = false;

  constructor(options: FlvTagDecoderOptions = {}) {
    this.decoder = new FlvTagDecoder(options);
    this.#parsing = this.#parse();
    this.#wanted = this.#parsing.next().value as number;
  }

  push(bytes: Uint8Array): MediaEvent[] {
    if (this.#ended) throw new ProtocolError('The FLV demuxer has ended with an error.');
    this.#events = [];
    try {
      this.#feed(bytes);
    } catch (error) {
      this.#ended = true;
      this.#room = NO_ROOM;
      throw error;
    }
    return this.#events;
  }

  #feed(bytes: Uint8Array): void {
    let at = 0;
    while (bytes.length - at + this.#length >= this.#wanted) {
      const end = at + this.#wanted - this.#length;
      let whole = bytes.subarray(at, end);
      if (this.#length > 0) {
        this.#keep(whole);
        whole = this.#room.subarray(0, this.#length);
        this.#room = NO_ROOM; // what was read keeps the old one
        this.#length = 0;
      }
      at = end;
      this.#wanted = this.#parsing.next(whole).value as number;
    }
    if (at < bytes.length) this.#keep(bytes.subarray(at));
  }

  #keep(bytes: Uint8Array): void {
    const length = this.#length + bytes.length;
    if (length > this.#room.length) {
      const room = new Uint8Array(Math.min(this.#wanted, Math.max(length, this.#room.length * 2, FIRST_ROOM)));
      room.set(this.#room.subarray(0, this.#length));
      this.#room = room;
    }
    this.#room.set(bytes, this.#length);
    this.#length = length;
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
