import { fromHex } from '../../media/bytes/hex.ts';
import { exAudioCases, exVideoCases } from './ex-cases.ts';
import type { FlvCase, FlvSummary } from './flv-case.ts';
import { tagType } from './tag.ts';

const AVCC = '0164000cffe1001a6764000cacd941419f9f011000000300100000030320f142996001000668ebe3cb22c0fdf8f800';
/** As FFmpeg 5.1 with libx264 wrote them: 320×180, 25 frames a second; AAC-LC, 44.1 kHz, mono. */
export const avcConfigBody: Uint8Array = fromHex(`17 00 000000 ${AVCC}`);
export const aacConfigBody: Uint8Array = fromHex('af 00 120856e500');
const MAIN = '014d4020ffe10019674d4020eca02802dd80880000030008000003032078c18cb001000568ebe3cb20';

const video = [avcConfigBody];
const audio = [aacConfigBody];
const frame = (data: string, cts = 0, key = false): FlvSummary => ({ frame: 'h264', cts, key, data });
const sound = (data: string): FlvSummary => ({ frame: 'aac', cts: 0, key: true, data });

export const videoCases: FlvCase[] = [
  { name: 'an AVC sequence header', bytes: avcConfigBody, value: [{ track: 'h264', config: AVCC }] },
  { name: 'the same AVC sequence header again', before: video, bytes: avcConfigBody, value: [], oneWay: true },
  {
    name: 'another AVC sequence header',
    before: video,
    bytes: fromHex(`17 00 000000 ${MAIN}`),
    value: [{ track: 'h264', config: MAIN }],
  },
  {
    name: 'an IDR picture',
    before: video,
    bytes: fromHex('17 01 000050 00000002 6588'),
    value: [frame('000000026588', 80, true)],
  },
  { name: 'a P picture', before: video, bytes: fromHex('27 01 000000 00000002 419a'), value: [frame('00000002419a')] },
  {
    name: 'a composition time of -34 ms',
    before: video,
    bytes: fromHex('27 01 ffffde 00000002 419a'),
    value: [frame('00000002419a', -34)],
  },
  {
    name: 'the lowest composition time',
    before: video,
    bytes: fromHex('27 01 800000 00000002 419a'),
    value: [frame('00000002419a', -8_388_608)],
  },
  {
    name: 'the highest composition time',
    before: video,
    bytes: fromHex('27 01 7fffff 00000002 419a'),
    value: [frame('00000002419a', 8_388_607)],
  },
  {
    name: 'a picture that is called key but is none, as at a recovery point',
    before: video,
    bytes: fromHex('17 01 000000 00000005 0606010180 00000002 419a'),
    value: [frame('00000005060601018000000002419a')],
    oneWay: true,
  },
  {
    name: 'a disposable picture',
    before: video,
    bytes: fromHex('37 01 000000 00000002 019a'),
    value: [frame('00000002019a')],
    oneWay: true,
  },
  {
    name: 'a delimiter and parameter sets that are known already',
    before: video,
    bytes: fromHex(`17 01 000000 00000002 09f0
      0000001a 6764000cacd941419f9f011000000300100000030320f1429960 00000006 68ebe3cb22c0 00000002 6588`),
    value: [frame('000000026588', 0, true)],
    oneWay: true,
  },
  {
    name: 'parameter sets that change',
    before: video,
    bytes: fromHex(
      `17 01 000000 00000019 674d4020eca02802dd80880000030008000003032078c18cb0 00000005 68ebe3cb20 00000002 6588`,
    ),
    value: [{ track: 'h264', config: MAIN }, frame('000000026588', 0, true)],
    oneWay: true,
  },
  {
    name: 'parameter sets in the picture and no sequence header',
    bytes: fromHex(
      `17 01 000000 00000019 674d4020eca02802dd80880000030008000003032078c18cb0 00000005 68ebe3cb20 00000002 6588`,
    ),
    value: [{ track: 'h264', config: MAIN }, frame('000000026588', 0, true)],
    oneWay: true,
  },
  {
    name: 'nothing but parameter sets that are known already',
    before: video,
    bytes: fromHex('17 01 000000 00000006 68ebe3cb22c0'),
    value: [],
    oneWay: true,
  },
  {
    name: 'nothing but SEI',
    before: video,
    bytes: fromHex('27 01 000000 00000005 0606010180'),
    value: [frame('000000050606010180')],
  },
  {
    name: 'start codes where lengths belong',
    before: video,
    bytes: fromHex('17 01 000000 00000001 09f0 00000001 658884 000001 6588'),
    value: [frame('00000003658884000000026588', 0, true)],
    oneWay: true,
  },
  {
    name: 'closed captions in the SEI, which stays',
    before: video,
    bytes: fromHex('27 01 000028 00000015 06 04 11 b5 0031 47413934 03 42ff fc9420 f80000 ff 80 00000002 419a'),
    value: [
      { track: 'captions', config: '' },
      { frame: 'captions', cts: 40, key: true, data: 'fc9420' },
      frame('00000015060411b50031474139340342fffc9420f80000ff8000000002419a', 40),
    ],
    oneWay: true,
  },
  {
    name: 'a picture before its config',
    bytes: fromHex('17 01 000000 00000002 6588'),
    value: [{ dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'a NAL unit that is cut off',
    before: video,
    bytes: fromHex('27 01 000000 00000002 419a 00000009 41'),
    value: [frame('00000002419a')],
    oneWay: true,
  },
  { name: 'an end of sequence', before: video, bytes: fromHex('17 02 000000'), value: [], oneWay: true },
  { name: 'an empty AVC sequence header', bytes: fromHex('17 00 000000'), value: [], oneWay: true },
  { name: 'a body that is cut off', before: video, bytes: fromHex('27 01 00'), value: [{ dropped: 1 }], oneWay: true },
  { name: 'a command frame', bytes: fromHex('57 00'), value: [], oneWay: true },
  {
    name: 'Sorenson H.263',
    bytes: fromHex('22 0000'),
    value: [{ unsupported: 'video Sorenson H.263' }, { dropped: 1 }],
    oneWay: true,
  },
  {
    name: 'a CodecID without a name',
    bytes: fromHex('1f 0000'),
    value: [{ unsupported: 'video CodecID 15' }, { dropped: 1 }],
    oneWay: true,
  },
].map((item) => ({ ...item, type: tagType.video }));

export const audioCases: FlvCase[] = [
  { name: 'an AAC sequence header', bytes: aacConfigBody, value: [{ track: 'aac', config: '120856e500' }] },
  { name: 'the same AAC sequence header again', before: audio, bytes: aacConfigBody, value: [], oneWay: true },
  { name: 'an AAC frame', before: audio, bytes: fromHex('af 01 211004'), value: [sound('211004')] },
  { name: 'an empty AAC frame', before: audio, bytes: fromHex('af 01'), value: [], oneWay: true },
  { name: 'an AAC frame before its config', bytes: fromHex('af 01 211004'), value: [{ dropped: 1 }], oneWay: true },
  {
    name: 'AAC with its ADTS header left on',
    bytes: fromHex('af 01 fff1508001 5ffc 211004'),
    value: [{ track: 'aac', config: '1210' }, sound('211004')],
    oneWay: true,
  },
  {
    name: 'an MP3 frame',
    bytes: fromHex('2f fffb9064 0102'),
    value: [
      { track: 'mp3', config: 'fffb0000' },
      { frame: 'mp3', cts: 0, key: true, data: 'fffb90640102' },
    ],
  },
  {
    name: 'an MP3 frame of 22.05 kHz and one channel',
    bytes: fromHex('2a fff340c4 0102'),
    value: [
      { track: 'mp3', config: 'fff300c0' },
      { frame: 'mp3', cts: 0, key: true, data: 'fff340c40102' },
    ],
  },
  {
    name: 'an MP3 frame of 8 kHz',
    bytes: fromHex('e2 ffe348c4 01'),
    value: [
      { track: 'mp3', config: 'ffe308c0' },
      { frame: 'mp3', cts: 0, key: true, data: 'ffe348c401' },
    ],
  },
  {
    name: 'MP3 after AAC',
    before: audio,
    bytes: fromHex('2f fffb9064 0102'),
    value: [
      { track: 'mp3', config: 'fffb0000' },
      { frame: 'mp3', cts: 0, key: true, data: 'fffb90640102' },
    ],
  },
  { name: 'MP3 that is none', bytes: fromHex('2f 01020304'), value: [{ dropped: 1 }], oneWay: true },
  { name: 'Speex', bytes: fromHex('b2 00'), value: [{ unsupported: 'audio Speex' }, { dropped: 1 }], oneWay: true },
].map((item) => ({ ...item, type: tagType.audio }));

const META = '02 000a 6f6e4d65746144617461';
const SET = '02 000d 40736574446174614672616d65';
const TITLE = '08 00000001 0005 7469746c65 02 0002 6869 000009';
const config = (hex: string): string => hex.replaceAll(' ', '');

export const dataCases: FlvCase[] = [
  { name: 'metadata', bytes: fromHex(`${META} ${TITLE}`), value: [{ track: 'amf', config: config(META + TITLE) }] },
  {
    name: 'metadata behind @setDataFrame, as an object',
    bytes: fromHex(`${SET} ${META} 03 0005 7469746c65 02 0002 6869 000009`),
    value: [{ track: 'amf', config: config(META + TITLE) }],
    oneWay: true,
  },
  {
    name: 'the same metadata again',
    before: [fromHex(`${META} ${TITLE}`)],
    bytes: fromHex(`${META} ${TITLE}`),
    value: [],
    oneWay: true,
  },
  {
    name: 'metadata without anything in it',
    bytes: fromHex(META),
    value: [{ track: 'amf', config: config(`${META} 08 00000000 000009`) }],
    oneWay: true,
  },
  {
    name: 'metadata that is withdrawn',
    before: [fromHex(`${META} ${TITLE}`)],
    bytes: fromHex(`02 000f 40636c656172446174614672616d65 ${META}`),
    value: [{ track: 'amf', config: '' }],
    oneWay: true,
  },
  {
    name: 'a cue point before any metadata',
    bytes: fromHex('02 000a 6f6e437565506f696e74 05'),
    value: [
      { track: 'amf', config: '' },
      { frame: 'amf', cts: 0, key: true, data: config('02 000a 6f6e437565506f696e74 05') },
    ],
    oneWay: true,
  },
  {
    name: 'a text behind @setDataFrame',
    before: [fromHex(`${META} ${TITLE}`)],
    bytes: fromHex(`${SET} 02 000a 6f6e5465787444617461 05`),
    value: [{ frame: 'amf', cts: 0, key: true, data: config('02 000a 6f6e5465787444617461 05') }],
    oneWay: true,
  },
  {
    name: 'a message between servers',
    bytes: fromHex('02 0011 7c52746d7053616d706c65416363657373 0100 0100'),
    value: [],
    oneWay: true,
  },
  { name: 'a message without a name', bytes: fromHex('05'), value: [{ dropped: 1 }], oneWay: true },
  { name: 'a message that is cut off', bytes: fromHex('02 000a 6f'), value: [{ dropped: 1 }], oneWay: true },
].map((item) => ({ ...item, type: tagType.script }));

export const flvCases: FlvCase[] = [...videoCases, ...exVideoCases, ...audioCases, ...exAudioCases, ...dataCases];
