import { isAdts, splitAdts } from '../../media/codec/adts.ts';
import { mp3Config } from '../../media/codec/mp3.ts';
import { equalBytes } from '../../media/bytes/bytes.ts';
import type { Track } from '../../media/frame.ts';
import { packetType, soundFormat } from './body.ts';
import { EX_AUDIO, fourCc } from './four-cc.ts';
import { type Found, trackId } from './found.ts';

const AAC_HEAD = 2;
const MP3_HEAD = 1;

/** An AudioSpecificConfig with a long program config element stays far below this many bytes. */
const MAX_CONFIG = 1024;

/** SoundFormat (E.4.2.1). */
const FORMATS: readonly (string | undefined)[] = [
  'PCM',
  'ADPCM',
  undefined,
  'PCM',
  'Nellymoser',
  'Nellymoser',
  'Nellymoser',
  'G.711 A-law',
  'G.711 mu-law',
  undefined,
  undefined,
  'Speex',
];

/** Reads the bodies of audio tags. */
export class AudioBodies {
  #track: Track | undefined;

  decode(body: Uint8Array, found: Found): void {
    const format = body[0]! >> 4;
    if (format === soundFormat.aac) this.#aac(body, found);
    else if (format === soundFormat.mp3 || format === soundFormat.mp3At8k) this.#mp3(body.subarray(MP3_HEAD), found);
    else if (format === EX_AUDIO) found.leaveOut(`audio ${fourCc(body)}`);
    else found.leaveOut(FORMATS[format] ?? `audio SoundFormat ${format}`);
  }

  #aac(body: Uint8Array, found: Found): void {
    const data = body.subarray(AAC_HEAD);
    if (data.length === 0) return;
    if (body[1] === packetType.config) {
      if (data.length <= MAX_CONFIG) this.#adopt('aac', data, found);
      else found.drop();
    } else if (body[1] === packetType.frame) {
      // Some encoders leave the ADTS header on. No raw frame begins like one: it would be an END element alone.
      if (isAdts(data)) this.#adts(data, found);
      else this.#frame('aac', data, found);
    }
  }

  #adts(data: Uint8Array, found: Found): void {
    for (const frame of splitAdts(data)) {
      if (this.#track?.codec !== 'aac') this.#adopt('aac', frame.config, found);
      if (isAdts(frame.data)) found.drop();
      else if (frame.data.length > 0) this.#frame('aac', frame.data, found);
    }
  }

  #mp3(data: Uint8Array, found: Found): void {
    if (data.length === 0) return;
    const config = mp3Config(data);
    if (config) this.#adopt('mp3', config, found);
    if (config) this.#frame('mp3', data, found);
    else found.drop();
  }

  #adopt(codec: 'aac' | 'mp3', config: Uint8Array, found: Found): void {
    if (this.#track?.codec === codec && equalBytes(this.#track.config, config)) return;
    this.#track = { id: trackId.audio, kind: 'audio', codec, config: config.slice() };
    found.track(this.#track);
  }

  #frame(codec: 'aac' | 'mp3', data: Uint8Array, found: Found): void {
    if (this.#track?.codec === codec) found.frame(this.#track, data);
    else found.drop();
  }
}
