import { fromHex } from '../bytes/hex.ts';
import type { ConfigCase } from './cases.ts';

const vpcC = (name: string, hex: string, value: ConfigCase['value']): ConfigCase => ({
  name,
  bytes: fromHex(hex),
  value,
});

/** vpcC without version and flags, as FFmpeg wrote them for libvpx. */
export const vp9Cases: ConfigCase[] = [
  vpcC('of 180 lines', '000b820202020000', {
    codecs: 'vp09.00.11.08',
    profile: 'Profile 0',
    bitDepth: 8,
    level: '1.1',
  }),
  vpcC('HDR', '020aa20910090000', {
    codecs: 'vp09.02.10.10.01.09.16.09.00',
    profile: 'Profile 2',
    bitDepth: 10,
    level: '1',
    color: { primaries: 9, transfer: 16, matrix: 9, fullRange: false },
  }),
  vpcC('4:2:2', '010a840202020000', {
    codecs: 'vp09.01.10.08.02.02.02.02.00',
    profile: 'Profile 1',
    bitDepth: 8,
    level: '1',
  }),
  vpcC('4:4:4 of 12 bits', '030ac60202020000', {
    codecs: 'vp09.03.10.12.03.02.02.02.00',
    profile: 'Profile 3',
    bitDepth: 12,
    level: '1',
  }),
  vpcC('RGB', '010a870202000000', {
    codecs: 'vp09.01.10.08.03.02.02.00.01',
    profile: 'Profile 1',
    bitDepth: 8,
    level: '1',
    color: { primaries: 2, transfer: 2, matrix: 0, fullRange: true },
  }),
  vpcC('BT.709 of full range', '000a830101010000', {
    codecs: 'vp09.00.10.08.01.01.01.01.01',
    profile: 'Profile 0',
    bitDepth: 8,
    level: '1',
    color: { primaries: 1, transfer: 1, matrix: 1, fullRange: true },
  }),
  vpcC('the matrix of BT.601', '000a820202050000', {
    codecs: 'vp09.00.10.08.01.02.02.05.00',
    profile: 'Profile 0',
    bitDepth: 8,
    level: '1',
    color: { primaries: 2, transfer: 2, matrix: 5, fullRange: false },
  }),
  vpcC('the example of the binding: HDR of full range', '020aa30910090000', {
    codecs: 'vp09.02.10.10.01.09.16.09.01',
    profile: 'Profile 2',
    level: '1',
    bitDepth: 10,
    color: { primaries: 9, transfer: 16, matrix: 9, fullRange: true },
  }),
  vpcC('nothing unusual', '0029820101010000', {
    codecs: 'vp09.00.41.08',
    profile: 'Profile 0',
    level: '4.1',
    bitDepth: 8,
    color: { primaries: 1, transfer: 1, matrix: 1, fullRange: false },
  }),
  vpcC('colours that nobody told of', '001f820202020000', {
    codecs: 'vp09.00.31.08',
    profile: 'Profile 0',
    level: '3.1',
    bitDepth: 8,
  }),
  vpcC('full range of colours that nobody told of', '001f830202020000', {
    codecs: 'vp09.00.31.08.01.02.02.02.01',
    profile: 'Profile 0',
    level: '3.1',
    bitDepth: 8,
    color: { primaries: 2, transfer: 2, matrix: 2, fullRange: true },
  }),
  vpcC('no level', '0100860101010000', {
    codecs: 'vp09.01.00.08.03.01.01.01.00',
    profile: 'Profile 1',
    bitDepth: 8,
    color: { primaries: 1, transfer: 1, matrix: 1, fullRange: false },
  }),
  {
    ...vpcC('zeros for colours', '0015820000000000', {
      codecs: 'vp09.00.21.08',
      profile: 'Profile 0',
      level: '2.1',
      bitDepth: 8,
    }),
    oneWay: true,
  },
  {
    ...vpcC('zeros for colours of 4:4:4', '010a860000000000', {
      codecs: 'vp09.01.10.08.03.02.02.02.00',
      profile: 'Profile 1',
      level: '1',
      bitDepth: 8,
    }),
    oneWay: true,
  },
  {
    ...vpcC('version and flags in front', '010000000029820101010000', {
      codecs: 'vp09.00.41.08',
      profile: 'Profile 0',
      level: '4.1',
      bitDepth: 8,
      color: { primaries: 1, transfer: 1, matrix: 1, fullRange: false },
    }),
    oneWay: true,
  },
  { ...vpcC('profile 4', '0429820101010000', {}), oneWay: true },
  { ...vpcC('a bit depth of 9', '0029920101010000', {}), oneWay: true },
  { ...vpcC('what WebM has for it', '01010002010a030108040101', {}), oneWay: true },
  { ...vpcC('nothing', '', {}), oneWay: true },
];

/** vpcC of VP8. */
export const vp8Cases: ConfigCase[] = [
  vpcC('a vpcC', '000a820202020000', { codecs: 'vp8', profile: 'Profile 0', bitDepth: 8 }),
  vpcC('colours', '0314820601060000', {
    codecs: 'vp8',
    profile: 'Profile 3',
    bitDepth: 8,
    color: { primaries: 6, transfer: 1, matrix: 6, fullRange: false },
  }),
  { ...vpcC('nothing', '', { codecs: 'vp8', bitDepth: 8 }), oneWay: true },
];

export interface VpxUnitCase {
  name: string;
  codec: 'vp8' | 'vp9';
  bytes: Uint8Array;
  value: { key: boolean; size?: { width: number; height: number }; config?: string };
}

/** Frames as libvpx wrote them, read without a config. */
export const vpxUnitCases: VpxUnitCase[] = [
  {
    name: 'a VP8 key frame',
    codec: 'vp8',
    bytes: fromHex(
      'f002009d012a1000100000470885858885848802020275aa03f803fa020d4dee00fefd6ef3ffe46fe3e746ffc8e3fffc4a9ee389e3fffc4680',
    ),
    value: { key: true, size: { width: 16, height: 16 }, config: '000a820202020000' },
  },
  {
    name: 'a VP8 inter frame',
    codec: 'vp8',
    bytes: fromHex('b101000510ac001800303ff40c00ef00feed4ddfc698f3f03d00ef7ff5bf92fedfc97f701fcac0'),
    value: { key: false },
  },
  {
    name: 'a VP9 key frame, its beginning',
    codec: 'vp9',
    bytes: fromHex('824983420013f00b36063824'),
    value: { key: true, size: { width: 320, height: 180 }, config: '000b820202020000' },
  },
  {
    name: 'a VP9 key frame of HDR, its beginning',
    codec: 'vp9',
    bytes: fromHex('924983425001f8017b031c12'),
    value: { key: true, size: { width: 64, height: 48 }, config: '020aa20902090000' },
  },
  {
    name: 'a VP9 key frame of 4:4:0, its beginning',
    codec: 'vp9',
    bytes: fromHex('a249834204007e005ec0c704'),
    value: { key: true, size: { width: 64, height: 48 }, config: '010a880202020000' },
  },
  {
    name: 'a VP9 key frame of 12 bits, its beginning',
    codec: 'vp9',
    bytes: fromHex('b124c1a140001f8017b031c120e0'),
    value: { key: true, size: { width: 64, height: 48 }, config: '030ac60202020000' },
  },
  {
    name: 'a VP9 inter frame',
    codec: 'vp9',
    bytes: fromHex('86004096ac3057e000036000006a92e0eb4b6ff6a537e381d99337f2a459e078e0effbe40e10'),
    value: { key: false },
  },
  {
    name: 'a VP9 superframe',
    codec: 'vp9',
    bytes: fromHex(
      '840080497a88af80000c623cf80000002aae3fb0fede12edcae34b5fefcb49f726a03e0b15040a4b2fa19186ca6ed31fecb0a912e9bdf36bed666712ed3310ce34668c93cd0c9c3bd64609fd9c234c57e6047ef0b945762cbe2afa7c09bf4007126035c044db5d32a15e0df43aa71d246e8ac2b5fa26596e2f67e6b490a405e6fd635c8b94f04fe82f116bd8ed40860040961c385b8000036000006880c08e913200c18e14c1',
    ),
    value: { key: false },
  },
  {
    name: 'a VP8 key frame of a reserved version',
    codec: 'vp8',
    bytes: fromHex('9800009d012a40010c01aabb'),
    value: { key: false },
  },
  {
    name: 'a VP8 frame without its start code',
    codec: 'vp8',
    bytes: fromHex('5000009d012b4001b400aabb'),
    value: { key: false },
  },
  {
    name: 'a VP8 key frame without width',
    codec: 'vp8',
    bytes: fromHex('5000009d012a0040b400aabb'),
    value: { key: false },
  },
  {
    name: 'a VP8 key frame that asks to be scaled',
    codec: 'vp8',
    bytes: fromHex('5600009d012a4041b480aabb'),
    value: { key: true, size: { width: 320, height: 180 }, config: '030b820202020000' },
  },
  { name: 'nothing of VP8', codec: 'vp8', bytes: fromHex(''), value: { key: false } },
  { name: 'nothing of VP9', codec: 'vp9', bytes: fromHex(''), value: { key: false } },
  { name: 'an empty superframe', codec: 'vp9', bytes: fromHex('c0 00 c0'), value: { key: false } },
];
