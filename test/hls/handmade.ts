import { sample } from '../../src/containers/contract-samples.ts';
import { concatBytes } from '../../src/media/bytes/bytes.ts';

/** A stream written by hand, byte for byte, for rules to be broken in. */

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function box(type: string, ...parts: (Uint8Array | number[])[]): Uint8Array {
  const body = concatBytes(parts.map((part) => Uint8Array.from(part)));
  return concatBytes([u32(body.length + 8), bytesOf(type), body]);
}

function u32(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(4 * values.length);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setUint32(4 * index, value >>> 0);
  return bytes;
}

const zeros = (count: number): Uint8Array => new Uint8Array(count);

export const SCALE = { video: 90_000, audio: 44_100 } as const;

/** An init segment with H.264 as track 1, and AAC as track 2. */
export function handmadeInit(options: { audio?: boolean } = {}): Uint8Array {
  const { audio = true } = options;
  const avc = box('avcC', sample.video.config);
  const visual = box('avc1', zeros(6), [0, 1], zeros(16), [7, 128, 4, 56], zeros(50), avc);
  const esds = [0, 0, 0, 0, 3, 25, 0, 0, 0, 4, 17, 0x40, 0x15, ...zeros(11), 5, 2, ...sample.audio.config, 6, 1, 2];
  const mp4a = box('mp4a', zeros(6), [0, 1], zeros(8), [0, 2, 0, 16, 0, 0, 0, 0, 0xac, 0x44, 0, 0], box('esds', esds));
  const tracks = [track(1, 'vide', SCALE.video, visual), ...(audio ? [track(2, 'soun', SCALE.audio, mp4a)] : [])];
  const extended = tracks.map((_, index) => box('trex', u32(0, index + 1, 1, 0, 0, 0)));
  const header = box('mvhd', u32(0, 0, 0, 1000, 0, 0x10000), [1, 0], zeros(70), u32(3));
  return concatBytes([
    box('ftyp', bytesOf('iso6'), u32(0), bytesOf('iso6cmfc')),
    box('moov', header, ...tracks, box('mvex', ...extended)),
  ]);
}

function track(id: number, handler: string, scale: number, entry: Uint8Array): Uint8Array {
  const tables = ['stts', 'stsc', 'stco'].map((type) => box(type, u32(0, 0)));
  const stbl = box('stbl', box('stsd', u32(0, 1), entry), ...tables, box('stsz', u32(0, 0, 0)));
  const hdlr = box('hdlr', u32(0, 0), bytesOf(handler), zeros(13));
  const minf = box('minf', box('dinf', box('dref', u32(0, 1), box('url ', u32(1)))), stbl);
  const mdia = box('mdia', box('mdhd', u32(0, 0, 0, scale, 0), [0x55, 0xc4, 0, 0]), hdlr, minf);
  return box('trak', box('tkhd', u32(7, 0, 0, id), zeros(68)), mdia);
}

export interface HandmadeSample {
  /** Ticks. */
  duration: number;
  key?: boolean;
  /** What its flags say, where that is not the truth. */
  said?: boolean;
  cts?: number;
}

export interface HandmadeRun {
  track: 1 | 2;
  /** tfdt, ticks. */
  start: number;
  samples: readonly HandmadeSample[];
}

/** One moof and its mdat. */
export function handmadeFragment(sequence: number, runs: readonly HandmadeRun[]): Uint8Array {
  const data = runs.map(({ track: id, samples }) => concatBytes(samples.map((each) => sampleBytes(id, each))));
  const moof = (offsets: readonly number[]): Uint8Array =>
    box('moof', box('mfhd', u32(0, sequence)), ...runs.map((run, index) => traf(run, offsets[index] ?? 0)));
  const size = moof([]).length;
  let at = size + 8;
  const offsets = data.map(({ length }) => (at += length) - length);
  return concatBytes([moof(offsets), box('mdat', ...data)]);
}

function traf({ track: id, start, samples }: HandmadeRun, offset: number): Uint8Array {
  const entries = samples.flatMap((each) => {
    const { duration, cts = 0, key = id === 2, said = key } = each;
    return [duration, sampleBytes(id, each).length, said ? 0x0200_0000 : 0x0101_0000, cts];
  });
  return box(
    'traf',
    box('tfhd', u32(0x020000, id)),
    box('tfdt', u32(0x0100_0000, Math.floor(start / 2 ** 32), start)),
    box('trun', u32(0x0100_0f01, samples.length, offset, ...entries)),
  );
}

/** A slice of a picture, or a sound, with nothing in it. */
function sampleBytes(id: 1 | 2, { key = id === 2 }: HandmadeSample): Uint8Array {
  return id === 2 ? Uint8Array.of(0x21, 0x10, 4) : Uint8Array.of(0, 0, 0, 3, key ? 0x65 : 0x41, 0x88, 0x84);
}

/** Seconds of pictures, 25 in each, and of sounds; one key frame at the beginning. */
export function handmadeRuns(start: number, seconds: number, options: { key?: boolean } = {}): HandmadeRun[] {
  const { key = true } = options;
  const pictures = Array.from({ length: Math.round(25 * seconds) }, (_, index) => ({
    duration: 3600,
    key: key && index === 0,
  }));
  const length = Math.round(SCALE.audio * seconds);
  const sounds = Array.from({ length: Math.ceil(length / 1024) }, (_, index) => ({
    duration: Math.min(1024, length - 1024 * index),
  }));
  return [
    { track: 1, start: Math.round(SCALE.video * start), samples: pictures },
    { track: 2, start: Math.round(SCALE.audio * start), samples: sounds },
  ];
}

/** PIDs of what is in a handmade transport stream. */
const [PMT, VIDEO] = [0x1000, 0x100];

/** A segment of MPEG-TS with pictures alone, one packet each. */
export class HandmadeTransport {
  readonly #counters = new Map<number, number>();

  segment(start: number, seconds: number, options: { key?: boolean; said?: boolean; skip?: number } = {}): Uint8Array {
    const { key = true, said = key, skip = 0 } = options;
    const pat = section(0, [0, 1, 0xc1, 0, 0, 0, 1, 0xe0 | (PMT >> 8), PMT & 255]);
    const map = [0x1b, 0xe0 | (VIDEO >> 8), VIDEO & 255, 0xf0, 0];
    const pmt = section(2, [0, 1, 0xc1, 0, 0, 0xe0 | (VIDEO >> 8), VIDEO & 255, 0xf0, 0, ...map]);
    const packets = [this.#packet(0, [0, ...pat], []), this.#packet(PMT, [0, ...pmt], [])];
    for (let index = 0; index < 25 * seconds; index++) {
      if (index === 5) this.#counters.set(VIDEO, this.#counters.get(VIDEO)! + skip);
      const stamp = (Math.round(90_000 * start) + 3600 * index) % 2 ** 33;
      const first = key && index === 0;
      const pes = [0, 0, 1, 0xe0, 0, 0, 0x80, 0x80, 5, ...time(stamp), 0, 0, 1, first ? 0x65 : 0x41, 0x88];
      const clock = [0x10 | (said && index === 0 ? 0x40 : 0), ...pcr(stamp)];
      packets.push(this.#packet(VIDEO, pes, clock));
    }
    return concatBytes(packets);
  }

  #packet(pid: number, payload: readonly number[], adaptation: readonly number[]): Uint8Array {
    const counter = this.#counters.get(pid) ?? 0;
    this.#counters.set(pid, counter + 1);
    const room = 188 - 5 - payload.length;
    const field = adaptation.length > 0 ? adaptation : [0];
    const stuffing = Array<number>(room - field.length).fill(0xff);
    const head = [0x47, 0x40 | (pid >> 8), pid & 255, 0x30 | (counter & 15), room];
    return Uint8Array.from([...head, ...field, ...stuffing, ...payload]);
  }
}

/** A table with a checksum that nobody looks at. */
function section(id: number, body: readonly number[]): number[] {
  return [id, 0xb0, body.length + 4, ...body, 0, 0, 0, 0];
}

function time(stamp: number): number[] {
  const high = Math.floor(stamp / 2 ** 30);
  const middle = Math.floor(stamp / 2 ** 15) % 2 ** 15;
  const low = stamp % 2 ** 15;
  return [0x21 | (high << 1), middle >> 7, ((middle << 1) & 255) | 1, low >> 7, ((low << 1) & 255) | 1];
}

function pcr(stamp: number): number[] {
  const base = Math.floor(stamp / 2);
  return [base >>> 24, (base >>> 16) & 255, (base >>> 8) & 255, base & 255, ((stamp % 2) << 7) | 0x7e, 0];
}
