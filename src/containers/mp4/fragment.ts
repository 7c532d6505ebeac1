import { boxType } from './box-type.ts';
import { BOX_HEADER } from './box-writer.ts';
import { sampleFlags } from './sample-flags.ts';

/** One sample as a fragment tells it. Times in ticks of the track. */
export interface Sample {
  duration: number;
  /** From decode to presentation, with a sign. */
  offset: number;
  key: boolean;
  data: Uint8Array;
}

/** Samples of one track, one after the other. */
export interface Run {
  /** Of the track. */
  readonly id: number;
  /** Decode time of the first sample, in ticks. */
  readonly begin: number;
  readonly samples: readonly Sample[];
}

const type = {
  moof: boxType('moof'),
  mfhd: boxType('mfhd'),
  traf: boxType('traf'),
  tfhd: boxType('tfhd'),
  tfdt: boxType('tfdt'),
  trun: boxType('trun'),
  mdat: boxType('mdat'),
} as const;

const VERSION_1 = 0x0100_0000;
/** default-base-is-moof (ISO/IEC 14496-12, 8.8.7). */
const BASE_IS_MOOF = 0x02_0000;
/** Where the data begins, and of each sample duration, size, flags and composition offset (8.8.8). */
const RUN_FIELDS = 0x0f01;
const SAMPLE = 16;

const MFHD = 16;
const TFHD = 16;
const TFDT = 20;
const TRUN = 20;
const RUN = BOX_HEADER + TFHD + TFDT + TRUN;

/** Fields of 32 bits, one of them with a sign. Longer than an hour is no duration that a player could do anything with. */
const MAX_DURATION = 0xffff_ffff;
const MAX_OFFSET = 0x7fff_ffff;

/** Where the fields of a run lie from its `traf` on. */
const at = { tfhd: BOX_HEADER, tfdt: BOX_HEADER + TFHD, trun: BOX_HEADER + TFHD + TFDT, samples: RUN } as const;

/**
 * One `moof` with a `traf` for each run, and the `mdat` with their data, run by run (ISO/IEC 14496-12, 8.8). All is
 * written straight into the room that `allocate` gives for so many bytes, since this is done for each frame.
 */
export function fragment(
  sequence: number,
  runs: readonly Run[],
  allocate: (length: number) => Uint8Array = (length) => new Uint8Array(length),
): Uint8Array {
  let head = BOX_HEADER + MFHD;
  let size = 0;
  for (const { samples } of runs) {
    head += RUN + SAMPLE * samples.length;
    for (const { data } of samples) size += data.length;
  }
  const bytes = allocate(head + BOX_HEADER + size);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  view.setUint32(0, head);
  view.setUint32(4, type.moof);
  view.setUint32(8, MFHD);
  view.setUint32(12, type.mfhd);
  view.setUint32(20, sequence);
  let position = BOX_HEADER + MFHD;
  let dataAt = head + BOX_HEADER;
  for (const run of runs) {
    writeRun(view, position, run, dataAt);
    position += RUN + SAMPLE * run.samples.length;
    for (const { data } of run.samples) {
      bytes.set(data, dataAt);
      dataAt += data.length;
    }
  }
  view.setUint32(head, BOX_HEADER + size);
  view.setUint32(head + 4, type.mdat);
  return bytes;
}

function writeRun(view: DataView, traf: number, { id, begin, samples }: Run, dataAt: number): void {
  const { length } = samples;
  view.setUint32(traf, RUN + SAMPLE * length);
  view.setUint32(traf + 4, type.traf);
  view.setUint32(traf + at.tfhd, TFHD);
  view.setUint32(traf + at.tfhd + 4, type.tfhd);
  view.setUint32(traf + at.tfhd + 8, BASE_IS_MOOF);
  view.setUint32(traf + at.tfhd + 12, id);
  view.setUint32(traf + at.tfdt, TFDT);
  view.setUint32(traf + at.tfdt + 4, type.tfdt);
  view.setUint32(traf + at.tfdt + 8, VERSION_1);
  view.setUint32(traf + at.tfdt + 12, Math.floor(begin / 2 ** 32));
  view.setUint32(traf + at.tfdt + 16, begin);
  view.setUint32(traf + at.trun, TRUN + SAMPLE * length);
  view.setUint32(traf + at.trun + 4, type.trun);
  view.setUint32(traf + at.trun + 8, VERSION_1 | RUN_FIELDS);
  view.setUint32(traf + at.trun + 12, length);
  view.setUint32(traf + at.trun + 16, dataAt);
  let position = traf + at.samples;
  for (const { duration, data, key, offset } of samples) {
    view.setUint32(position, Math.max(0, Math.min(duration, MAX_DURATION)));
    view.setUint32(position + 4, data.length);
    view.setUint32(position + 8, key ? sampleFlags.key : sampleFlags.picture);
    view.setInt32(position + 12, Math.max(-MAX_OFFSET, Math.min(offset, MAX_OFFSET)));
    position += SAMPLE;
  }
}
