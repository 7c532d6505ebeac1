import type { ByteReader } from '../../media/bytes/byte-reader.ts';
import type { ByteWriter } from '../../media/bytes/byte-writer.ts';
import { describeTrack } from '../../media/codec/table.ts';
import type { ColorInfo } from '../../media/color-info.ts';
import type { Track } from '../../media/frame.ts';
import { box, written } from './box-writer.ts';

/** Units of a chromaticity and of a luminance in cd/m² (ISO/IEC 23001-8; SMPTE ST 2086). */
const CHROMATICITY = 50_000;
const LUMINANCE = 10_000;
const FULL_RANGE = 0x80;
const MAX_16 = 0xffff;
const MAX_32 = 0xffff_ffff;

/** Numbers of `mdcv` in its order: green, blue, red, white, then luminance (ISO/IEC 14496-12, 12.1.7). */
const POINTS = ['greenX', 'greenY', 'blueX', 'blueY', 'redX', 'redY', 'whiteX', 'whiteY'] as const;
const LIMITS = ['maxLuminance', 'minLuminance'] as const;

/** `colr`, `mdcv` and `clli` of what is known of a track's colours. */
export function colorBoxes(track: Track): Uint8Array[] {
  const boxes: Uint8Array[] = [];
  const { color } = describeTrack(track);
  if (color) {
    boxes.push(
      box(
        'colr',
        written((writer) => {
          writer.utf8('nclx');
          writer.u16(color.primaries);
          writer.u16(color.transfer);
          writer.u16(color.matrix);
          writer.u8(color.fullRange ? FULL_RANGE : 0);
        }),
      ),
    );
  }
  const { mastering, light } = track.color ?? {};
  if (mastering) {
    boxes.push(
      box(
        'mdcv',
        written((writer) => {
          for (const name of POINTS) writer.u16(scaled(mastering[name], CHROMATICITY, MAX_16));
          for (const name of LIMITS) writer.u32(scaled(mastering[name], LUMINANCE, MAX_32));
        }),
      ),
    );
  }
  if (light)
    boxes.push(
      box(
        'clli',
        written((writer) => writeLight(writer, light)),
      ),
    );
  return boxes;
}

function writeLight(writer: ByteWriter, { max, frameAverage }: NonNullable<ColorInfo['light']>): void {
  writer.u16(scaled(max, 1, MAX_16));
  writer.u16(scaled(frameAverage, 1, MAX_16));
}

function scaled(value = 0, unit: number, most: number): number {
  return Math.max(0, Math.min(most, Math.round(value * unit))) || 0;
}

/** The code points of a `colr`; undefined for another kind of it, such as a profile. */
export function readColr(reader: ByteReader): ColorInfo['config'] {
  const kind = String.fromCharCode(...reader.take(4));
  if (kind !== 'nclx' && kind !== 'nclc') return undefined;
  return { primaries: reader.u16(), transfer: reader.u16(), matrix: reader.u16() };
}

/** The display on which the pictures were made. */
export function readMdcv(reader: ByteReader): ColorInfo['mastering'] {
  const points = POINTS.map((name) => [name, reader.u16() / CHROMATICITY]);
  const limits = LIMITS.map((name) => [name, reader.u32() / LUMINANCE]);
  return Object.fromEntries([...points, ...limits]) as ColorInfo['mastering'];
}

/** How bright the pictures get. */
export function readClli(reader: ByteReader): ColorInfo['light'] {
  return { max: reader.u16(), frameAverage: reader.u16() };
}
