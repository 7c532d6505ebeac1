import type { ColorInfo } from '../../media/color-info.ts';
import { amfObject, type AmfObject, type AmfValue, decodeAmf0, encodeAmf0, isAmfObject } from '../amf/index.ts';

/** The name in a metadata packet for pictures (Enhanced RTMP v2, Metadata Frame). */
const NAME = 'colorInfo';

/** Ours, and the names in the packet. */
const groups = {
  config: {
    name: 'colorConfig',
    numbers: {
      bitDepth: 'bitDepth',
      primaries: 'colorPrimaries',
      transfer: 'transferCharacteristics',
      matrix: 'matrixCoefficients',
    },
  },
  light: { name: 'hdrCll', numbers: { max: 'maxCLL', frameAverage: 'maxFall' } },
  mastering: {
    name: 'hdrMdcv',
    numbers: {
      redX: 'redX',
      redY: 'redY',
      greenX: 'greenX',
      greenY: 'greenY',
      blueX: 'blueX',
      blueY: 'blueY',
      whiteX: 'whitePointX',
      whiteY: 'whitePointY',
      maxLuminance: 'maxLuminance',
      minLuminance: 'minLuminance',
    },
  },
} as const satisfies Record<keyof ColorInfo, { name: string; numbers: Record<string, string> }>;

/**
 * Reads the data of a metadata packet. Undefined where it is about something else; empty where the colours are taken
 * back.
 *
 * @throws ProtocolError where it is no AMF0.
 */
export function readColorInfo(data: Uint8Array): ColorInfo | undefined {
  const [name, value] = decodeAmf0(data);
  if (name !== NAME) return undefined;
  const told = isAmfObject(value) ? value : amfObject();
  const read = Object.entries(groups).map(([key, { name: group, numbers }]) => [key, pick(told[group], numbers)]);
  return Object.fromEntries(read.filter(([, numbers]) => numbers !== undefined)) as ColorInfo;
}

/** The data of a metadata packet. */
export function writeColorInfo(info: ColorInfo): Uint8Array {
  const told: AmfObject = amfObject();
  for (const [key, { name, numbers }] of Object.entries(groups)) {
    const values = info[key as keyof ColorInfo] as Record<string, number> | undefined;
    if (!values) continue;
    const named = Object.entries<string>(numbers).filter(([ours]) => values[ours] !== undefined);
    told[name] = amfObject(Object.fromEntries(named.map(([ours, theirs]) => [theirs, values[ours]!])));
  }
  return encodeAmf0(NAME, told);
}

function pick(group: AmfValue, names: Record<string, string>): Record<string, number> | undefined {
  if (!isAmfObject(group)) return undefined;
  const found = Object.entries(names).filter(([, theirs]) => Number.isFinite(group[theirs]));
  return found.length === 0
    ? undefined
    : Object.fromEntries(found.map(([ours, theirs]) => [ours, group[theirs] as number]));
}
