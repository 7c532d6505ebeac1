import { fromHex } from '../bytes/hex.ts';
import { color, type HevcSpsCase, hevcSpsOf, number, PROFILE, spsCase, type SpsParts } from './h265-sps-cases.ts';
import { vuiCases } from './h265-vui-cases.ts';

const sized = (picture: string): SpsParts => ({ picture: `ue:1 ${picture} ue:0 ue:0` });

/** A change of the set of references before: each of `flags` is for a picture of it, the last for that set's own. */
const change = (sign: 0 | 1, distance: number, flags: string): string => `1 ${sign} ue:${distance - 1} ${flags}`;

const pictureCases: HevcSpsCase[] = [
  spsCase(
    'no cropping',
    {},
    { id: 0, width: 640, height: 360, bitDepthLuma: 8, reorder: 2, subLayers: 1, nested: true, color },
  ),
  spsCase('cropping', sized('ue:640 ue:368 1 ue:1 ue:2 ue:0 ue:4'), { width: 634, height: 360, color }),
  spsCase(
    'cropping in 4:2:2',
    { picture: 'ue:2 ue:640 ue:368 1 ue:1 ue:0 ue:0 ue:4 ue:2 ue:2' },
    { width: 638, height: 364, bitDepthLuma: 10, color },
  ),
  spsCase(
    'cropping in 4:4:4',
    { picture: 'ue:3 0 ue:640 ue:368 1 ue:1 ue:0 ue:0 ue:4 ue:0 ue:1' },
    { width: 639, height: 364, bitDepthChroma: 9, color },
  ),
  spsCase(
    'colour planes of their own',
    { picture: 'ue:3 1 ue:640 ue:368 1 ue:1 ue:0 ue:0 ue:4 ue:0 ue:0' },
    { width: 639, height: 364, chromaFormat: 3, color },
  ),
  spsCase('cropping of more than there is', sized('ue:640 ue:360 1 ue:0 ue:400 ue:0 ue:0'), {
    width: undefined,
    bitDepthLuma: 8,
    color,
  }),
  spsCase('cropping of all there is', sized('ue:640 ue:360 1 ue:160 ue:160 ue:0 ue:0'), { width: undefined, color }),
  spsCase('a width of 0', sized('ue:0 ue:360 0'), { width: undefined, color }),
  spsCase('a width of 16 384', sized('ue:16384 ue:8 0'), { width: 16_384, height: 8 }),
  spsCase('a width of 16 385', sized('ue:16385 ue:8 0'), { width: undefined, color }),
  spsCase('a width of 2^32 - 1', sized('ue:4294967294 ue:360 0'), { width: undefined, color }),
  spsCase(
    'a chroma format of 4',
    { picture: 'ue:4 ue:640 ue:360 0 ue:0 ue:0' },
    { id: 0, chromaFormat: undefined, width: undefined },
  ),
  spsCase('16 bit', { picture: 'ue:1 ue:640 ue:360 0 ue:8 ue:8' }, { bitDepthLuma: 16, bitDepthChroma: 16, color }),
  spsCase(
    '17 bit',
    { picture: 'ue:1 ue:640 ue:360 0 ue:9 ue:0' },
    { width: 640, bitDepthLuma: undefined, color: undefined },
  ),
  spsCase('an id of 15', { id: 'ue:15' }, { id: 15, color }),
  spsCase('an id of 16', { id: 'ue:16' }, { id: undefined, width: undefined }),
  spsCase('an id of 33 zeros', { id: `${'0'.repeat(33)} 1` }, { id: undefined, width: undefined }),
];

const layerCases: HevcSpsCase[] = [
  spsCase(
    '2 sub-layers without profiles',
    { subLayers: 2, layers: '00'.repeat(8) },
    { subLayers: 2, width: 640, color },
  ),
  spsCase(
    'a level of its own for one of 3 sub-layers',
    { subLayers: 3, layers: `01 00 ${'00'.repeat(6)} ${number(60, 8)}` },
    { subLayers: 3, width: 640, color },
  ),
  spsCase(
    '7 sub-layers with a profile and a level each',
    { subLayers: 7, layers: `${'11'.repeat(6)} 0000 ${`${PROFILE} `.repeat(6)}` },
    { subLayers: 7, id: 0, width: 640, reorder: 2, color },
  ),
  spsCase(
    '7 sub-layers ordered as one',
    { subLayers: 7, layers: '00'.repeat(8), ordering: '0 ue:15 ue:3 ue:0' },
    { reorder: 3, color },
  ),
  spsCase('7 sub-layers cut off', { subLayers: 7, layers: '11'.repeat(6) }, { id: undefined, width: undefined }),
  spsCase('16 pictures kept, 15 of them reordered', { ordering: '1 ue:15 ue:15 ue:0' }, { reorder: 15, color }),
  spsCase('17 pictures kept', { ordering: '1 ue:16 ue:2 ue:0' }, { width: 640, reorder: undefined, color: undefined }),
  spsCase('2^32 - 1 reordered pictures', { ordering: '1 ue:4 ue:4294967294 ue:0' }, { width: 640, reorder: undefined }),
  spsCase('16 bits of picture order', { orderBits: 'ue:12', longTerm: `1 ue:1 ${'01'.repeat(8)} 1` }, { color }),
  spsCase('17 bits of picture order', { orderBits: 'ue:13' }, { width: 640, reorder: undefined }),
];

const LISTS = [6, 6, 6, 2];
const lists = (list: (size: number) => string): SpsParts => ({
  lists: `1 1 ${LISTS.map((count, size) => `${list(size)} `.repeat(count)).join('')}`,
});

const listCases: HevcSpsCase[] = [
  spsCase('the default scaling lists', { lists: '1 0' }, { color }),
  spsCase(
    'every scaling list as the one before',
    lists(() => '0 ue:0'),
    { color },
  ),
  spsCase(
    'every scaling list written out',
    lists((size) => `1 ${size > 1 ? 'ue:12' : ''} ${'ue:2 '.repeat(size === 0 ? 16 : 64)}`),
    { color },
  ),
  spsCase(
    'scaling lists cut off',
    { lists: `1 1 1 ${'ue:2 '.repeat(12)}` },
    { width: 640, reorder: 2, color: undefined },
  ),
  spsCase('blocks of PCM', { pcm: '1 0111 0111 ue:0 ue:2 1' }, { color }),
];

const referenceCases: HevcSpsCase[] = [
  spsCase('a set of 3 references', { references: 'ue:1 ue:2 ue:1 ue:0 1 ue:3 0 ue:0 1' }, { color }),
  spsCase('a set of 16 references', { references: `ue:1 ue:8 ue:8 ${'ue:0 1 '.repeat(16)}` }, { color }),
  spsCase(
    'a set of 17 references',
    { references: `ue:1 ue:8 ue:9 ${'ue:0 1 '.repeat(17)}` },
    { reorder: 2, color: undefined },
  ),
  spsCase('a set of 2^32 - 1 references', { references: 'ue:1 ue:4294967294 ue:0' }, { reorder: 2, color: undefined }),
  spsCase('64 empty sets', { references: `ue:64 ue:0 ue:0 ${'0 ue:0 ue:0 '.repeat(63)}` }, { color }),
  spsCase('65 sets', { references: `ue:65 ue:0 ue:0 ${'0 ue:0 ue:0 '.repeat(64)}` }, { color: undefined }),
  spsCase('2^32 - 1 sets', { references: 'ue:4294967294' }, { color: undefined }),
  // -1 and 2, moved by 1: the first falls on the picture itself and out of the set, so the next has two flags, not three.
  spsCase(
    'a change in which a reference falls out',
    { references: `ue:3 ue:1 ue:1 ue:0 1 ue:1 1 ${change(0, 1, '1 1 00')} ${change(1, 2, '1 1')}` },
    { color },
  ),
  // A picture that is not used itself may still be passed on (00 drops it, 01 keeps it).
  spsCase(
    'a change that keeps what it does not use',
    { references: `ue:3 ue:2 ue:0 ue:0 1 ue:0 1 ${change(1, 1, '01 00 01')} ${change(1, 1, '1 1 1')}` },
    { color },
  ),
  // -1 and -3, moved by 4, and the picture between are 3, 1 and 4. The nearest is first in the next change, where it falls out.
  spsCase(
    'a change that puts references on the other side',
    {
      references: `ue:4 ue:2 ue:0 ue:0 1 ue:1 1 ${change(0, 4, '1 1 1')} ${change(1, 1, '1 00 00 1')} ${change(1, 1, '1 1')}`,
    },
    { color },
  ),
  spsCase(
    '63 changes that grow by one picture each',
    {
      references: `ue:64 ue:0 ue:0 ${Array.from({ length: 63 }, (_, i) => change(1, 1, '1 '.repeat(i + 1))).join(' ')}`,
    },
    { reorder: 2, color: undefined },
  ),
  spsCase(
    '16 changes that grow by one picture each',
    {
      references: `ue:17 ue:0 ue:0 ${Array.from({ length: 16 }, (_, i) => change(1, 1, '1 '.repeat(i + 1))).join(' ')}`,
    },
    { color },
  ),
  spsCase('a change by 2^15', { references: `ue:2 ue:0 ue:0 ${change(0, 2 ** 15, '1')}` }, { color }),
  spsCase(
    'a change by 2^15 + 1',
    { references: `ue:2 ue:0 ue:0 ${change(0, 2 ** 15 + 1, '1')}` },
    { color: undefined },
  ),
  spsCase('32 long-term references', { longTerm: `1 ue:32 ${'00000001 1 '.repeat(32)}` }, { color }),
  spsCase('33 long-term references', { longTerm: `1 ue:33 ${'00000001 1 '.repeat(33)}` }, { color: undefined }),
];

/** Parameter sets from people who mean harm, or whose encoder is broken, and rare ones that are right. */
export const hostileHevcSpsCases: HevcSpsCase[] = [
  ...pictureCases,
  ...layerCases,
  ...listCases,
  ...referenceCases,
  ...vuiCases,
  { name: 'nothing after its profile', bytes: hevcSpsOf().subarray(0, 18), value: { subLayers: 1, width: undefined } },
];

/** Parameter sets of which not even the profile can be had. */
export const unreadableHevcSps: { name: string; bytes: Uint8Array }[] = [
  { name: '8 sub-layers', bytes: hevcSpsOf({ subLayers: 8, layers: '00'.repeat(8) }) },
  { name: 'another layer', bytes: hevcSpsOf().with(1, 0x09) },
  { name: 'a cut inside its profile', bytes: hevcSpsOf().subarray(0, 14) },
  { name: 'only a header', bytes: fromHex('4201') },
  { name: 'nothing', bytes: fromHex('') },
];
