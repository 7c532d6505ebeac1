import { isDeepStrictEqual } from 'node:util';
import { flvCases } from '../../../src/containers/flv/cases.ts';
import { avcCases, hostileSpsCases } from '../../../src/media/codec/cases.ts';
import { buildAvcConfig, parseAvcConfig } from '../../../src/media/codec/h264-config.ts';
import { H264Reader } from '../../../src/media/codec/h264-reader.ts';
import { parseSps } from '../../../src/media/codec/h264-sps.ts';
import { splitAnnexB } from '../../../src/media/codec/nal.ts';
import { codecs } from '../../../src/media/codec/table.ts';
import { tagType } from '../../../src/containers/flv/index.ts';
import type { FuzzTarget } from '../target.ts';

const AVC_HEAD = 5;
const CONFIG = avcCases[0]!.bytes;

/** Parameter sets, codec configs and access units of H.264. */
export const target: FuzzTarget = {
  id: 'F-06',
  title: 'H.264 parameter sets, Exp-Golomb codes, emulation prevention',
  seeds: [
    ...avcCases.map(({ bytes }) => bytes),
    ...hostileSpsCases.map(({ bytes }) => bytes),
    ...flvCases.filter(({ type }) => type === tagType.video).map(({ bytes }) => bytes.subarray(AVC_HEAD)),
  ],
  run(bytes) {
    checkSize(parseSps(bytes));
    checkSize(codecs.h264.describe(bytes));
    splitAnnexB(bytes);
    const reader = new H264Reader();
    reader.configure(CONFIG);
    checkUnit(reader.read(bytes).data);
    if (reader.config) codecs.h264.describe(reader.config);
    new H264Reader().configure(bytes);
  },
  roundTrip(bytes) {
    const { sps, pps } = parseAvcConfig(bytes);
    const built = buildAvcConfig({ sps, pps, spsExtensions: [] });
    if (!built) return;
    const again = parseAvcConfig(built);
    if (!isDeepStrictEqual([again.sps, again.pps], [sps, pps])) throw new Error('The parameter sets differ.');
  },
};

function checkSize(info: { width?: number; height?: number; frameRate?: number } | undefined): void {
  for (const size of [info?.width, info?.height]) {
    if (size !== undefined && !(size >= 1 && size <= 16_384)) throw new Error(`The size is ${size}.`);
  }
  const rate = info?.frameRate;
  if (rate !== undefined && !(rate > 0 && rate <= 1000)) throw new Error(`The frame rate is ${rate}.`);
}

/** A frame is whole NAL units with 4-byte lengths and no parameter set or delimiter. */
function checkUnit(data: Uint8Array): void {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  let at = 0;
  while (at < data.length) {
    const length = view.getUint32(at);
    const type = data[at + 4]! & 0x1f;
    if (length === 0 || type === 7 || type === 8 || type === 9) throw new Error(`NAL unit of type ${type} in a frame.`);
    at += 4 + length;
  }
  if (at !== data.length) throw new Error('The lengths of a frame do not add up.');
}
