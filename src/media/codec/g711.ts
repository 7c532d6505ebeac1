import { ProtocolError } from '../../errors.ts';
import { type AudioReader, audioUnit, type AudioUnit, CurrentConfig } from './audio-reader.ts';
import type { CodecDefinition, CodecInfo } from './codec.ts';

/** Hz. G.711 has this rate; what runs faster runs at a multiple of it. */
const BASE_RATE = 8000;
/** 48 kHz: nothing sends more of a codec made for telephones. */
const MAX_MULTIPLE = 6;
/** FLV has two; 7.1 is the most that any container with these codecs is seen with. */
const MAX_CHANNELS = 8;
const CONFIG = 2;

/** What a config of G.711 says. */
export interface G711Config {
  /** Hz, a multiple of 8000. */
  sampleRate: number;
  channels: number;
}

/** G.711 A-law; the config is two bytes: the sample rate by 8000 Hz, and the number of channels. */
export const pcma: CodecDefinition = {
  name: 'pcma',
  kind: 'audio',
  title: 'G.711 A-law',
  describe: (config) => describe('alaw', config),
};

/** G.711 µ-law; the config is that of `pcma`. */
export const pcmu: CodecDefinition = {
  name: 'pcmu',
  kind: 'audio',
  title: 'G.711 µ-law',
  describe: (config) => describe('ulaw', config),
};

/** RFC 6381 takes the names of sample entries, which QuickTime has for these. */
function describe(codecs: string, bytes: Uint8Array): CodecInfo {
  const config = readConfig(bytes);
  return config ? { codecs, ...config } : {};
}

function readConfig(bytes: Uint8Array): G711Config | undefined {
  const [multiple = 0, channels = 0] = bytes;
  if (bytes.length !== CONFIG || multiple < 1 || multiple > MAX_MULTIPLE) return undefined;
  return channels >= 1 && channels <= MAX_CHANNELS ? { sampleRate: multiple * BASE_RATE, channels } : undefined;
}

/**
 * Reads a config of G.711.
 *
 * @throws ProtocolError for what is none.
 */
export function parseG711Config(bytes: Uint8Array): G711Config {
  const config = readConfig(bytes);
  if (!config) throw new ProtocolError('The config of G.711 is not a multiple of 8 kHz and a number of channels.');
  return config;
}

/**
 * Writes a config of G.711.
 *
 * @throws ProtocolError for a rate or a number of channels that it cannot say.
 */
export function buildG711Config({ sampleRate, channels }: G711Config): Uint8Array {
  const multiple = sampleRate / BASE_RATE;
  const bytes = Uint8Array.of(multiple, channels);
  if (bytes[0] !== multiple || bytes[1] !== channels || !readConfig(bytes)) {
    throw new ProtocolError(`G.711 of ${sampleRate} Hz and ${channels} channels cannot be carried.`);
  }
  return bytes;
}

/** Reads the packets of one publisher of G.711: a byte for each sample of each channel. */
export class G711Reader implements AudioReader {
  readonly #current = new CurrentConfig();
  #channels = 0;

  get config(): Uint8Array | undefined {
    return this.#current.bytes;
  }

  configure(bytes: Uint8Array): Uint8Array | undefined {
    const config = parseG711Config(bytes);
    this.#channels = config.channels;
    return this.#current.adopt(buildG711Config(config));
  }

  read(bytes: Uint8Array): AudioUnit[] {
    this.#current.earn(bytes.length);
    const whole = this.#channels > 0 && bytes.length > 0 && bytes.length % this.#channels === 0;
    return whole ? [audioUnit(bytes, bytes.length / this.#channels, undefined)] : [];
  }
}
