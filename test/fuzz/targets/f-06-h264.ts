import { isDeepStrictEqual } from 'node:util';
import { flvCases } from '../../../src/containers/flv/cases.ts';
import { avcCases } from '../../../src/media/codec/h264-cases.ts';
import { buildAvcConfig, parseAvcConfig } from '../../../src/media/codec/h264-config.ts';
import { hostileSpsCases } from '../../../src/media/codec/h264-hostile-cases.ts';
import { H264Reader } from '../../../src/media/codec/h264-reader.ts';
import { parseSps } from '../../../src/media/codec/h264-sps.ts';
import { nalsOf, splitAnnexB } from '../../../src/media/codec/nal.ts';
import { codecs } from '../../../src/media/codec/table.ts';
import { avcUnitCases } from '../../../src/media/codec/unit-cases.ts';
import { tagType } from '../../../src/containers/flv/index.ts';
import { checkInBand, checkNals, checkPicture } from '../pictures.ts';
import type { FuzzTarget } from '../target.ts';

const AVC_HEAD = 5;
const CONFIG = avcCases[0]!.bytes;

/** Parameter sets, codec configs and access units of H.264. */
export const target: FuzzTarget = {
  id: 'F-06',
  title: 'H.264 parameter sets, Exp-Golomb codes, emulation prevention',
  seeds: [
    ...[avcCases, avcUnitCases, hostileSpsCases].flat().map(({ bytes }) => bytes),
    ...flvCases.filter(({ type }) => type === tagType.video).map(({ bytes }) => bytes.subarray(AVC_HEAD)),
  ],
  run(bytes) {
    checkPicture(parseSps(bytes));
    checkPicture(codecs.h264.describe(bytes));
    splitAnnexB(bytes);
    const reader = new H264Reader();
    reader.configure(CONFIG);
    const { data } = reader.read(bytes);
    checkNals(data, isCarried);
    if (nalsOf(data).some(isPicture)) checkInBand('h264', { reader, fresh: new H264Reader() }, data);
    if (reader.config) checkPicture(codecs.h264.describe(reader.config));
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

/** Sets in band wait for one of these. */
function isPicture(nal: Uint8Array): boolean {
  const type = nal[0]! & 0x1f;
  return type >= 1 && type <= 5;
}

/** No parameter set or delimiter. */
function isCarried(nal: Uint8Array): boolean {
  return ![7, 8, 9, 13].includes(nal[0]! & 0x1f);
}
