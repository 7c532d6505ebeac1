import { BitReader } from '../bytes/bit-reader.ts';
import { AC3_RATES } from './ac3.ts';
import { isSyncframe } from './ac3-reader.ts';
import { isEac3 } from './eac3.ts';
import { unlessBroken } from './unless-broken.ts';

/** Bytes to the end of bsid. */
const HEADER = 6;
const BLOCK_SAMPLES = 256;
/** Blocks by numblkscod (ETSI TS 102 366, E.1.3.1.4). */
const BLOCKS = [1, 2, 3, 6] as const;
const SIX_BLOCKS = 3;
/** fscod of half a rate, which fscod2 tells (E.1.3.1.3). */
const HALF_RATE = 3;

/** strmtyp (E.1.3.1.1). */
export const streamType = { independent: 0, dependent: 1, converted: 2 } as const;

/** Bits of mixdata by mixdef (E.1.2.2); 3 has a length. */
const MIX_BITS = [0, 5, 12] as const;
const MIX_LENGTH = 3;

/** First and last of the places in a chanmap, whose highest bit is the first (table E.1.5), that a dec3 knows. */
const FIRST_PLACE = 5;
const LAST_PLACE = 12;
const PLACE_LFE2 = 14;

/** One syncframe of E-AC-3, as far as its header tells. */
export interface Eac3Frame {
  /** One of `streamType`. */
  type: number;
  substream: number;
  /** Bytes of the whole frame. */
  length: number;
  fscod: number;
  sampleRate: number;
  samples: number;
  acmod: number;
  lfe: boolean;
  bsid: number;
  bsmod: number;
  /** Of a dependent substream: its channels beyond 5.1, the bits of table F.6.1. */
  places: number;
  /** Objects of Dolby Atmos, where the frame says that it has some. */
  objects?: number;
}

/** Reads the header of the syncframe at `at` (ETSI TS 102 366, E.1.2.2); undefined where there is none, or no whole one. */
export function parseEac3Frame(bytes: Uint8Array, at = 0): Eac3Frame | undefined {
  if (!isSyncframe(bytes, at, HEADER)) return undefined;
  const length = 2 * ((((bytes[at + 2]! & 7) << 8) | bytes[at + 3]!) + 1);
  const bsid = bytes[at + 5]! >> 3;
  const type = bytes[at + 2]! >> 6;
  if (length < HEADER || length > bytes.length - at || type > streamType.converted || !isEac3(bsid)) return undefined;
  const b4 = bytes[at + 4]!;
  const fscod = b4 >> 6;
  const code = (b4 >> 4) & 3;
  const half = fscod === HALF_RATE;
  const rate = AC3_RATES[half ? code : fscod];
  if (rate === undefined) return undefined;
  const blocks = half ? BLOCKS[SIX_BLOCKS] : BLOCKS[code]!;
  const frame: Eac3Frame = {
    type,
    substream: (bytes[at + 2]! >> 3) & 7,
    length,
    fscod,
    sampleRate: half ? rate / 2 : rate,
    samples: blocks * BLOCK_SAMPLES,
    acmod: (b4 >> 1) & 7,
    lfe: (b4 & 1) === 1,
    bsid,
    bsmod: 0,
    places: 0,
  };
  const bits = new BitReader(bytes.subarray(at, at + length));
  bits.skip(HEADER * 8 - 3);
  // The extras in a header that does not end are unknown; its beginning is good enough to play.
  unlessBroken(() => readRest(bits, frame, blocks));
  return frame;
}

/** From dialnorm to the end of bsi. */
function readRest(bits: BitReader, frame: Eac3Frame, blocks: number): void {
  const { type, acmod } = frame;
  const programs = acmod === 0 ? 2 : 1;
  for (let i = 0; i < programs; i++) {
    bits.skip(5); // dialnorm
    if (bits.flag()) bits.skip(8); // compr
  }
  if (type === streamType.dependent && bits.flag()) frame.places = placesOf(bits.bits(16));
  if (bits.flag()) skipMixing(bits, frame, { programs, blocks });
  if (bits.flag()) readInformation(bits, frame, programs);
  if (type === streamType.independent && blocks < 6) bits.skip(1); // convsync
  if (type === streamType.converted && (blocks === 6 || bits.flag())) bits.skip(6); // frmsizecod
  if (bits.flag()) readAddition(bits, frame);
}

/** The bits of a chanmap in the order of table F.6.1, where the first place is the lowest bit. */
function placesOf(chanmap: number): number {
  const at = (place: number): number => (chanmap >> (15 - place)) & 1;
  let places = at(PLACE_LFE2) << (LAST_PLACE - FIRST_PLACE + 1);
  for (let place = FIRST_PLACE; place <= LAST_PLACE; place++) places |= at(place) << (place - FIRST_PLACE);
  return places;
}

function skipMixing(bits: BitReader, frame: Eac3Frame, options: { programs: number; blocks: number }): void {
  const { acmod, lfe, type } = frame;
  if (acmod > 2) {
    bits.skip(2); // dmixmod
    if ((acmod & 1) !== 0) bits.skip(6); // ltrtcmixlev, lorocmixlev
    if ((acmod & 4) !== 0) bits.skip(6); // ltrtsurmixlev, lorosurmixlev
  }
  if (lfe && bits.flag()) bits.skip(5); // lfemixlevcod
  if (type !== streamType.independent) return;
  for (let i = 0; i <= options.programs; i++) if (bits.flag()) bits.skip(6); // pgmscl, pgmscl2, extpgmscl
  const mixdef = bits.bits(2);
  bits.skip(mixdef === MIX_LENGTH ? 8 * (bits.bits(5) + 2) : MIX_BITS[mixdef]!);
  if (acmod < 2) for (let i = 0; i < options.programs; i++) if (bits.flag()) bits.skip(14); // paninfo
  if (!bits.flag()) return;
  for (let i = 0; i < options.blocks; i++) if (options.blocks === 1 || bits.flag()) bits.skip(5); // blkmixcfginfo
}

function readInformation(bits: BitReader, frame: Eac3Frame, programs: number): void {
  const { acmod, fscod } = frame;
  frame.bsmod = bits.bits(3);
  bits.skip(2); // copyrightb, origbs
  if (acmod === 2) bits.skip(4); // dsurmod, dheadphonmod
  if (acmod >= 6) bits.skip(2); // dsurexmod
  for (let i = 0; i < programs; i++) if (bits.flag()) bits.skip(8); // mixlevel, roomtyp, adconvtyp
  if (fscod < HALF_RATE) bits.skip(1); // sourcefscod
}

/** addbsi, where it says that there are objects (ETSI TS 103 420, 8.3.1). */
function readAddition(bits: BitReader, frame: Eac3Frame): void {
  const length = bits.bits(6) + 1;
  bits.skip(7);
  if (bits.flag() && length > 1) frame.objects = bits.bits(8);
}
