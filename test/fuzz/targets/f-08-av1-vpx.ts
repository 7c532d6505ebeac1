import { isDeepStrictEqual } from 'node:util';
import { codecSamples } from '../../../src/containers/contract-samples.ts';
import { av1 } from '../../../src/media/codec/av1.ts';
import { av1Cases, av1UnitCases, obuCases } from '../../../src/media/codec/av1-cases.ts';
import { av1ConfigOf, buildAv1Config, parseAv1Config, sequenceHeaderIn } from '../../../src/media/codec/av1-config.ts';
import { joinObus, obuType, splitObus } from '../../../src/media/codec/av1-obu.ts';
import { Av1Reader } from '../../../src/media/codec/av1-reader.ts';
import { parseSequenceHeader } from '../../../src/media/codec/av1-sequence.ts';
import { sequenceCases } from '../../../src/media/codec/av1-sequence-cases.ts';
import type { CodecInfo } from '../../../src/media/codec/codec.ts';
import { unlessBroken } from '../../../src/media/codec/unless-broken.ts';
import { vp8 } from '../../../src/media/codec/vp8.ts';
import { vp9 } from '../../../src/media/codec/vp9.ts';
import { splitSuperframe } from '../../../src/media/codec/vp9-frame.ts';
import { superframeCases, vp9FrameCases } from '../../../src/media/codec/vp9-frame-cases.ts';
import { vp8Cases, vp9Cases, vpxUnitCases } from '../../../src/media/codec/vpx-cases.ts';
import { buildVpxConfig, parseVpxConfig } from '../../../src/media/codec/vpx-config.ts';
import { VpxReader } from '../../../src/media/codec/vpx-reader.ts';
import { checkPicture } from '../pictures.ts';
import type { FuzzTarget } from '../target.ts';

const AV1C = av1Cases[0]!.bytes;
/** A temporal unit that begins with a sequence header. */
const AV1_FRAME = codecSamples.find(({ track }) => track.codec === 'av1')!.key;
const VPCC = vp9Cases[0]!.bytes;

/** What a frame carries of AV1. */
const CARRIED: ReadonlySet<number> = new Set([
  obuType.sequenceHeader,
  obuType.frameHeader,
  obuType.tileGroup,
  obuType.metadata,
  obuType.frame,
]);

/** OBUs, sequence headers, codec configs and frames of AV1; frames and codec configs of VP9 and VP8. */
export const target: FuzzTarget = {
  id: 'F-08',
  title: 'AV1 OBUs and sequence headers; VP8 and VP9 headers',
  seeds: [
    ...[av1Cases, obuCases, sequenceCases, av1UnitCases].flat().map(({ bytes }) => bytes),
    ...[vp9Cases, vp8Cases, vp9FrameCases, superframeCases, vpxUnitCases].flat().map(({ bytes }) => bytes),
  ],
  run: (bytes) => tryEach(reading, bytes),
  roundTrip: (bytes) => tryEach(rebuilding, bytes),
};

/** All that reads such bytes. */
const reading: ((bytes: Uint8Array) => void)[] = [
  ...[av1, vp9, vp8].map((codec) => (bytes: Uint8Array) => checkInfo(codec.describe(bytes))),
  (bytes) => checkInfo(parseSequenceHeader(bytes)),
  checkSuperframe,
  ...(['vp8', 'vp9'] as const).flatMap((codec) => [
    (bytes: Uint8Array) => readVpx(codec, bytes),
    (bytes: Uint8Array) => configureVpx(codec, bytes),
  ]),
  describeAv1,
  readAv1,
  configureAv1,
];

const rebuilding: ((bytes: Uint8Array) => void)[] = [rebuildVpx, rebuildAv1, rebuildObus];

/** Each of them, whether the bytes break the rules of another or not. */
function tryEach(checks: readonly ((bytes: Uint8Array) => void)[], bytes: Uint8Array): void {
  for (const check of checks) unlessBroken(() => check(bytes));
}

function rebuildVpx(bytes: Uint8Array): void {
  const config = parseVpxConfig(bytes);
  if (config) same(parseVpxConfig(buildVpxConfig(config)), config);
}

function rebuildAv1(bytes: Uint8Array): void {
  const config = parseAv1Config(bytes);
  same(parseAv1Config(buildAv1Config(config)), config);
}

function rebuildObus(bytes: Uint8Array): void {
  const spans = splitObus(bytes);
  const joined = joinObus(bytes, spans);
  const payloads = (of: Uint8Array, at: typeof spans): unknown =>
    at.map(({ type, payload, end }) => [type, of.slice(payload, end)]);
  same(payloads(joined, splitObus(joined)), payloads(bytes, spans));
}

function same(found: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(found, wanted)) throw new Error('What was written is read as something else.');
}

function checkInfo(info: Pick<CodecInfo, 'codecs' | 'width' | 'height' | 'frameRate'> | undefined): void {
  checkPicture(info);
  const codecs = info?.codecs;
  if (codecs !== undefined && !/^(?:vp8|vp09|av01)(?:\.\d+[MH]?)*$/.test(codecs)) throw new Error(`It is ${codecs}.`);
}

function checkSuperframe(bytes: Uint8Array): void {
  let at = 0;
  for (const { start, end } of splitSuperframe(bytes)) {
    if (start < at || end > bytes.length) throw new Error('The frames of a superframe overlap.');
    at = end;
  }
}

/** A key frame has a config and a size. */
function readVpx(codec: 'vp8' | 'vp9', bytes: Uint8Array): void {
  const reader = new VpxReader(codec);
  const unit = reader.read(bytes);
  if (unit.key !== (reader.config !== undefined) || unit.key !== (unit.size !== undefined)) {
    throw new Error('A key frame without a config.');
  }
  checkInfo(unit.size);
}

/** A config is always a vpcC. */
function configureVpx(codec: 'vp8' | 'vp9', bytes: Uint8Array): void {
  const reader = new VpxReader(codec);
  unlessBroken(() => reader.configure(bytes));
  reader.configure(VPCC);
  reader.read(bytes);
  if (!parseVpxConfig(reader.config!)) throw new Error('The config is no vpcC.');
}

function describeAv1(bytes: Uint8Array): void {
  const config = av1ConfigOf(bytes);
  if (config) checkInfo(av1.describe(config));
}

/** Frames are read after it, whatever the config says. */
function configureAv1(bytes: Uint8Array): void {
  const reader = new Av1Reader();
  reader.configure(bytes);
  reader.read(AV1_FRAME);
  if (!sequenceHeaderIn(parseAv1Config(reader.config!).obus)) throw new Error('An av1C without a sequence header.');
}

/** A frame is whole OBUs with sizes, of the types that frames carry; a key frame begins with a sequence header. */
function readAv1(bytes: Uint8Array): void {
  const reader = new Av1Reader();
  reader.configure(AV1C);
  const { data, key } = reader.read(bytes);
  const spans = splitObus(data);
  if ((spans.at(-1)?.end ?? 0) !== data.length) throw new Error('The sizes of a frame do not add up.');
  for (const { type, sized } of spans) {
    if (!sized || !CARRIED.has(type)) throw new Error(`An OBU of type ${type} in a frame.`);
  }
  const firstFrame = spans.findIndex(({ type }) => type === obuType.frame || type === obuType.frameHeader);
  const firstSequence = spans.findIndex(({ type }) => type === obuType.sequenceHeader);
  if (key && !(firstSequence >= 0 && firstSequence < firstFrame)) throw new Error('A key frame that cannot be read.');
  if (!sequenceHeaderIn(parseAv1Config(reader.config!).obus)) throw new Error('An av1C without a sequence header.');
  const again = new Av1Reader();
  again.configure(AV1C);
  const second = again.read(data);
  if (second.key !== key || second.data !== data) throw new Error('A frame is changed again.');
}
