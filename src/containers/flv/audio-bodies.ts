import { buildG711Config } from '../../media/codec/g711.ts';
import type { OpusReader } from '../../media/codec/opus-reader.ts';
import { codecs } from '../../media/codec/table.ts';
import type { Codec } from '../../media/frame.ts';
import { AudioLane } from './audio-lane.ts';
import { packetType, soundFormat } from './body.ts';
import { readChannelLayout } from './channel-layout.ts';
import { type ExPart, exPacket, readExBody } from './ex-header.ts';
import { codecOf, EX_AUDIO, fourCcWords } from './four-cc.ts';
import { audioTrackId, type Found, MAX_TRACKS, trackId } from './found.ts';

/** SoundFormat and so on, and AACPacketType behind it. */
const HEAD = 1;
const AAC_HEAD = 2;
/** SoundType of the header: two channels. */
const STEREO = 1;
const G711_RATE = 8000;

/** SoundFormat (E.4.2.1). */
const FORMATS: readonly (string | undefined)[] = [
  'PCM',
  'ADPCM',
  undefined,
  'PCM',
  'Nellymoser',
  'Nellymoser',
  'Nellymoser',
  undefined,
  undefined,
  undefined,
  undefined,
  'Speex',
];

/** What is read of the packets behind a FourCC; an end asks for nothing. */
const READ: ReadonlySet<number> = new Set([exPacket.start, exPacket.frames, exPacket.end, exPacket.channels]);

/** Reads the bodies of audio tags. */
export class AudioBodies {
  readonly #lanes = new Map<number, AudioLane>();

  decode(body: Uint8Array, found: Found): void {
    const format = body[0]! >> 4;
    const data = body.subarray(HEAD);
    if (format === soundFormat.aac) this.#aac(body, found);
    else if (format === soundFormat.mp3 || format === soundFormat.mp3At8k) this.#sound('mp3', data, found);
    else if (format === soundFormat.pcma) this.#pcm('pcma', body, found);
    else if (format === soundFormat.pcmu) this.#pcm('pcmu', body, found);
    else if (format === EX_AUDIO) this.#enhanced(body, found);
    else found.leaveOut('audio', FORMATS[format] ?? `SoundFormat ${format}`);
  }

  #aac(body: Uint8Array, found: Found): void {
    const data = body.subarray(AAC_HEAD);
    if (data.length === 0) return;
    const lane = this.#lane(trackId.audio);
    if (body[1] === packetType.config) found.attempt(() => lane.configure('aac', data, found));
    else if (body[1] === packetType.frame) lane.sound('aac', data, found);
  }

  #sound(codec: Codec, data: Uint8Array, found: Found): void {
    if (data.length > 0) this.#lane(trackId.audio).sound(codec, data, found);
  }

  #pcm(codec: 'pcma' | 'pcmu', body: Uint8Array, found: Found): void {
    if (body.length === HEAD) return;
    const channels = (body[0]! & STEREO) + 1;
    this.#lane(trackId.audio).configure(codec, buildG711Config({ sampleRate: G711_RATE, channels }), found);
    this.#sound(codec, body.subarray(HEAD), found);
  }

  #enhanced(body: Uint8Array, found: Found): void {
    const read = found.attempt(() => readExBody(body, 'audio'));
    if (!read) return;
    found.delay(read.nanos);
    for (const part of read.parts) found.attempt(() => this.#part(read.type, part, found));
  }

  #part(type: number, { track, fourCc, data }: ExPart, found: Found): void {
    const codec = codecOf(fourCc);
    if (!codec || codecs[codec].kind !== 'audio') {
      found.leaveOut('audio', fourCcWords(fourCc));
      return;
    }
    if (!READ.has(type)) {
      found.leaveOut('audio', `packet type ${type}`);
      return;
    }
    const id = audioTrackId(track);
    if (!this.#lanes.has(id) && this.#lanes.size >= MAX_TRACKS) {
      found.leaveOut('audio', 'more tracks');
      return;
    }
    if (data.length === 0 || type === exPacket.end) return;
    // Of the codecs only Opus has channels that its packets do not tell.
    if (type === exPacket.channels && codec !== 'opus') return;
    const lane = this.#lane(id);
    if (type === exPacket.start) lane.configure(codec, data, found);
    else if (type === exPacket.frames) lane.sound(codec, data, found);
    else arrange(lane, data, found);
  }

  #lane(id: number): AudioLane {
    let lane = this.#lanes.get(id);
    if (!lane) this.#lanes.set(id, (lane = new AudioLane(id)));
    return lane;
  }
}

/** Takes the order of the channels of Opus from the publisher. */
function arrange(lane: AudioLane, data: Uint8Array, found: Found): void {
  const reader = lane.readerOf('opus') as OpusReader;
  lane.adopt(reader.arrange(readChannelLayout(data)), found);
}
