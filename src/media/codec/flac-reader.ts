import { type AudioReader, audioUnit, type AudioUnit, CurrentConfig } from './audio-reader.ts';
import { buildFlacConfig, type FlacInfo, flacLimits, parseFlacConfig } from './flac.ts';
import { type FlacHeader, splitFlac } from './flac-frame.ts';

const NO_MD5 = new Uint8Array(16);

/** Reads the frames of one publisher of FLAC. Where it sends no config, or a wrong one, the frames say what is right. */
export class FlacReader implements AudioReader {
  readonly #current = new CurrentConfig();
  #info: FlacInfo | undefined;

  get config(): Uint8Array | undefined {
    return this.#current.bytes;
  }

  configure(bytes: Uint8Array): Uint8Array | undefined {
    return this.#adopt(parseFlacConfig(bytes));
  }

  read(bytes: Uint8Array): AudioUnit[] {
    this.#current.earn(bytes.length);
    const units: AudioUnit[] = [];
    for (const { header, data } of splitFlac(bytes)) {
      const info = fitting(header, this.#info);
      if (info) units.push(audioUnit(data, header.samples, info === this.#info ? undefined : this.#adopt(info)));
    }
    return units;
  }

  #adopt(info: FlacInfo): Uint8Array | undefined {
    this.#info = info;
    return this.#current.adopt(buildFlacConfig(info));
  }
}

/** The given info where it fits the frame, or one that does; undefined where the frame leaves to it what is not there. */
function fitting(header: FlacHeader, info: FlacInfo | undefined): FlacInfo | undefined {
  const { samples, channels, variable } = header;
  const sampleRate = header.sampleRate ?? info?.sampleRate;
  const bitDepth = header.bitDepth ?? info?.bitDepth;
  if (sampleRate === undefined || bitDepth === undefined) return undefined;
  const fits = info?.channels === channels && info.sampleRate === sampleRate && info.bitDepth === bitDepth;
  if (fits && samples <= info.maxBlock) return info;
  const fixed = Math.max(samples, flacLimits.minBlock);
  return {
    minBlock: variable ? flacLimits.minBlock : fixed,
    maxBlock: variable ? flacLimits.maxBlock : fixed,
    minFrame: 0,
    maxFrame: 0,
    sampleRate,
    channels,
    bitDepth,
    samples: 0,
    md5: NO_MD5,
  };
}
