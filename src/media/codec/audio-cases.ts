import { fromHex } from '../bytes/hex.ts';
import type { ConfigCase } from './cases.ts';
import type { CodecInfo } from './codec.ts';

const HEAD = '4f70757348656164';

function opusHead(name: string, hex: string, channels: number, oneWay = false): ConfigCase {
  return { name, bytes: fromHex(HEAD + hex), value: { codecs: 'opus', sampleRate: 48_000, channels }, oneWay };
}

const notOpus = (name: string, hex: string): ConfigCase => ({ name, bytes: fromHex(hex), value: {} });

/** OpusHeads; the first ones as FFmpeg and libopus wrote them. */
export const opusHeadCases: ConfigCase[] = [
  opusHead('one channel', '0101380180bb0000000000', 1),
  opusHead('two channels', '0102380180bb0000000000', 2),
  opusHead('5.1', '0106380180bb00000000010402000401020305', 6),
  opusHead('7.1', '0108380180bb000000000105030006010203040507', 8),
  opusHead('three discrete channels', '0103380180bb00000000ff0300000102', 3),
  opusHead('a later version that is like this one', '0f02380180bb0000000000', 2, true),
  opusHead('something behind it', '0102380180bb0000000000deadbeef', 2, true),
  opusHead('silence among its channels', '0103380180bb00000000010201ff0001', 3),
  opusHead('a gain and no rate', '01023801000000000a0000', 2),
  opusHead('a family that nobody knows', '0102380180bb00000000f002000100', 2),
  notOpus('nothing', ''),
  notOpus('OpusTags', '4f7075735461677300000000000000000000000000'),
  notOpus('a version of another kind', `${HEAD}1002380180bb0000000000`),
  notOpus('no channels', `${HEAD}0100380180bb0000000000`),
  notOpus('three channels without a table', `${HEAD}0103380180bb0000000000`),
  notOpus('nine channels of surround', `${HEAD}0109380180bb00000000010900000102030405060708`),
  notOpus('a table that is cut off', `${HEAD}0103380180bb000000000102010002`),
  notOpus('no streams', `${HEAD}0103380180bb00000000010000ffffff`),
  notOpus('more stereo streams than streams', `${HEAD}0103380180bb000000000101020001ff`),
  notOpus('more channels than a byte can tell apart', `${HEAD}0103380180bb00000000ff8080000102`),
  notOpus('a channel that no stream has', `${HEAD}0103380180bb00000000010201000103`),
  notOpus('a matrix of projections', `${HEAD}0101380180bb0000000003010000000000`),
];

export interface OpusPacketCase {
  name: string;
  bytes: Uint8Array;
  streams?: number;
  /** Samples; undefined for what is no packet. */
  value: number | undefined;
}

function packet(name: string, hex: string, value: number | undefined, streams = 1): OpusPacketCase {
  return { name, bytes: fromHex(hex), value, streams };
}

const many = (count: number, byte = 'aa'): string => byte.repeat(count);

/** Packets of libopus, then such as keep and break the rules R1 to R7 of RFC 6716. */
export const opusPacketCases: OpusPacketCase[] = [
  packet(
    '60 ms of speech by libopus',
    '584ed7c0781b1afddfea39a1f17ca59b753fe1fb127797646a09a455d650b3fa16ea8416c2748d76545293765dd7a166e7e11fbfa55afc',
    2880,
  ),
  packet('2.5 ms by libopus', 'e0ae3d7b92d1fb151cc9dd27d179ae', 120),
  packet(
    '5.1 by libopus',
    'fc02fffefc02fffe7842994a1f732dd22dedd846cc4c0f1613c334e9799781007a155398dbd15d00d6bd2b3f55ecbec35a9cfc0f237aebba6c0338de8407d57524707828b94fa48a97bf898698fffe',
    960,
    4,
  ),
  packet('nothing is no packet', '', undefined),
  packet('a first byte alone is a frame without data', 'fc', 960),
  packet('a frame has at most 1275 bytes', `f8${many(1275)}`, 960),
  packet('a frame has no more bytes than that', `f8${many(1276)}`, undefined),
  packet('two frames are as long as each other', 'f9aabb', 1920),
  packet('two frames as long as each other are no odd number of bytes', 'f9aabbcc', undefined),
  packet('two frames of their own lengths', 'fa01aabbcc', 1920),
  packet('two frames of which the first one is empty', 'fa00aa', 1920),
  packet('two frames of which the first one is all', 'fa01aa', 1920),
  packet('two frames without a length', 'fa', undefined),
  packet('a length with a second byte', `fafd01${many(257)}bb`, 1920),
  packet('a length with a second byte that is beyond the end', `fafd01${many(256)}`, undefined),
  packet('a length whose second byte is not there', 'fafd', undefined),
  packet('a length beyond the end', 'fa05aabb', undefined),
  packet('a second frame that is too long', `fa01${many(1 + 1276)}`, undefined),
  packet('three frames as long as each other', 'fb03aabbcc', 2880),
  packet('three frames that cannot be as long as each other', 'fb03aabb', undefined),
  packet('many frames without their number', 'fb', undefined),
  packet('no frames', 'fb00', undefined),
  packet('120 ms of frames of 20 ms', `fb06${many(6)}`, 5760),
  packet('140 ms of frames of 20 ms', `fb07${many(7)}`, undefined),
  packet('120 ms of frames of 60 ms', '1b02aabb', 5760),
  packet('180 ms of frames of 60 ms', '1b03aabbcc', undefined),
  packet('120 ms of frames of 2.5 ms', `e330${many(48)}`, 5760),
  packet('122.5 ms of frames of 2.5 ms', `e331${many(49)}`, undefined),
  packet('padding', 'fb4102aa0000', 960),
  packet('nothing but padding', 'fb4103000000', 960),
  packet('more padding than there is', 'fb4104000000', undefined),
  packet('padding of 256 bytes', `fb42ff02aabb${many(256, '00')}`, 1920),
  packet('padding without an end', `fb41${many(40, 'ff')}`, undefined),
  packet('frames of their own lengths', 'fb830102aabbbbcc', 2880),
  packet('frames of their own lengths, and padding', 'fbc3010102aabbbbcc00', 2880),
  packet('frames whose lengths are beyond the end', 'fb830105aabbbbcc', undefined),
  packet('a last frame that is too long', `fb8201aa${many(1276)}`, undefined),
  packet('two streams with a frame each', 'f802aabbf8cc', 960, 2),
  packet('two streams with two equal frames', 'f901aabbf9ccdd', 1920, 2),
  packet('two streams with two frames', 'fa0102aabbbbfa01ccdd', 1920, 2),
  packet('two streams with three equal frames', 'fb0301aabbccfb03ddeeff', 2880, 2),
  packet('two streams with frames of their own lengths', 'fb820102aabbbbfb8201ccdd', 1920, 2),
  packet('two streams with padding', 'fb410201aa0000fb4101bb00', 960, 2),
  packet('three streams', 'f801aaf801bbf8cc', 960, 3),
  packet('three streams of which the last one is not there', 'f801aaf801bb', undefined, 3),
  packet('a stream that is longer than the packet', 'f809aabbf8cc', undefined, 2),
];

function flacCase(name: string, hex: string, value: Partial<CodecInfo>, oneWay = false): ConfigCase {
  return { name, bytes: fromHex(hex), value: { codecs: 'flac', ...value }, oneWay };
}

const FLAC = '664c614380000022';
const NO_MD5 = '00'.repeat(16);
const LIVE = '1000 1000 000000 000000 0bb802f000000000';

/** STREAMINFO; the first one by FFmpeg. */
export const flacConfigCases: ConfigCase[] = [
  flacCase('5.1 of 24 bits', `${FLAC}120012000027bc002fc10bb80b7000017700f162b222589cec63070f5f2f7ec5c278`, {
    sampleRate: 48_000,
    channels: 6,
    frameSamples: 4608,
  }),
  flacCase('something live', `${FLAC}${LIVE}${NO_MD5}`, { sampleRate: 48_000, channels: 2, frameSamples: 4096 }),
  flacCase('a bare block', `${LIVE}${NO_MD5}`, { sampleRate: 48_000, channels: 2, frameSamples: 4096 }, true),
  flacCase(
    'a block with its header alone',
    `80000022${LIVE}${NO_MD5}`,
    { sampleRate: 48_000, channels: 2, frameSamples: 4096 },
    true,
  ),
  flacCase(
    'a block that others follow',
    `664c614300000022${LIVE}${NO_MD5}84000004deadbeef`,
    { sampleRate: 48_000, channels: 2, frameSamples: 4096 },
    true,
  ),
  flacCase(
    'a block with its header alone that others follow',
    `00000022${LIVE}${NO_MD5}84000004deadbeef`,
    { sampleRate: 48_000, channels: 2, frameSamples: 4096 },
    true,
  ),
  flacCase('blocks of many sizes', `${FLAC}0010ffff 000000 000000 0ac44ef000000000${NO_MD5}`, {
    sampleRate: 44_100,
    channels: 8,
  }),
  flacCase('samples of 4 bits', `${FLAC}1000 1000 000000 000000 0bb8023000000000${NO_MD5}`, {
    sampleRate: 48_000,
    channels: 2,
    frameSamples: 4096,
  }),
  { name: 'nothing', bytes: fromHex(''), value: {} },
  { name: 'another block', bytes: fromHex(`664c614384000022${LIVE}${NO_MD5}`), value: {} },
  { name: 'a block of another length', bytes: fromHex(`664c614380000023${LIVE}${NO_MD5}00`), value: {} },
  { name: 'a rate of 0', bytes: fromHex(`${FLAC}1000 1000 000000 000000 000002f000000000${NO_MD5}`), value: {} },
  { name: 'samples of 3 bits', bytes: fromHex(`${FLAC}1000 1000 000000 000000 0bb8022000000000${NO_MD5}`), value: {} },
  {
    name: 'blocks of 15 samples',
    bytes: fromHex(`${FLAC}000f 1000 000000 000000 0bb802f000000000${NO_MD5}`),
    value: {},
  },
  {
    name: 'a largest block below the smallest',
    bytes: fromHex(`${FLAC}1000 0800 000000 000000 0bb802f000000000${NO_MD5}`),
    value: {},
  },
];

function ac3Case(name: string, hex: string, sampleRate: number, channels: number, oneWay = false): ConfigCase {
  return { name, bytes: fromHex(hex), value: { codecs: 'ac-3', sampleRate, channels, frameSamples: 1536 }, oneWay };
}

/** Payloads of dac3; the first ones by FFmpeg. */
export const ac3ConfigCases: ConfigCase[] = [
  ac3Case('two channels', '101140', 48_000, 2),
  ac3Case('5.1', '103da0', 48_000, 6),
  ac3Case('2.1', '1015a0', 48_000, 3),
  ac3Case('one channel of 44.1 kHz', '500900', 44_100, 1),
  ac3Case('half of a rate', '121140', 24_000, 2),
  ac3Case('a quarter of a rate', '541140', 11_025, 2),
  ac3Case('reserved bits that are set', '10115f', 48_000, 2, true),
  { name: 'nothing', bytes: fromHex(''), value: {} },
  { name: 'a reserved rate', bytes: fromHex('d01140'), value: {} },
  { name: 'a bit rate that is none', bytes: fromHex('101260'), value: {} },
  { name: 'the bsid of E-AC-3', bytes: fromHex('201140'), value: {} },
];

function eac3Case(name: string, hex: string, value: CodecInfo, oneWay = false): ConfigCase {
  return { name, bytes: fromHex(hex), value: { codecs: 'ec-3', ...value }, oneWay };
}

/** Payloads of dec3; the first ones by FFmpeg. */
export const eac3ConfigCases: ConfigCase[] = [
  eac3Case('two channels', '0600200400', { sampleRate: 48_000, channels: 2 }),
  eac3Case('5.1', '0e00200f00', { sampleRate: 48_000, channels: 6 }),
  eac3Case('44.1 kHz', '0600600400', { sampleRate: 44_100, channels: 2 }),
  eac3Case('7.1 by a dependent substream', '2000200f0202', { sampleRate: 48_000, channels: 8 }),
  eac3Case('all that dependent substreams can have', '2000200f05ff', { sampleRate: 48_000, channels: 20 }),
  eac3Case('objects', '1800200f000110', { profile: 'Dolby Atmos', sampleRate: 48_000, channels: 6 }),
  eac3Case('room for objects, and none', '1800200f000010', { sampleRate: 48_000, channels: 6 }, true),
  eac3Case('two programmes', '0c01200f0020a200', { sampleRate: 48_000, channels: 6 }),
  eac3Case('half of a rate, which it does not tell', '0600e00400', { channels: 2 }),
  { name: 'nothing', bytes: fromHex(''), value: {} },
  { name: 'a programme that is not there', bytes: fromHex('0601200400'), value: {} },
  { name: 'places that are not there', bytes: fromHex('2000200f02'), value: {} },
  { name: 'the bsid of AC-3', bytes: fromHex('0600140400'), value: {} },
  { name: 'a bsid of the future', bytes: fromHex('0600220400'), value: {} },
];

/** Configs of G.711, by the name of the law. */
export function g711ConfigCases(codecs: string): ConfigCase[] {
  return [
    { name: 'a telephone', bytes: fromHex('0101'), value: { codecs, sampleRate: 8000, channels: 1 } },
    { name: 'a camera', bytes: fromHex('0202'), value: { codecs, sampleRate: 16_000, channels: 2 } },
    { name: '48 kHz of 7.1', bytes: fromHex('0608'), value: { codecs, sampleRate: 48_000, channels: 8 } },
    { name: 'no rate', bytes: fromHex('0001'), value: {} },
    { name: 'no channels', bytes: fromHex('0100'), value: {} },
    { name: 'more than 48 kHz', bytes: fromHex('0701'), value: {} },
    { name: 'nine channels', bytes: fromHex('0109'), value: {} },
    { name: 'nothing', bytes: fromHex(''), value: {} },
  ];
}
