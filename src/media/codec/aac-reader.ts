import { ProtocolError } from '../../errors.ts';
import { aac, parseAudioConfig } from './aac.ts';
import { isAdts, splitAdts } from './adts.ts';
import { type AudioReader, audioUnit, type AudioUnit, CurrentConfig, MAX_PACKETS } from './audio-reader.ts';

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
    // Some encoders leave the ADTS header on. No raw frame begins like one: it would be an END element alone.
    if (isAdts(bytes)) return this.#adts(bytes);
    return this.config && bytes.length > 0 ? [audioUnit(bytes, this.#samples, undefined)] : [];
  }

  #adts(bytes: Uint8Array): AudioUnit[] {
    const units: AudioUnit[] = [];
    for (const { config, data, blocks } of splitAdts(bytes)) {
      if (units.length === MAX_PACKETS) break;
      if (data.length === 0 || isAdts(data)) continue;
      const news = this.#told ? undefined : this.#adopt(config);
      units.push(audioUnit(data, blocks * this.#samples, news));
    }
    return units;
  }

  #adopt(config: Uint8Array): Uint8Array | undefined {
    const news = this.#current.adopt(config.slice());
    if (news) this.#samples = aac.describe(news).frameSamples ?? BLOCK;
    return news;
  }
}
