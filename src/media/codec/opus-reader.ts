import { type AudioReader, audioUnit, type AudioUnit, CurrentConfig } from './audio-reader.ts';
import { buildOpusHead, isOpusTags, type OpusHead, parseOpusHead } from './opus.ts';
import { type ChannelLayout, opusHeadOf } from './opus-layout.ts';
import { type OpusPacket, parseOpusPacket } from './opus-packet.ts';

/** Reads the packets of one publisher of Opus. One that sends no OpusHead gets the one that its packets speak of. */
export class OpusReader implements AudioReader {
  readonly #current = new CurrentConfig();
  #head: OpusHead | undefined;
  /** Who told the channels: the better source stays. */
  #source: 'packets' | 'layout' | 'head' = 'packets';

  get config(): Uint8Array | undefined {
    return this.#current.bytes;
  }

  configure(bytes: Uint8Array): Uint8Array | undefined {
    if (isOpusTags(bytes)) return undefined;
    const head = parseOpusHead(bytes);
    this.#source = 'head';
    return this.#adopt(head);
  }

  /**
   * Takes the arrangement of the channels from beside the codec. An OpusHead knows it better. Returns the codec config
   * where it is new.
   *
   * @throws ProtocolError for a number of channels that Opus cannot have.
   */
  arrange(layout: ChannelLayout): Uint8Array | undefined {
    if (this.#source === 'head') return undefined;
    const head = opusHeadOf(layout);
    this.#source = 'layout';
    return this.#adopt(head);
  }

  read(bytes: Uint8Array): AudioUnit[] {
    this.#current.earn(bytes.length);
    const packet = parseOpusPacket(bytes, this.#head?.streams);
    return packet ? [audioUnit(bytes, packet.samples, this.#hear(packet))] : [];
  }

  /** An encoder may fall back to mono for a while, so one stereo packet is enough for good. */
  #hear({ stereo }: OpusPacket): Uint8Array | undefined {
    const channels = stereo ? 2 : 1;
    if (this.#source !== 'packets' || (this.#head && this.#head.channels >= channels)) return undefined;
    return this.#adopt(opusHeadOf({ channels, order: 'unspecified', speakers: [] }));
  }

  #adopt(head: OpusHead): Uint8Array | undefined {
    this.#head = head;
    return this.#current.adopt(buildOpusHead(head));
  }
}
