import { type HevcSpsCase, number, spsCase, type SpsParts } from './h265-sps-cases.ts';

const TIMING = `1 ${number(1, 32)} ${number(25, 32)}`;
/** Video usability information up to its timing, with colours and a flag for fields. */
const vuiTo = (fields: 0 | 1): string =>
  `1 0 0 1 101 0 1 ${number(9, 8)} ${number(16, 8)} ${number(9, 8)} 0 0${fields}0 0`;
/** 1 restricts the stream; the code behind the flags is for spatial segmentation. */
const RESTRICTION = '1 000 ue:7';
const HRD_LENGTHS = '0000 0000 00000 00000 00000';
const hrd = (text: string, subLayers = 1): SpsParts => ({
  subLayers,
  ...(subLayers > 1 ? { layers: '00'.repeat(8) } : {}),
  vui: `${vuiTo(0)} ${TIMING} 0 1 ${text} ${RESTRICTION}`,
});

/** Video usability information, with all that can be in it. */
export const vuiCases: HevcSpsCase[] = [
  spsCase('no VUI', { vui: '0' }, { width: 640, color: undefined, pictureRate: undefined }),
  spsCase(
    'full range without colours',
    { vui: '1 0 0 1 101 1 0 0 000 0 0 0' },
    { color: { primaries: 2, transfer: 2, matrix: 2, fullRange: true } },
  ),
  spsCase(
    'a video format without colours',
    { vui: '1 0 0 1 101 0 0 0 000 0 0 0' },
    { color: undefined, fields: false },
  ),
  spsCase(
    'an aspect ratio of its own',
    { vui: `1 1 11111111 ${number(98, 16)} ${number(67, 16)} 0 0 0 000 0 0 0` },
    { aspect: [98, 67] },
  ),
  spsCase(
    'an aspect ratio of the table',
    { vui: `1 1 ${number(2, 8)} 1 1 0 1 ue:2 ue:3 000 1 ue:0 ue:0 ue:0 ue:4 ${TIMING} 0 0 0` },
    { aspect: [12, 11], pictureRate: 25 },
  ),
  spsCase(
    'timing',
    { vui: `${vuiTo(0)} ${TIMING} 0 0 ${RESTRICTION}` },
    { pictureRate: 25, fields: false, segmentation: 7 },
  ),
  spsCase('fields', { vui: `${vuiTo(1)} ${TIMING} 0 0 0` }, { pictureRate: 25, fields: true }),
  spsCase(
    'two ticks a picture',
    { vui: `${vuiTo(0)} ${TIMING} 1 ue:1 0 ${RESTRICTION}` },
    { pictureRate: 12.5, segmentation: 7 },
  ),
  spsCase(
    'a VUI cut off after its timing',
    { vui: `${vuiTo(0)} 1 ${number(1, 32)} ${number(25, 32)} 0` },
    { pictureRate: 25 },
  ),
  spsCase(
    'a unit of time of 0',
    { vui: `${vuiTo(0)} 1 ${number(0, 32)} ${number(25, 32)} 0 0 ${RESTRICTION}` },
    { pictureRate: undefined, segmentation: 7 },
  ),
  spsCase(
    'a million pictures a second',
    { vui: `${vuiTo(0)} 1 ${number(1, 32)} ${number(1_000_000, 32)} 0 0 ${RESTRICTION}` },
    { pictureRate: undefined, segmentation: 7 },
  ),
  spsCase(
    'a spatial segmentation of 4096',
    { vui: `${vuiTo(0)} ${TIMING} 0 0 1 000 ue:4096` },
    { pictureRate: 25, segmentation: undefined },
  ),
  spsCase('an HRD of NAL units', hrd(`1 0 0 ${HRD_LENGTHS} 1 ue:0 ue:0 ue:5 ue:9 1`), { segmentation: 7 }),
  spsCase('an HRD without either kind', hrd('0 0 0 0 0 ue:0'), { segmentation: 7 }),
  spsCase(
    'an HRD of both kinds with parts of pictures',
    hrd(`1 1 1 ${'0'.repeat(19)} ${HRD_LENGTHS} 0000 0 1 ue:2047 ue:1 ${'ue:1 ue:2 ue:3 ue:4 0 '.repeat(4)}`),
    { segmentation: 7 },
  ),
  spsCase('an HRD of low delay', hrd(`0 1 0 ${HRD_LENGTHS} 0 0 1 ue:7 ue:8 0`), { segmentation: 7 }),
  spsCase(
    'an HRD of 32 buffers in each of 7 sub-layers',
    hrd(`1 1 0 ${HRD_LENGTHS} ${`1 ue:0 ue:31 ${'ue:0 ue:0 1 '.repeat(64)}`.repeat(7)}`, 7),
    { segmentation: 7 },
  ),
  spsCase('an HRD of 33 buffers', hrd(`1 0 0 ${HRD_LENGTHS} 1 ue:0 ue:32 ${'ue:0 ue:0 1 '.repeat(33)}`), {
    pictureRate: 25,
    segmentation: undefined,
  }),
  spsCase('an HRD of 2^32 - 1 buffers', hrd(`1 0 0 ${HRD_LENGTHS} 1 ue:0 ue:4294967294`), {
    pictureRate: 25,
    segmentation: undefined,
  }),
  spsCase('an HRD with 2049 ticks a picture', hrd(`1 0 0 ${HRD_LENGTHS} 1 ue:2048 ue:0 ue:0 ue:0 1`), {
    pictureRate: 25,
    segmentation: undefined,
  }),
];
