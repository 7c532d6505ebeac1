import { HEVC_HEADER, hevcHeader, hevcType } from './h265-nal.ts';
import { HevcSets } from './h265-sets.ts';
import { nalLimits, type NalLimits, type NalSpan } from './nal.ts';
import { type NalRole, UnitReader } from './unit-reader.ts';

/**
 * Reads the access units of one H.265 publisher, and keeps the hvcC that goes with them. Key is an IDR, BLA or CRA
 * picture. Pictures that are shown before a CRA picture may need what came before it; a decoder that starts there leaves
 * them out by itself, but one that jumps there from earlier pictures does not know, and may show them broken. Only the
 * base layer is carried: decoders of the common profiles ignore all others.
 */
export class H265Reader extends UnitReader {
  constructor(limits: NalLimits = nalLimits) {
    super({ header: HEVC_HEADER, roleOf, sets: new HevcSets(limits) }, limits);
  }
}

function roleOf(bytes: Uint8Array, { start, end }: NalSpan): NalRole {
  if (end - start < HEVC_HEADER) return 'dropped';
  const { type, layer } = hevcHeader(bytes[start]!, bytes[start + 1]!);
  if (layer !== 0 || type === hevcType.aud) return 'dropped';
  if (type >= hevcType.blaWLp && type <= hevcType.cra) return 'key';
  if (type === hevcType.prefixSei) return 'sei';
  if (type === hevcType.vps || type === hevcType.sps || type === hevcType.pps) return 'set';
  return type < hevcType.vps ? 'picture' : 'other';
}
