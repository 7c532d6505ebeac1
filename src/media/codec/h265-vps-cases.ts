import { fromHex } from '../bytes/hex.ts';
import { nalOf } from './cases.ts';
import { number, PROFILE } from './h265-sps-cases.ts';
import type { HevcVps } from './h265-vps.ts';

export interface HevcVpsCase {
  name: string;
  bytes: Uint8Array;
  value: HevcVps;
}

const TIMING = `1 ${number(1, 32)} ${number(25, 32)}`;

function vpsOf(options: { subLayers?: number; layers?: string; sets?: string; rest?: string }): Uint8Array {
  const { subLayers = 1, layers = '', sets = '000000 ue:0', rest = `${TIMING} 0 ue:0 0` } = options;
  const head = `0011 11 000000 ${number(subLayers - 1, 3)} 1 ${'1'.repeat(16)} ${PROFILE} ${layers}`;
  return nalOf([0x40, 0x01], `${head} 1 ${'ue:4 ue:2 ue:0 '.repeat(subLayers)} ${sets} ${rest}`);
}

export const hevcVpsCases: HevcVpsCase[] = [
  { name: 'timing', bytes: vpsOf({}), value: { id: 3, pictureRate: 25 } },
  { name: 'no timing', bytes: vpsOf({ rest: '0 0' }), value: { id: 3 } },
  {
    name: '7 sub-layers with a profile and a level each',
    bytes: vpsOf({ subLayers: 7, layers: `${'11'.repeat(6)} 0000 ${`${PROFILE} `.repeat(6)}` }),
    value: { id: 3, pictureRate: 25 },
  },
  { name: '8 sub-layers', bytes: vpsOf({ subLayers: 8, layers: '00'.repeat(8) }), value: { id: 3 } },
  { name: '3 sets of 2 layers', bytes: vpsOf({ sets: '000001 ue:2 1011' }), value: { id: 3, pictureRate: 25 } },
  {
    name: '1024 sets of 2 layers',
    bytes: vpsOf({ sets: `000001 ue:1023 ${'01'.repeat(1023)}` }),
    value: { id: 3, pictureRate: 25 },
  },
  { name: '1025 sets of 1 layer', bytes: vpsOf({ sets: `000000 ue:1024 ${'1'.repeat(1024)}` }), value: { id: 3 } },
  { name: 'sets that are not there', bytes: vpsOf({ sets: '111111 ue:1023', rest: '' }), value: { id: 3 } },
  { name: 'one byte', bytes: fromHex('400130'), value: { id: 3 } },
];
