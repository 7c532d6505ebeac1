import { ProtocolError } from '../../errors.ts';
import { aac, parseAudioConfig } from './aac.ts';
import { type AdtsFrame, isAdts, splitAdts } from './adts.ts';
import { type AudioReader, audioUnit, type AudioUnit, CurrentConfig } from './audio-reader.ts';

/** An AudioSpecificConfig with a long program config element stays far below this many bytes. */
const MAX_CONFIG = 1024;
/** Samples of a raw data block where the config does not say. */
const BLOCK = 1024;

/** Reads the frames of one publisher of AAC, with an AudioSpecificConfig or with ADTS headers. */
export class AacReader implements AudioReader {
  readonly #current = new CurrentConfig();
  /** True once an AudioSpecificConfig was sent: it knows more than ADTS headers do, such as SBR. */
  #told = false;
  #samples = BLOCK;

  get config(): Uint8Array | undefined {
    return this.#current.bytes;
  }

  configure(bytes: Uint8Array): Uint8Array | undefined {
    if (bytes.length > MAX_CONFIG) {
      throw new ProtocolError(`An AAC config has more than ${MAX_CONFIG} bytes.`, 'limit-exceeded');
    }
    if (!parseAudioConfig(bytes)) throw new ProtocolError('The AAC config is no AudioSpecificConfig.');
    this.#told = true;
    return this.#adopt(bytes);
  }

  read(bytes: Uint8Array): AudioUnit[] {
    this.#current.earn(bytes.length);
    // Some encoders leave the ADTS header on. No raw frame begins like one: it would be an END element alone.
    if (isAdts(bytes)) return this.#adts(bytes);
    return this.config && bytes.length > 0 ? [audioUnit(bytes, this.#samples, undefined)] : [];
  }

  #adts(bytes: Uint8Array): AudioUnit[] {
    const units: AudioUnit[] = [];
    for (const frame of splitAdts(bytes)) {
      if (!this.#isPlayable(frame)) continue;
      const news = this.#told ? undefined : this.#adopt(frame.config);
      units.push(audioUnit(frame.data, this.#samples, news));
    }
    return units;
  }

  /**
   * Several blocks in a frame, with checksums among them, are no packet of any container; and channels that a block tells
   * would have to be in the config as well. Hardly any encoder writes either.
   */
  #isPlayable({ data, blocks, channelConfig }: AdtsFrame): boolean {
    return data.length > 0 && blocks === 1 && (channelConfig > 0 || this.#told) && !isAdts(data);
  }

  #adopt(config: Uint8Array): Uint8Array | undefined {
    const news = this.#current.adopt(config.slice());
    if (news) this.#samples = aac.describe(news).frameSamples ?? BLOCK;
    return news;
  }
}
