import { fromHex } from '../../media/bytes/hex.ts';
import type { FlvCase, FlvSummary } from './flv-case.ts';
import { channelCases } from './channel-cases.ts';
import { tagType } from './tag.ts';

/** FourCCs as bytes. */
const HVC1 = '68766331';
const AV01 = '61763031';
const VP09 = '76703039';
const VP08 = '76703038';
const AVC1 = '61766331';
const OPUS = '4f707573';
const FLAC = '664c6143';
const AC3 = '61632d33';
const EC3 = '65632d33';
const MP3 = '2e6d7033';
const MP4A = '6d703461';

const tight = (hex: string): string => hex.replaceAll(/\s/g, '');

/** hvcC of x265, 640×360; av1C of SVT-AV1, 960×540; vpcC and OpusHead of FFmpeg. */
const HVCC = tight(`0101600000009000000000003ff000fcfdf8f800000f03a00001001840010c01ffff0160000003009000000300000300
  3f959409a10001002b42010101600000030090000003000003003fa005020171f2e595952930bc05a020000003002000
  000303c1a2000100064401c073c189`);
const AV1C = '81040c000a0b00000024cf7f0dbfff3008';
const VPCC = '000b820202020000';
const AVCC = '014d4020ffe10019674d4020eca02802dd80880000030008000003032078c18cb001000568ebe3cb20';
const OPUS_HEAD = '4f707573486561640102380180bb0000000000';
const STREAMINFO = `664c614380000022120012000000110000110bb802f000000000${'00'.repeat(16)}`;

const hevc = fromHex(`90 ${HVC1} ${HVCC}`);
const av1 = fromHex(`90 ${AV01} ${AV1C}`);
const vp9 = fromHex(`90 ${VP09} 01000000 ${VPCC}`);
const opus = fromHex(`90 ${OPUS} ${OPUS_HEAD}`);

/** Some pictures: an IDR picture and one that needs it. */
const IDR = '00000004 26010a0b';
const TRAIL = '00000004 02010c0d';
const KEY_UNIT = '0a0b00000024cf7f0dbfff3008 3202 1000';
const UNIT = '3202 3006';
const VP9_KEY = '824983420013f00b36063824';

/** A track's number and its data with their length before them, as bodies of many tracks have them. */
const part = (track: string, data: string): string =>
  `${track} ${(tight(data).length / 2).toString(16).padStart(6, '0')} ${data}`;

type Picture = Extract<FlvSummary, { frame: string }>;

const picture = (frame: string, data: string, rest: Partial<Picture> = {}): FlvSummary => ({
  frame,
  cts: 0,
  key: false,
  data: tight(data),
  ...rest,
});
const sound = (frame: string, data: string, rest: Partial<Picture> = {}): FlvSummary =>
  picture(frame, data, { key: true, ...rest });

/** colorInfo with a number in each group. */
const COLOR = tight(`02 0009 636f6c6f72496e666f 03
  000b 636f6c6f72436f6e666967 03 0008 6269744465707468 00 4024000000000000
    000e 636f6c6f725072696d6172696573 00 4022000000000000 000009
  0006 686472436c6c 03 0006 6d6178434c4c 00 408f400000000000 000009
  0007 6864724d646376 03 0004 72656458 00 3fe6666666666666 000009
  000009`);
const color = {
  config: { bitDepth: 10, primaries: 9 },
  light: { max: 1000 },
  mastering: { redX: 0.7 },
};

/** A part in each of so many tracks. */
const inEach = (count: number, data: string): string =>
  Array.from({ length: count }, (_, track) => part(track.toString(16).padStart(2, '0'), data)).join(' ');

/** The bodies of Enhanced RTMP v2 for pictures. */
export const exVideoCases: FlvCase[] = [
  { name: 'an H.265 sequence start', bytes: hevc, value: [{ track: 'h265', config: HVCC }] },
  { name: 'the same H.265 sequence start again', before: [hevc], bytes: hevc, value: [], oneWay: true },
  {
    name: 'an H.265 key picture with a composition time',
    before: [hevc],
    bytes: fromHex(`91 ${HVC1} 000050 ${IDR}`),
    value: [picture('h265', IDR, { key: true, cts: 80 })],
  },
  {
    name: 'an H.265 picture with a negative composition time',
    before: [hevc],
    bytes: fromHex(`a1 ${HVC1} ffffde ${TRAIL}`),
    value: [picture('h265', TRAIL, { cts: -34 })],
  },
  {
    name: 'an H.265 picture without a composition time',
    before: [hevc],
    bytes: fromHex(`a3 ${HVC1} ${TRAIL}`),
    value: [picture('h265', TRAIL)],
  },
  {
    name: 'an H.265 picture before its config',
    bytes: fromHex(`93 ${HVC1} ${IDR}`),
    value: [{ dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'H.265 under the number that some gave it, its config',
    bytes: fromHex(`1c 00 000000 ${HVCC}`),
    value: [{ track: 'h265', config: HVCC }],
    oneWay: true,
  },
  {
    name: 'H.265 under the number that some gave it, a picture',
    before: [fromHex(`1c 00 000000 ${HVCC}`)],
    bytes: fromHex(`1c 01 000028 ${IDR}`),
    value: [picture('h265', IDR, { key: true, cts: 40 })],
    oneWay: true,
  },
  { name: 'an AV1 sequence start', bytes: av1, value: [{ track: 'av1', config: AV1C }] },
  {
    name: 'an AV1 key unit',
    before: [av1],
    bytes: fromHex(`91 ${AV01} ${KEY_UNIT}`),
    value: [picture('av1', KEY_UNIT, { key: true })],
  },
  {
    name: 'an AV1 unit',
    before: [av1],
    bytes: fromHex(`a1 ${AV01} ${UNIT}`),
    value: [picture('av1', UNIT)],
  },
  {
    name: 'an AV1 sequence start without anything in it',
    bytes: fromHex(`90 ${AV01}`),
    value: [],
    oneWay: true,
  },
  {
    name: 'AV1 in the form of MPEG-2 TS',
    bytes: fromHex(`95 ${AV01} 80`),
    value: [{ unsupported: 'video AV1 descriptor' }, { dropped: 1 }],
    oneWay: true,
  },
  { name: 'a VP9 sequence start', bytes: vp9, value: [{ track: 'vp9', config: VPCC }] },
  {
    name: 'a VP9 sequence start without version and flags',
    bytes: fromHex(`90 ${VP09} ${VPCC}`),
    value: [{ track: 'vp9', config: VPCC }],
    oneWay: true,
  },
  {
    name: 'a VP9 key frame',
    before: [vp9],
    bytes: fromHex(`91 ${VP09} ${VP9_KEY}`),
    value: [{ track: 'vp9', config: VPCC, size: '320x180' }, picture('vp9', VP9_KEY, { key: true })],
    oneWay: true,
  },
  {
    name: 'another VP9 key frame of the same size',
    before: [vp9, fromHex(`91 ${VP09} ${VP9_KEY}`)],
    bytes: fromHex(`91 ${VP09} ${VP9_KEY}`),
    value: [picture('vp9', VP9_KEY, { key: true })],
  },
  {
    name: 'a VP8 sequence start',
    bytes: fromHex(`90 ${VP08} 01000000 000a820202020000`),
    value: [{ track: 'vp8', config: '000a820202020000' }],
  },
  {
    name: 'H.264 with a FourCC, its config',
    bytes: fromHex(`90 ${AVC1} ${AVCC}`),
    value: [{ track: 'h264', config: AVCC }],
    oneWay: true,
  },
  {
    name: 'H.264 with a FourCC, a picture',
    before: [fromHex(`90 ${AVC1} ${AVCC}`)],
    bytes: fromHex(`91 ${AVC1} 000028 00000002 6588`),
    value: [picture('h264', '00000002 6588', { key: true, cts: 40 })],
    oneWay: true,
  },
  { name: 'a sequence end', before: [hevc], bytes: fromHex(`92 ${HVC1}`), value: [], oneWay: true },
  {
    name: 'colours behind their config, in a command as FFmpeg reads and writes them',
    before: [hevc],
    bytes: fromHex(`d4 ${HVC1} ${COLOR}`),
    value: [{ track: 'h265', config: HVCC, color }],
  },
  {
    name: 'colours that call themselves a key picture',
    before: [hevc],
    bytes: fromHex(`94 ${HVC1} ${COLOR}`),
    value: [{ track: 'h265', config: HVCC, color }],
    oneWay: true,
  },
  {
    name: 'the same colours again',
    before: [hevc, fromHex(`94 ${HVC1} ${COLOR}`)],
    bytes: fromHex(`94 ${HVC1} ${COLOR}`),
    value: [],
    oneWay: true,
  },
  {
    name: 'colours before their config',
    before: [fromHex(`94 ${HVC1} ${COLOR}`)],
    bytes: hevc,
    value: [{ track: 'h265', config: HVCC, color }],
    oneWay: true,
  },
  {
    name: 'colours behind a modifier, in a command',
    before: [hevc],
    bytes: fromHex(`d7 00 aa 54 ${HVC1} ${COLOR}`),
    value: [{ track: 'h265', config: HVCC, color }],
    oneWay: true,
  },
  {
    name: 'colours of another codec, as FFmpeg tells those of a second track',
    before: [hevc],
    bytes: fromHex(`d4 ${AV01} ${COLOR}`),
    value: [],
    oneWay: true,
  },
  {
    name: 'a config behind the colours of another codec',
    before: [fromHex(`d4 ${AV01} ${COLOR}`)],
    bytes: hevc,
    value: [{ track: 'h265', config: HVCC }],
  },
  {
    name: 'metadata about something else',
    before: [hevc],
    bytes: fromHex(`94 ${HVC1} 02 0001 78 05`),
    value: [],
    oneWay: true,
  },
  {
    name: 'colours that are cut off',
    before: [hevc],
    bytes: fromHex(`94 ${HVC1} 02 0009 636f6c6f`),
    value: [{ dropped: 1 }],
    oneWay: true,
  },
  { name: 'an enhanced command frame', bytes: fromHex('d1 00'), value: [], oneWay: true },
  {
    name: 'a picture 0.5 ms later than its tag says',
    before: [hevc],
    bytes: fromHex(`a7 02 07a120 03 ${HVC1} ${TRAIL}`),
    value: [picture('h265', TRAIL, { late: 500 })],
    oneWay: true,
  },
  {
    name: 'a modifier that nobody knows, before one of time',
    before: [hevc],
    bytes: fromHex(`a7 00 aa 57 02 0003e8 03 ${HVC1} ${TRAIL}`),
    value: [picture('h265', TRAIL, { late: 1 })],
    oneWay: true,
  },
  {
    name: 'a modifier of 300 bytes',
    before: [hevc],
    bytes: fromHex(`a7 ff 012b ${'ee'.repeat(300)} 53 ${HVC1} ${TRAIL}`),
    value: [picture('h265', TRAIL)],
    oneWay: true,
  },
  {
    name: 'modifiers without an end',
    bytes: fromHex(`a7 ${'00aa07'.repeat(17)}`),
    value: [{ dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'an AV1 unit that is none',
    before: [av1],
    bytes: fromHex(`91 ${AV01} ff00`),
    value: [{ dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'an H.265 config that is none',
    before: [hevc],
    bytes: fromHex(`90 ${HVC1} ffff`),
    value: [{ dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'a picture behind a config that is none',
    before: [hevc, fromHex(`90 ${HVC1} ffff`)],
    bytes: fromHex(`a3 ${HVC1} ${TRAIL}`),
    value: [picture('h265', TRAIL), { dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'a packet type that nobody knows',
    before: [hevc],
    bytes: fromHex(`99 ${HVC1} 00`),
    value: [{ unsupported: 'video packet type 9' }, { dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'tracks within tracks',
    before: [hevc],
    bytes: fromHex(`96 06 ${HVC1} 00 00`),
    value: [{ unsupported: 'video packet type 6' }, { dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'one track of several',
    bytes: fromHex(`96 00 ${HVC1} 02 ${HVCC}`),
    value: [{ track: 'h265', id: 0x102, config: HVCC }],
    oneWay: true,
  },
  {
    name: 'the track without a number among several',
    bytes: fromHex(`96 00 ${HVC1} 00 ${HVCC}`),
    value: [{ track: 'h265', config: HVCC }],
    oneWay: true,
  },
  {
    name: 'several tracks of one codec',
    before: [fromHex(`96 10 ${HVC1} ${part('00', HVCC)} ${part('01', HVCC)}`)],
    bytes: fromHex(`a6 13 ${HVC1} ${part('00', TRAIL)} ${part('01', IDR)}`),
    value: [picture('h265', TRAIL), picture('h265', IDR, { key: true, id: 0x101 })],
    oneWay: true,
  },
  {
    name: 'several tracks of several codecs',
    before: [fromHex(`96 20 ${HVC1} ${part('00', HVCC)} ${AV01} ${part('01', AV1C)}`)],
    bytes: fromHex(`a6 21 ${HVC1} ${part('00', `000000 ${TRAIL}`)} ${AV01} ${part('01', UNIT)}`),
    value: [picture('h265', TRAIL), picture('av1', UNIT, { id: 0x101 })],
    oneWay: true,
  },
  {
    name: 'several tracks of which one has a codec that nobody knows',
    before: [hevc],
    bytes: fromHex(`a6 23 ${HVC1} ${part('00', TRAIL)} 6d6a7067 01 000002 ffff`),
    value: [picture('h265', TRAIL), { unsupported: 'video mjpg' }, { dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'several tracks of which one is damaged',
    before: [fromHex(`96 20 ${HVC1} ${part('00', HVCC)} ${AV01} ${part('01', AV1C)}`)],
    bytes: fromHex(`a6 23 ${AV01} ${part('01', 'ff00')} ${HVC1} ${part('00', TRAIL)}`),
    value: [picture('h265', TRAIL), { dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'several configs of which one is none',
    bytes: fromHex(`96 20 ${HVC1} ${part('05', 'ffff')} ${AV01} ${part('01', AV1C)}`),
    value: [{ track: 'av1', id: 0x101, config: AV1C }, { dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'the same track twice',
    before: [hevc],
    bytes: fromHex(`a6 13 ${HVC1} ${part('00', TRAIL)} ${part('00', TRAIL)}`),
    value: [{ dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'sixteen tracks with a byte each',
    before: [fromHex(`96 10 ${VP08} ${inEach(16, '000a820202020000')}`)],
    bytes: fromHex(`a6 11 ${VP08} ${inEach(16, '01')}`),
    value: Array.from({ length: 16 }, (_, track) => picture('vp8', '01', track > 0 ? { id: 0x100 + track } : {})),
    oneWay: true,
  },
  {
    name: 'more tracks than any program sends',
    before: [hevc],
    bytes: fromHex(`a6 13 ${HVC1} ${inEach(65, TRAIL)}`),
    value: [{ dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'several tracks, cut off',
    before: [hevc],
    bytes: fromHex(`a6 13 ${HVC1} ${part('00', TRAIL)} 01 000009 ${IDR}`),
    value: [{ dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'tracks in a form that nobody knows',
    bytes: fromHex(`96 30 ${HVC1} 00`),
    value: [{ dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'a FourCC that nobody knows',
    bytes: fromHex('90 6d6a7067 01'),
    value: [{ unsupported: 'video mjpg' }, { dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'the FourCC of a sound where pictures belong',
    bytes: fromHex(`91 ${OPUS} 01`),
    value: [{ unsupported: 'video Opus' }, { dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'a FourCC of no letters',
    bytes: fromHex('90 00ff0a1b'),
    value: [{ unsupported: 'video ????' }, { dropped: 1 }],
    oneWay: true,
  },
].map((item) => ({ ...item, type: tagType.video }));

/** A syncframe of FFmpeg's AC-3 encoder, and one of E-AC-3 that has nothing in it but its header. */
const AC3_FRAME =
  '0b77e38300402f8429024d13c7f244852f9f3a4d09f3d86fb3a54badf52a6a4cbfb29041f84200dc59a2b03982a0d1286480764c27b1c5b1bab0a65f9ab9d23240353b05ac85a9fa5c24d79486d2992008afd0433be9048c0168580526ec900dc95aee84a2aed0b5ffe95bb64648071f46792ca8ef8a155cf753bc532000d797';
const OPUS_20MS = 'fc0102030405';

/** The bodies of Enhanced RTMP v2 for sound, and of G.711, which needs none. */
export const exAudioCases: FlvCase[] = [
  { name: 'an Opus sequence start', bytes: opus, value: [{ track: 'opus', config: OPUS_HEAD }] },
  {
    name: 'an Opus packet',
    before: [opus],
    bytes: fromHex(`91 ${OPUS} ${OPUS_20MS}`),
    value: [sound('opus', OPUS_20MS)],
  },
  ...channelCases,
  {
    name: 'a FLAC sequence start',
    bytes: fromHex(`90 ${FLAC} ${STREAMINFO}`),
    value: [{ track: 'flac', config: STREAMINFO }],
  },
  {
    name: 'AC-3, whose frames tell everything',
    bytes: fromHex(`91 ${AC3} ${AC3_FRAME}`),
    value: [{ track: 'ac3', config: '100800' }, sound('ac3', AC3_FRAME)],
  },
  { name: 'E-AC-3 that is none', bytes: fromHex(`91 ${EC3} 01020304`), value: [{ dropped: 1 }], oneWay: true },
  {
    name: 'MP3 with a FourCC',
    bytes: fromHex(`91 ${MP3} fffb9064 0102`),
    value: [{ track: 'mp3', config: 'fffb0000' }, sound('mp3', 'fffb90640102')],
    oneWay: true,
  },
  {
    name: 'AAC with a FourCC',
    before: [fromHex(`90 ${MP4A} 1210`)],
    bytes: fromHex(`91 ${MP4A} 211004`),
    value: [sound('aac', '211004')],
    oneWay: true,
  },
  {
    name: 'A-law',
    bytes: fromHex('72 d5d5d5d5'),
    value: [{ track: 'pcma', config: '0101' }, sound('pcma', 'd5d5d5d5')],
  },
  {
    name: 'µ-law in two channels',
    bytes: fromHex('83 ffffffff'),
    value: [{ track: 'pcmu', config: '0102' }, sound('pcmu', 'ffffffff')],
  },
  { name: 'A-law without anything in it', bytes: fromHex('72'), value: [], oneWay: true },
  { name: 'an end of sound', before: [opus], bytes: fromHex(`92 ${OPUS}`), value: [], oneWay: true },
  {
    name: 'a sound 250 µs later than its tag says',
    before: [opus],
    bytes: fromHex(`97 02 03d090 01 ${OPUS} ${OPUS_20MS}`),
    value: [sound('opus', OPUS_20MS, { late: 250 })],
    oneWay: true,
  },
  {
    name: 'sounds of several tracks',
    before: [fromHex(`95 10 ${OPUS} ${part('00', OPUS_HEAD)} ${part('01', OPUS_HEAD)}`)],
    bytes: fromHex(`95 11 ${OPUS} ${part('00', OPUS_20MS)} ${part('01', OPUS_20MS)}`),
    value: [sound('opus', OPUS_20MS), sound('opus', OPUS_20MS, { id: 0x201 })],
    oneWay: true,
  },
  {
    name: 'a packet type of sound that nobody knows',
    before: [opus],
    bytes: fromHex(`93 ${OPUS} 00`),
    value: [{ unsupported: 'audio packet type 3' }, { dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'a sound of a FourCC that nobody knows',
    bytes: fromHex('90 73706578'),
    value: [{ unsupported: 'audio spex' }, { dropped: 1 }],
    oneWay: true,
  },
].map((item) => ({ ...item, type: tagType.audio }));
