import { equalBytes } from '../../src/media/bytes/bytes.ts';
import { parameterSetsOf, toInBand } from '../../src/media/codec/in-band.ts';
import { nalsOf } from '../../src/media/codec/nal.ts';
import type { UnitReader } from '../../src/media/codec/unit-reader.ts';

const START_CODE = Buffer.from([0, 0, 1]);

/** Pixels and frames per second that are told of pictures are such as there can be. */
export function checkPicture(info: { width?: number; height?: number; frameRate?: number } | undefined): void {
  for (const size of [info?.width, info?.height]) {
    if (size !== undefined && !(size >= 1 && size <= 16_384)) throw new Error(`The size is ${size}.`);
  }
  const rate = info?.frameRate;
  if (rate !== undefined && !(rate > 0 && rate <= 1000)) throw new Error(`The frame rate is ${rate}.`);
}

/** A frame of H.26x is whole NAL units with 4-byte lengths, each of which is `carried`. */
export function checkNals(data: Uint8Array, carried: (nal: Uint8Array) => boolean): void {
  let length = 0;
  for (const nal of nalsOf(data)) {
    if (!carried(nal)) throw new Error(`A NAL unit that begins with ${nal[0]} in a frame.`);
    length += 4 + nal.length;
  }
  if (length !== data.length) throw new Error('The lengths of a frame do not add up.');
}

/** With its sets in band a frame that `reader` gave is read as what it was, by `fresh`, which knows nothing yet. */
export function checkInBand(
  codec: 'h264' | 'h265',
  { reader, fresh }: { reader: UnitReader; fresh: UnitReader },
  data: Uint8Array,
): void {
  // Sets that came behind their picture, which no encoder does, have their places once there is a next one.
  reader.read(data);
  const config = reader.config!;
  if (![...parameterSetsOf(codec, config), ...nalsOf(data)].every(keepsInBand)) return;
  const unit = fresh.read(toInBand(codec, config, data));
  if (!equalBytes(unit.data, data)) throw new Error('In band the frame is another one.');
  if (!fresh.config || !equalBytes(fresh.config, config)) throw new Error('In band the config is another one.');
}

/** False for what no encoder makes: a NAL unit with a start code in it, or zeros at its end. */
function keepsInBand(nal: Uint8Array): boolean {
  return nal.at(-1) !== 0 && !Buffer.from(nal).includes(START_CODE);
}
