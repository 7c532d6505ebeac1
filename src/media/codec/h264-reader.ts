import { nalType, ParameterSets } from './h264-sets.ts';
import { nalLimits, type NalLimits, type NalSpan } from './nal.ts';
import { type NalRole, UnitReader } from './unit-reader.ts';

/**
 * Reads the access units of one H.264 publisher, and keeps the avcC that goes with them. Key is an IDR picture. A recovery
 * point is none: what comes before it may still be needed.
 */
export class H264Reader extends UnitReader {
  constructor(limits: NalLimits = nalLimits) {
    super({ header: 1, roleOf, sets: new ParameterSets(limits) }, limits);
  }
}

function roleOf(bytes: Uint8Array, { start }: NalSpan): NalRole {
  const type = bytes[start]! & 0x1f;
  if (type === nalType.idr) return 'key';
  if (type === nalType.sei) return 'sei';
  if (type === nalType.sps || type === nalType.pps || type === nalType.spsExtension) return 'set';
  if (type === nalType.aud) return 'dropped';
  return type >= nalType.slice && type <= nalType.partitionC ? 'picture' : 'other';
}
