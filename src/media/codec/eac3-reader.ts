import { type AudioReader, audioUnit, type AudioUnit, CurrentConfig, MAX_PACKETS } from './audio-reader.ts';
import { buildEac3Config, EAC3_MAX_DEPENDENTS, type Eac3Config, type Eac3Substream, parseEac3Config } from './eac3.ts';
import { type Eac3Frame, parseEac3Frame, streamType } from './eac3-frame.ts';

/** Independent substreams, and dependent ones of each: what substreamid of 3 bits can tell apart (E.1.3.1.2). */
const MAX_FRAMES = 8 + 8 * 8;

/** The syncframes of one moment: the programme that is heard, its dependent substreams, and other programmes. */
export interface Eac3Unit {
  data: Uint8Array;
  frames: Eac3Frame[];
}

/**
 * The whole access units of a message, from its first byte on, at most `MAX_PACKETS`. Each begins with the independent
 * substream 0 (ETSI TS 102 366, E.1.3.1.2); a dependent one whose own is not there is left out. Behind `MAX_FRAMES` of
 * those nothing is looked for.
 */
export function splitEac3(bytes: Uint8Array): Eac3Unit[] {
  const units: Eac3Unit[] = [];
  let start = 0;
  let frames: Eac3Frame[] = [];
  let passed = 0;
  for (let at = 0; ;) {
    const frame = Math.max(frames.length, passed) < MAX_FRAMES ? parseEac3Frame(bytes, at) : undefined;
    const begins = frame && frame.type !== streamType.dependent && frame.substream === 0;
    if ((begins || !frame) && frames.length > 0) {
      units.push({ data: bytes.subarray(start, at), frames });
      frames = [];
    }
    if (!frame || units.length === MAX_PACKETS) return units;
    if (begins) start = at;
    if (begins || frames.length > 0) frames.push(frame);
    else passed++;
    at += frame.length;
  }
}

/** Reads the access units of one publisher of E-AC-3. Its codec config comes from them. */
export class Eac3Reader implements AudioReader {
  readonly #current = new CurrentConfig();
  #config: Eac3Config | undefined;

  get config(): Uint8Array | undefined {
    return this.#current.bytes;
  }

  configure(bytes: Uint8Array): Uint8Array | undefined {
    return this.#adopt(parseEac3Config(bytes));
  }

  read(bytes: Uint8Array): AudioUnit[] {
    this.#current.earn(bytes.length);
    return splitEac3(bytes).map(({ data, frames }) => {
      const config = configOf(frames);
      const changed = !this.#config || !soundsLike(this.#config, config);
      return audioUnit(data, frames[0]!.samples, changed ? this.#adopt(config) : undefined);
    });
  }

  #adopt(config: Eac3Config): Uint8Array | undefined {
    this.#config = config;
    return this.#current.adopt(buildEac3Config(config));
  }
}

function configOf(frames: readonly Eac3Frame[]): Eac3Config {
  const config: Eac3Config = { dataRate: 0, substreams: [] };
  for (const frame of frames) {
    const { fscod, bsid, bsmod, acmod, lfe, places, objects, length, samples, sampleRate } = frame;
    config.dataRate += (8 * length * sampleRate) / samples / 1000;
    if (objects !== undefined) config.objects ??= objects;
    const parent = config.substreams.at(-1);
    if (frame.type === streamType.dependent && parent) {
      parent.dependents = Math.min(parent.dependents + 1, EAC3_MAX_DEPENDENTS);
      parent.places |= places;
    } else {
      config.substreams.push({ fscod, bsid, asvc: false, bsmod, acmod, lfe, dependents: 0, places: 0 });
    }
  }
  return config;
}

/**
 * True where nothing differs that a decoder must know beforehand. The data rate differs all the time, and some frames
 * leave out their kind of service, and that they have objects.
 */
function soundsLike(known: Eac3Config, heard: Eac3Config): boolean {
  return (
    known.substreams.length === heard.substreams.length &&
    known.substreams.every((substream, index) => sameChannels(substream, heard.substreams[index]!)) &&
    (heard.objects === undefined || heard.objects === known.objects)
  );
}

function sameChannels(a: Eac3Substream, b: Eac3Substream): boolean {
  return (
    a.fscod === b.fscod &&
    a.bsid === b.bsid &&
    a.acmod === b.acmod &&
    a.lfe === b.lfe &&
    a.dependents === b.dependents &&
    a.places === b.places
  );
}
