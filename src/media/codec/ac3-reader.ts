import {
  AC3_BIT_RATES,
  AC3_MAX_BSID,
  AC3_RATES,
  AC3_SAMPLES,
  type Ac3Config,
  buildAc3Config,
  parseAc3Config,
} from './ac3.ts';
import { type AudioReader, audioUnit, type AudioUnit, CurrentConfig, MAX_PACKETS } from './audio-reader.ts';

/** Bytes to the end of what is read: syncinfo, and bsi to lfeon. */
const HEADER = 7;
/** fscod of 44.1 kHz, where frames of odd frmsizecod have a word more. */
const FSCOD_441 = 1;

/** True where there is the syncword of AC-3 and E-AC-3 (ETSI TS 102 366, 4.4.1.1) with at least `header` bytes. */
export function isSyncframe(bytes: Uint8Array, at: number, header: number): boolean {
  return bytes.length - at >= header && bytes[at] === 0x0b && bytes[at + 1] === 0x77;
}

/** One syncframe. */
export interface Ac3Frame {
  config: Ac3Config;
  /** Bytes of the whole frame. */
  length: number;
}

/** Reads the header of the syncframe at `at` (ETSI TS 102 366, 4.3.1, 4.3.2); undefined where there is none. */
export function parseAc3Frame(bytes: Uint8Array, at = 0): Ac3Frame | undefined {
  if (!isSyncframe(bytes, at, HEADER)) return undefined;
  const fscod = bytes[at + 4]! >> 6;
  const sizeCode = bytes[at + 4]! & 63;
  const bsid = bytes[at + 5]! >> 3;
  const bitRateCode = sizeCode >> 1;
  const bitRate = AC3_BIT_RATES[bitRateCode];
  if (fscod >= AC3_RATES.length || bitRate === undefined || bsid > AC3_MAX_BSID) return undefined;
  const acmod = bytes[at + 6]! >> 5;
  // cmixlev, surmixlev and dsurmod, two bits each where they are there, stand before lfeon.
  const levels = Number((acmod & 1) !== 0 && acmod !== 1) + Number((acmod & 4) !== 0) + Number(acmod === 2);
  const lfe = ((bytes[at + 6]! >> (4 - 2 * levels)) & 1) === 1;
  return {
    config: { fscod, bsid, bsmod: bytes[at + 5]! & 7, acmod, lfe, bitRateCode },
    length: frameLength(fscod, bitRate, sizeCode & 1),
  };
}

/** The rate of the frames is that of fscod, even where bsid halves the one that is heard. */
function frameLength(fscod: number, bitRate: number, odd: number): number {
  const words = Math.floor((bitRate * 1000 * AC3_SAMPLES) / (16 * AC3_RATES[fscod]!));
  return 2 * (fscod === FSCOD_441 ? words + odd : words);
}

/** Reads the syncframes of one publisher of AC-3. Its codec config comes from them. */
export class Ac3Reader implements AudioReader {
  readonly #current = new CurrentConfig();
  #config: Ac3Config | undefined;

  get config(): Uint8Array | undefined {
    return this.#current.bytes;
  }

  configure(bytes: Uint8Array): Uint8Array | undefined {
    return this.#adopt(parseAc3Config(bytes));
  }

  read(bytes: Uint8Array): AudioUnit[] {
    this.#current.earn(bytes.length);
    const units: AudioUnit[] = [];
    for (let at = 0; units.length < MAX_PACKETS;) {
      const frame = parseAc3Frame(bytes, at);
      if (!frame || frame.length > bytes.length - at) break;
      const changed = !this.#config || !soundsLike(this.#config, frame.config);
      const data = bytes.subarray(at, at + frame.length);
      units.push(audioUnit(data, AC3_SAMPLES, changed ? this.#adopt(frame.config) : undefined));
      at += frame.length;
    }
    return units;
  }

  #adopt(config: Ac3Config): Uint8Array | undefined {
    this.#config = config;
    return this.#current.adopt(buildAc3Config(config));
  }
}

/** True where nothing differs but the bit rate, which a decoder reads from each frame. */
function soundsLike(a: Ac3Config, b: Ac3Config): boolean {
  return a.fscod === b.fscod && a.bsid === b.bsid && a.bsmod === b.bsmod && a.acmod === b.acmod && a.lfe === b.lfe;
}
