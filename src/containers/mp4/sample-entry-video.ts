import { parseAvcConfig } from '../../media/codec/h264-config.ts';
import { parseSps } from '../../media/codec/h264-sps.ts';
import { parseHevcConfig } from '../../media/codec/h265-config.ts';
import { parseHevcSps } from '../../media/codec/h265-sps.ts';
import { describeTrack } from '../../media/codec/table.ts';
import { unlessBroken } from '../../media/codec/unless-broken.ts';
import type { Codec, Track } from '../../media/frame.ts';
import { box, fullBox, written } from './box-writer.ts';
import { colorBoxes } from './color-boxes.ts';

/** 72 dots per inch, as everybody writes. */
const RESOLUTION = 0x0048_0000;
const NAME = 32;
const DEPTH = 0x18;

/** Sample entries, all of which have their codec configs in the header alone: `hvc1` and not `hev1`, as Apple wants it. */
const NAMES: Readonly<Partial<Record<Codec, string>>> = {
  h264: 'avc1',
  h265: 'hvc1',
  av1: 'av01',
  vp9: 'vp09',
  vp8: 'vp08',
};

/** Width and height of a sample, as far as parameter sets tell. */
export function aspectOf({ codec, config }: Track): readonly [number, number] {
  const told = unlessBroken(() => {
    if (codec === 'h264') return firstOf(parseAvcConfig(config).sps, parseSps);
    return codec === 'h265' ? firstOf(parseHevcConfig(config).sps, parseHevcSps) : undefined;
  });
  return told?.aspect ?? [1, 1];
}

function firstOf<T>([first]: readonly Uint8Array[], read: (nal: Uint8Array) => T): T | undefined {
  return first && read(first);
}

/** VisualSampleEntry (ISO/IEC 14496-12, 12.1.3); undefined for a codec that has none. */
export function videoSampleEntry(track: Track): Uint8Array | undefined {
  const name = NAMES[track.codec];
  if (name === undefined || track.config.length === 0) return undefined;
  const { width = 0, height = 0 } = describeTrack(track);
  const head = written((writer) => {
    writer.bytes(new Uint8Array(6));
    writer.u16(1); // data reference
    writer.bytes(new Uint8Array(16));
    writer.u16(width);
    writer.u16(height);
    writer.u32(RESOLUTION);
    writer.u32(RESOLUTION);
    writer.u32(0);
    writer.u16(1); // frames in a sample
    writer.bytes(new Uint8Array(NAME));
    writer.u16(DEPTH);
    writer.u16(0xffff);
  });
  const [x, y] = aspectOf(track);
  const pasp = written((writer) => {
    writer.u32(x);
    writer.u32(y);
  });
  const square = x === y ? [] : [box('pasp', pasp)];
  return box(name, head, configBox(track), ...square, ...colorBoxes(track));
}

function configBox({ codec, config }: Track): Uint8Array {
  switch (codec) {
    case 'h264':
      return box('avcC', config);
    case 'h265':
      return box('hvcC', config);
    case 'av1':
      return box('av1C', config);
    default:
      return fullBox('vpcC', { version: 1 }, config);
  }
}
