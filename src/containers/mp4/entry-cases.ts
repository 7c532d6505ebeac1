import { fromHex } from '../../media/bytes/hex.ts';
import { codecSamples, sample } from '../contract-samples.ts';
import type { ColorInfo } from '../../media/color-info.ts';
import type { Codec, Track } from '../../media/frame.ts';

/** One sample entry, and the track that it tells of. */
export interface EntryCase {
  name: string;
  track: Track;
  /** The whole box. */
  bytes: Uint8Array;
  /** True where we write the same otherwise. */
  oneWay?: true;
  /** True where the config comes with the samples. */
  inSamples?: true;
}

const configOf = (codec: Codec): Track => codecSamples.find(({ track }) => track.codec === codec)!.track;

/** What stands between the size of a picture and its first box. */
const VISUAL = `0048000000480000 00000000 0001 ${'00'.repeat(32)} 0018 ffff`;
const visual = (size: string): string => `000000000000 0001 ${'00'.repeat(16)} ${size} ${VISUAL}`;
/** Channels in two bytes, the rate in two. */
const audio = (channels: string, rate: string): string =>
  `000000000000 0001 0000000000000000 ${channels} 0010 00000000 ${rate} 0000`;

const AVC = '01640028ffe1001967640028acd940780227e5c04400000fa40003a9803c60c65801000668ebe3cb22c0fdf8f800';
/** 320×180 with samples of 4:3. */
const WIDE = '0164000dffe100186764000dacd941419f9f0e1000003e90000ea600f142996001000668ebe3cb22c0fdf8f800';
const AV1 = '81040c000a0b00000024cf7f0dbfff3008';
const OPUS_51 = '4f707573486561640106380180bb00000000010402000401020305';

const hdr: ColorInfo = {
  config: { primaries: 9, transfer: 16, matrix: 9 },
  mastering: {
    redX: 0.68,
    redY: 0.32,
    greenX: 0.265,
    greenY: 0.69,
    blueX: 0.15,
    blueY: 0.06,
    whiteX: 0.3127,
    whiteY: 0.329,
    maxLuminance: 1000,
    minLuminance: 0.05,
  },
  light: { max: 1000, frameAverage: 400 },
};

const NCLX = '00000013 636f6c72 6e636c78 0009 0010 0009 00';
const MDCV = '00000020 6d646376 33c2 86c4 1d4c 0bb8 84d0 3e80 3d13 4042 00989680 000001f4';
const CLLI = '0000000c 636c6c69 03e8 0190';
const MP4A = '6d703461';
const ESDS_AAC =
  '00000033 65736473 00000000 0380808022 0000 00 0480808014 40 15 000000 00000000 00000000 0580808002 1210 0680808001 02';

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const flacConfig = hex(configOf('flac').config);

/** A box of these bytes. */
function entry(content: string): Uint8Array {
  const bytes = fromHex(`00000000 ${content}`);
  new DataView(bytes.buffer).setUint32(0, bytes.length);
  return bytes;
}

/** Those of every codec, and of what containers tell beside. */
export const entryCases: readonly EntryCase[] = [
  {
    name: 'H.264',
    track: sample.video,
    bytes: entry(`61766331 ${visual('0780 0438')} 00000036 61766343 ${AVC}`),
  },
  {
    name: 'H.264 with samples that are not square',
    track: { ...sample.video, config: fromHex(WIDE) },
    bytes: entry(`61766331 ${visual('0140 00b4')} 00000035 61766343 ${WIDE} 00000010 70617370 00000004 00000003`),
  },
  {
    name: 'H.265',
    track: configOf('h265'),
    bytes: entry(`68766331 ${visual('0280 0168')} 00000077 68766343 ${hex(configOf('h265').config)}`),
  },
  { name: 'AV1', track: configOf('av1'), bytes: entry(`61763031 ${visual('03c0 021c')} 00000019 61763143 ${AV1}`) },
  {
    name: 'AV1 in HDR',
    track: { ...configOf('av1'), color: hdr },
    bytes: entry(`61763031 ${visual('03c0 021c')} 00000019 61763143 ${AV1} ${NCLX} ${MDCV} ${CLLI}`),
  },
  {
    name: 'VP9',
    track: { ...configOf('vp9'), size: { width: 320, height: 180 } },
    bytes: entry(`76703039 ${visual('0140 00b4')} 00000014 76706343 01000000 000b820202020000`),
  },
  {
    name: 'VP8',
    track: { ...configOf('vp8'), size: { width: 320, height: 180 } },
    bytes: entry(`76703038 ${visual('0140 00b4')} 00000014 76706343 01000000 000a820202020000`),
  },
  { name: 'AAC', track: sample.audio, bytes: entry(`${MP4A} ${audio('0002', 'ac44')} ${ESDS_AAC}`) },
  {
    name: 'MP3',
    track: sample.mp3,
    inSamples: true,
    bytes: entry(
      `${MP4A} ${audio('0002', 'ac44')} 0000002c 65736473 00000000 038080801b 0000 00 048080800d 6b 15 000000 00000000 00000000 0680808001 02`,
    ),
  },
  {
    name: 'MP3 of MPEG-2',
    track: { ...sample.mp3, config: fromHex('fff300c0') },
    inSamples: true,
    bytes: entry(
      `${MP4A} ${audio('0001', '5622')} 0000002c 65736473 00000000 038080801b 0000 00 048080800d 69 15 000000 00000000 00000000 0680808001 02`,
    ),
  },
  {
    name: 'Opus',
    track: configOf('opus'),
    bytes: entry(`4f707573 ${audio('0002', 'bb80')} 00000013 644f7073 00 02 0138 0000bb80 0000 00`),
  },
  {
    name: 'Opus of 5.1 channels',
    track: { ...configOf('opus'), config: fromHex(OPUS_51) },
    bytes: entry(`4f707573 ${audio('0006', 'bb80')} 0000001b 644f7073 00 06 0138 0000bb80 0000 01 04 02 000401020305`),
  },
  {
    name: 'FLAC',
    track: configOf('flac'),
    bytes: entry(`664c6143 ${audio('0001', 'ac44')} 00000032 64664c61 00000000 ${flacConfig.slice(8)}`),
  },
  {
    name: 'AC-3',
    track: configOf('ac3'),
    bytes: entry(`61632d33 ${audio('0001', 'bb80')} 0000000b 64616333 100800`),
  },
  {
    name: 'E-AC-3',
    track: configOf('eac3'),
    bytes: entry(`65632d33 ${audio('0002', 'bb80')} 0000000d 64656333 0100200400`),
  },
  { name: 'G.711 A-law', track: configOf('pcma'), bytes: entry(`616c6177 ${audio('0001', '1f40')}`) },
  { name: 'G.711 µ-law', track: configOf('pcmu'), bytes: entry(`756c6177 ${audio('0002', '1f40')}`) },
  {
    name: 'H.264 with sets in its pictures',
    track: sample.video,
    bytes: entry(`61766333 ${visual('0780 0438')} 00000036 61766343 ${AVC}`),
    oneWay: true,
  },
  {
    name: 'H.265 with sets in its pictures',
    track: configOf('h265'),
    bytes: entry(`68657631 ${visual('0280 0168')} 00000077 68766343 ${hex(configOf('h265').config)}`),
    oneWay: true,
  },
  {
    name: 'colours as QuickTime tells them, and a profile of which nothing is read',
    track: { ...configOf('av1'), color: { config: { primaries: 9, transfer: 16, matrix: 9 } } },
    bytes: entry(`61763031 ${visual('03c0 021c')} 00000019 61763143 ${AV1} 00000012 636f6c72 6e636c63 0009 0010 0009`),
    oneWay: true,
  },
  {
    name: 'AAC in a QuickTime entry of version 1',
    track: sample.audio,
    bytes: entry(
      `${MP4A} 000000000000 0001 0001 0000 00000000 0002 0010 fffe 0000 ac44 0000 ${'00'.repeat(16)} 0000003b 77617665 ${ESDS_AAC}`,
    ),
    oneWay: true,
  },
  {
    name: 'AAC with all that an ES_Descriptor may have, and short lengths',
    track: sample.audio,
    bytes: entry(
      `${MP4A} ${audio('0002', 'ac44')} 0000002b 65736473 00000000 03 1d 0001 e0 0002 02 6162 0003 04 11 40 15 000000 00000000 00000000 05 02 1210`,
    ),
    oneWay: true,
  },
  {
    name: 'AAC whose descriptor says that it is longer than it is',
    track: sample.audio,
    bytes: entry(
      `${MP4A} ${audio('0002', 'ac44')} 00000024 65736473 00000000 03 7f 0001 00 04 7f 67 15 000000 00000000 00000000 05 7f 1210`,
    ),
    oneWay: true,
  },
  {
    name: 'AC-3 under a number of MPEG-4, without a config',
    track: configOf('ac3'),
    inSamples: true,
    bytes: entry(
      `${MP4A} ${audio('0002', 'bb80')} 00000020 65736473 00000000 03 12 0001 00 04 0d a5 15 000000 00000000 00000000`,
    ),
    oneWay: true,
  },
  {
    name: 'MP3 by its own name',
    track: sample.mp3,
    inSamples: true,
    bytes: entry(`2e6d7033 ${audio('0002', 'ac44')}`),
    oneWay: true,
  },
];

/** Entries that are named and left out, with what people call them. */
export const unreadEntries: readonly { name: string; kind: Track['kind']; bytes: Uint8Array; called: string }[] = [
  {
    name: 'encrypted pictures',
    kind: 'video',
    bytes: entry(`656e6376 ${visual('0280 0168')}`),
    called: 'encrypted MP4',
  },
  {
    name: 'encrypted sound',
    kind: 'audio',
    bytes: entry(`656e6361 ${audio('0002', 'ac44')}`),
    called: 'encrypted MP4',
  },
  { name: 'MPEG-4 part 2', kind: 'video', bytes: entry(`6d703476 ${visual('0280 0168')}`), called: 'mp4v' },
  { name: 'ALAC', kind: 'audio', bytes: entry(`616c6163 ${audio('0002', 'ac44')}`), called: 'alac' },
  {
    name: 'DTS under a number of MPEG-4',
    kind: 'audio',
    bytes: entry(
      `${MP4A} ${audio('0002', 'bb80')} 00000020 65736473 00000000 03 12 0001 00 04 0d a9 15 000000 00000000 00000000`,
    ),
    called: 'mp4a.A9',
  },
  {
    name: 'G.711 at a rate of its own',
    kind: 'audio',
    bytes: entry(`756c6177 ${audio('0001', 'ac44')}`),
    called: 'ulaw',
  },
  { name: 'subtitles', kind: 'data', bytes: entry(`77767474 000000000000 0001`), called: 'wvtt' },
];
