import { isDeepStrictEqual } from 'node:util';
import { fromHex } from '../../../src/media/bytes/hex.ts';
import { hevcCases } from '../../../src/media/codec/h265-cases.ts';
import { buildHevcConfig, parseHevcConfig } from '../../../src/media/codec/h265-config.ts';
import { hostileHevcSpsCases, unreadableHevcSps } from '../../../src/media/codec/h265-hostile-cases.ts';
import { hevcHeader } from '../../../src/media/codec/h265-nal.ts';
import { H265Reader } from '../../../src/media/codec/h265-reader.ts';
import { parseHevcSps } from '../../../src/media/codec/h265-sps.ts';
import { parseHevcVps } from '../../../src/media/codec/h265-vps.ts';
import { hevcVpsCases } from '../../../src/media/codec/h265-vps-cases.ts';
import { h265 } from '../../../src/media/codec/h265.ts';
import { parameterSetsOf } from '../../../src/media/codec/in-band.ts';
import { joinAnnexB, nalsOf, splitAnnexB } from '../../../src/media/codec/nal.ts';
import { hevcUnitCases } from '../../../src/media/codec/unit-cases.ts';
import { unlessBroken } from '../../../src/media/codec/unless-broken.ts';
import { checkInBand, checkNals, checkPicture } from '../pictures.ts';
import type { FuzzTarget } from '../target.ts';

const CONFIG = hevcCases[0]!.bytes;
const PICTURES = ['4e01900400640032', '2801af', '2601af', '0201d0', '460150'].map(fromHex);

const parameterSets = [...hostileHevcSpsCases, ...unreadableHevcSps, ...hevcVpsCases].map(({ bytes }) => bytes);

/** Parameter sets, codec configs and access units of H.265. */
export const target: FuzzTarget = {
  id: 'F-07',
  title: 'H.265 parameter sets, sub-layers, references, HRD',
  seeds: [
    ...[...hevcCases, ...hevcUnitCases].map(({ bytes }) => bytes),
    ...parameterSets,
    ...hevcCases.map(({ bytes }) => joinAnnexB([...setsOf(bytes), ...PICTURES])),
    ...parameterSets.map((nal) => joinAnnexB([nal, ...PICTURES])),
  ],
  run(bytes) {
    checkSps(parseHevcSps(bytes));
    parseHevcVps(bytes);
    checkPicture(h265.describe(bytes));
    splitAnnexB(bytes);
    const reader = new H265Reader();
    reader.configure(CONFIG);
    const { data } = reader.read(bytes);
    checkNals(data, isCarried);
    if (nalsOf(data).some(isPicture)) checkInBand('h265', { reader, fresh: new H265Reader() }, data);
    if (reader.config) checkPicture(h265.describe(reader.config));
    new H265Reader().configure(bytes);
  },
  roundTrip(bytes) {
    const config = parseHevcConfig(bytes);
    const built = buildHevcConfig(config);
    if (!built) return;
    const again = parseHevcConfig(built);
    if (!isDeepStrictEqual(again, { ...config, lengthSize: 4 })) throw new Error('The parameter sets differ.');
    if (!isDeepStrictEqual(buildHevcConfig(again), built)) throw new Error('The configs differ.');
  },
};

/** None of a seed that is no config. */
function setsOf(config: Uint8Array): Uint8Array[] {
  return unlessBroken(() => parameterSetsOf('h265', config)) ?? [];
}

function checkSps(sps: ReturnType<typeof parseHevcSps>): void {
  if (!sps) return;
  const { subLayers, reorder = 0, bitDepthLuma = 8, segmentation = 0, pictureRate = 1 } = sps;
  if (subLayers > 7 || reorder > 15 || bitDepthLuma > 16 || segmentation > 4095 || !(pictureRate > 0)) {
    throw new Error('A number in the SPS is out of bounds.');
  }
  checkPicture(sps);
}

/** Sets in band wait for one of these. */
function isPicture(nal: Uint8Array): boolean {
  return hevcHeader(nal[0]!, nal[1]!).type < 32;
}

/** Of the base layer, and no parameter set or delimiter. */
function isCarried(nal: Uint8Array): boolean {
  const { type, layer } = hevcHeader(nal[0]!, nal[1]!);
  return nal.length >= 2 && layer === 0 && (type < 32 || type > 35);
}
