import { amfObject, type AmfValue } from '../../containers/amf/index.ts';
import { concatBytes } from '../../media/bytes/bytes.ts';
import { fromHex } from '../../media/bytes/hex.ts';
import type { ErrorCode } from '../../errors.ts';
import { messageType } from './message.ts';

/** A message for reading: its body in hex, or its length where it is long. */
export interface MessageSummary {
  type: number;
  streamId: number;
  timestamp: number;
  body: string;
}

/** Chunks of one connection, and the messages in them. */
export interface ChunkCase {
  name: string;
  bytes: Uint8Array;
  value: MessageSummary[];
  /** Set where the writer, which knows full headers only, writes the same bytes with this chunk size. */
  chunkSize?: number;
}

const say = (type: number, timestamp: number, body: string, streamId = 1): MessageSummary => ({
  type,
  streamId,
  timestamp,
  body: body.replaceAll(' ', ''),
});
const audio = (timestamp: number, body: string, streamId = 1): MessageSummary =>
  say(messageType.audio, timestamp, body, streamId);
const video = (timestamp: number, body: string, streamId = 1): MessageSummary =>
  say(messageType.video, timestamp, body, streamId);
const run = (length: number, first = 0): string =>
  Array.from({ length }, (_, i) => ((i + first) & 0xff).toString(16).padStart(2, '0')).join('');

const WHOLE = run(130);
/** Set Chunk Size. */
const size = (hex: string): string => `02 000000 000004 01 00000000 ${hex}`;

export const chunkCases: ChunkCase[] = [
  {
    name: 'a message in one chunk',
    bytes: fromHex('06 000028 000003 09 01000000 270102'),
    value: [video(40, '270102')],
    chunkSize: 128,
  },
  {
    name: 'a message of two chunks of the default size',
    bytes: fromHex(`06 000028 000082 09 01000000 ${WHOLE.slice(0, 256)} c6 ${WHOLE.slice(256)}`),
    value: [video(40, WHOLE)],
    chunkSize: 128,
  },
  {
    name: 'a message that fills its chunk exactly',
    bytes: fromHex(`06 000028 000080 09 01000000 ${run(128)}`),
    value: [video(40, run(128))],
    chunkSize: 128,
  },
  {
    name: 'all four formats on one chunk stream',
    bytes: fromHex('04 0003e8 000002 08 01000000 af01 44 000014 000003 08 af0122 84 000015 af0133 c4 af0144'),
    value: [audio(1000, 'af01'), audio(1020, 'af0122'), audio(1041, 'af0133'), audio(1062, 'af0144')],
  },
  {
    name: 'format 3 behind format 0, which repeats its time as a delta',
    bytes: fromHex('04 000064 000002 08 01000000 af01 c4 af02 c4 af03'),
    value: [audio(100, 'af01'), audio(200, 'af02'), audio(300, 'af03')],
  },
  {
    name: 'sound between the chunks of a picture',
    bytes: fromHex(
      `06 000028 000082 09 01000000 ${WHOLE.slice(0, 256)} 04 00002a 000002 08 01000000 af01 c6 ${WHOLE.slice(256)}`,
    ),
    value: [audio(42, 'af01'), video(40, WHOLE)],
  },
  {
    name: 'two messages in pieces at the same time',
    bytes: fromHex(
      `${size('00000001')} 06 000001 000003 09 01000000 a1 04 000002 000003 08 01000000 b1 c6 a2 c4 b2 c6 a3 c4 b3`,
    ),
    value: [video(1, 'a1a2a3'), audio(2, 'b1b2b3')],
  },
  {
    name: 'a time that goes back in a full header',
    bytes: fromHex('06 000064 000001 09 01000000 a1 06 000032 000001 09 01000000 a2'),
    value: [video(100, 'a1'), video(50, 'a2')],
    chunkSize: 128,
  },
  {
    name: 'chunk stream ids of one, two and three bytes',
    bytes: fromHex(
      '02 000000 000001 09 01000000 01 3f 000000 000001 09 01000000 02 0000 000000 000001 09 01000000 03 ' +
        '00ff 000000 000001 09 01000000 04 010001 000000 000001 09 01000000 05 01ffff 000000 000001 09 01000000 06',
    ),
    value: ['01', '02', '03', '04', '05', '06'].map((body) => video(0, body)),
  },
  {
    name: 'the same chunk stream in its two-byte and its three-byte form',
    bytes: fromHex('0005 000000 000001 09 01000000 01 c10500 02'),
    value: [video(0, '01'), video(0, '02')],
  },
  {
    name: 'the last time without an extended field',
    bytes: fromHex('06 fffffe 000001 09 01000000 a1'),
    value: [video(0xff_fffe, 'a1')],
    chunkSize: 128,
  },
  {
    name: 'the first time that needs the extended field',
    bytes: fromHex('06 ffffff 000001 09 01000000 00ffffff a1'),
    value: [video(0xff_ffff, 'a1')],
    chunkSize: 128,
  },
  {
    name: 'an extended time that is repeated on further chunks',
    bytes: fromHex(`06 ffffff 000082 09 01000000 01000000 ${WHOLE.slice(0, 256)} c6 01000000 ${WHOLE.slice(256)}`),
    value: [video(0x100_0000, WHOLE)],
    chunkSize: 128,
  },
  {
    name: 'an extended time that is left out on further chunks',
    bytes: fromHex(`06 ffffff 000082 09 01000000 01000000 ${WHOLE.slice(0, 256)} c6 ${WHOLE.slice(256)}`),
    value: [video(0x100_0000, WHOLE)],
  },
  {
    name: 'extended deltas in formats 1, 2 and 3',
    bytes: fromHex(
      '06 000000 000001 09 01000000 a1 46 ffffff 000001 09 00ffffff a2 86 ffffff 01000000 a3 c6 01000000 a4',
    ),
    value: [video(0, 'a1'), video(0xff_ffff, 'a2'), video(0x1ff_ffff, 'a3'), video(0x2ff_ffff, 'a4')],
  },
  {
    name: 'a delta over the end of 32 bits',
    bytes: fromHex('06 ffffff 000001 09 01000000 ffffffff a1 86 000002 a2'),
    value: [video(0xffff_ffff, 'a1'), video(1, 'a2')],
  },
  {
    name: 'a larger chunk size',
    bytes: fromHex(`${size('00001000')} 06 000028 000082 09 01000000 ${WHOLE}`),
    value: [video(40, WHOLE)],
  },
  {
    name: 'a chunk size that changes in the middle of a message',
    bytes: fromHex(`06 000028 000082 09 01000000 ${WHOLE.slice(0, 256)} ${size('00000001')} c6 80 c6 81`),
    value: [video(40, WHOLE)],
  },
  {
    name: 'a chunk size of 1',
    bytes: fromHex(`${size('00000001')} 06 000028 000003 09 01000000 a1 c6 a2 c6 a3`),
    value: [video(40, 'a1a2a3')],
  },
  {
    name: 'the largest chunk size, and the bit that is not part of it',
    bytes: fromHex(`${size('7fffffff')} 06 000028 000082 09 01000000 ${WHOLE} ${size('ffffffff')}`),
    value: [video(40, WHOLE)],
  },
  {
    name: 'an abort of one message of two',
    bytes: fromHex(
      `${size('00000002')} 06 000001 000003 09 01000000 a1a2 04 000002 000003 08 01000000 b1b2 ` +
        '02 000000 000004 02 00000000 0000 c2 0006 c4 b3 c6 a4a5 c6 a6',
    ),
    value: [audio(2, 'b1b2b3'), video(2, 'a4a5a6')],
  },
  {
    name: 'an abort of a chunk stream that is not there',
    bytes: fromHex('02 000000 000004 02 00000000 00000063 06 000001 000001 09 01000000 a1'),
    value: [video(1, 'a1')],
  },
  {
    name: 'a full header in the middle of a message, which gives that one up',
    bytes: fromHex(`06 000028 000082 09 01000000 ${WHOLE.slice(0, 256)} 06 000050 000001 09 01000000 a1`),
    value: [video(80, 'a1')],
  },
  {
    name: 'a shorter length in the middle of a message',
    bytes: fromHex(`06 000028 000082 09 01000000 ${WHOLE.slice(0, 256)} 46 000001 000002 09 a1a2`),
    value: [video(41, 'a1a2')],
  },
  {
    name: 'messages without a body',
    bytes: fromHex('06 000028 000000 09 01000000 c6 c6 46 000001 000001 09 a1'),
    value: [video(121, 'a1')],
  },
  {
    name: 'a message stream id, whose bytes are the other way round',
    bytes: fromHex('06 000000 000001 09 04030201 a1'),
    value: [video(0, 'a1', 0x0102_0304)],
    chunkSize: 128,
  },
];

/** Bytes that end a connection. */
export interface RefusedCase {
  name: string;
  bytes: Uint8Array;
  code: ErrorCode;
}

export const refusedChunks: RefusedCase[] = [
  { name: 'format 1 first', bytes: fromHex('46 000000 000001 09 a1'), code: 'protocol-error' },
  { name: 'format 2 first', bytes: fromHex('86 000000 a1'), code: 'protocol-error' },
  { name: 'format 3 first', bytes: fromHex('c6 a1'), code: 'protocol-error' },
  { name: 'a chunk size of 0', bytes: fromHex(size('00000000')), code: 'protocol-error' },
  { name: 'a chunk size of 0 and the bit above', bytes: fromHex(size('80000000')), code: 'protocol-error' },
  { name: 'half a chunk size', bytes: fromHex('02 000000 000002 01 00000000 0001'), code: 'protocol-error' },
  { name: 'a message above the limit', bytes: fromHex('06 000000 040001 09 01000000'), code: 'limit-exceeded' },
];

/** The limits that those cases are about. */
export const caseLimits = { message: 0x4_0000, partial: 0x8_0000, chunkStreams: 64, chunkRate: 1000 };

/** The values of a command message. */
export interface CommandCase {
  name: string;
  bytes: Uint8Array;
  value: AmfValue[];
}

const name = '62 3f 6b6579 3d 4141414141414141414141414141414141414141';

/** As real programs sent them. */
export const commandCases: CommandCase[] = [
  {
    name: 'connect by FFmpeg 5.1 that publishes',
    bytes: fromHex(
      '020007636f6e6e656374003ff00000000000000300036170700200046c69766500047479706502000a6e6f6e7072697661746500' +
        '08666c617368566572020024464d4c452f332e302028636f6d70617469626c653b204c61766635392e32372e3130302900057463' +
        '55726c02001b72746d703a2f2f3132372e302e302e313a31393335332f6c697665000009',
    ),
    value: [
      'connect',
      1,
      amfObject({
        app: 'live',
        type: 'nonprivate',
        flashVer: 'FMLE/3.0 (compatible; Lavf59.27.100)',
        tcUrl: 'rtmp://127.0.0.1:19353/live',
      }),
    ],
  },
  {
    name: 'connect by the RTMP module of nginx',
    bytes: fromHex(
      '020007636f6e6e656374003ff00000000000000300036170700200046c6976650005746355726c02001b72746d703a2f2f313237' +
        '2e302e302e313a31393335332f6c69766500077061676555726c020000000673776655726c0200000008666c6173685665720200' +
        '0f4c4e582e31312c312c3130322c3535000b617564696f436f646563730040abee0000000000000b766964656f436f6465637300' +
        '406f800000000000000009',
    ),
    value: [
      'connect',
      1,
      amfObject({
        app: 'live',
        tcUrl: 'rtmp://127.0.0.1:19353/live',
        pageUrl: '',
        swfUrl: '',
        flashVer: 'LNX.11,1,102,55',
        audioCodecs: 3575,
        videoCodecs: 252,
      }),
    ],
  },
  {
    name: 'createStream',
    bytes: fromHex('02000c 63726561746553747265616d 00 4000000000000000 05'),
    value: ['createStream', 2, null],
  },
  {
    name: 'releaseStream',
    bytes: fromHex(`02000d 72656c6561736553747265616d 00 4000000000000000 05 02001a ${name}`),
    value: ['releaseStream', 2, null, 'b?key=AAAAAAAAAAAAAAAAAAAA'],
  },
  {
    name: 'publish with a key in the query',
    bytes: fromHex(`020007 7075626c697368 00 4014000000000000 05 02001a ${name} 020004 6c697665`),
    value: ['publish', 5, null, 'b?key=AAAAAAAAAAAAAAAAAAAA', 'live'],
  },
  {
    name: 'publish by GStreamer, without a transaction',
    bytes: fromHex('020007 7075626c697368 00 0000000000000000 05 020001 67 020004 6c697665'),
    value: ['publish', 0, null, 'g', 'live'],
  },
  {
    name: 'publish with false for a name, as Wirecast ends',
    bytes: fromHex('020007 7075626c697368 00 0000000000000000 05 0100'),
    value: ['publish', 0, null, false],
  },
  {
    name: 'play by FFmpeg, with a start of -2000',
    bytes: fromHex('020004 706c6179 00 4010000000000000 05 020001 63 00 c09f400000000000'),
    value: ['play', 4, null, 'c', -2000],
  },
  {
    name: 'play by the RTMP module of nginx, with start and duration',
    bytes: fromHex('020004 706c6179 00 0000000000000000 05 020001 63 00 c09f400000000000 00 c08f400000000000'),
    value: ['play', 0, null, 'c', -2000, -1000],
  },
  {
    name: 'FCSubscribe by rtmpdump',
    bytes: fromHex('02000b 4643537562736372696265 00 4008000000000000 05 020001 63'),
    value: ['FCSubscribe', 3, null, 'c'],
  },
  {
    name: 'getStreamLength by FFmpeg',
    bytes: fromHex('02000f 67657453747265616d4c656e677468 00 4008000000000000 05 020001 63'),
    value: ['getStreamLength', 3, null, 'c'],
  },
  {
    name: 'deleteStream by rtmpdump',
    bytes: fromHex('02000c 64656c65746553747265616d 00 4014000000000000 05 00 3ff0000000000000'),
    value: ['deleteStream', 5, null, 1],
  },
  { name: 'a name alone', bytes: fromHex('02000b 636c6f736553747265616d'), value: ['closeStream'] },
  { name: 'a number for a name', bytes: fromHex('00 3ff0000000000000'), value: [1] },
];

/** A client's first two packets, and how the server answers. */
export interface HandshakeCase {
  name: string;
  bytes: Uint8Array;
  value: 'plain' | 'digest';
}

/** Bytes that look like noise and are the same in every run. */
export function noise(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 16;
  }
  return bytes;
}

const C1 = 1536;
const plain = (version: number, head = '00000000 00000000'): Uint8Array =>
  concatBytes([Uint8Array.of(version), fromHex(head), noise(C1 - 8)]);

export const handshakeCases: HandshakeCase[] = [
  { name: 'a plain handshake', bytes: plain(3), value: 'plain' },
  { name: 'a plain handshake with a time, as rtmpdump has it', bytes: plain(3, '0087d300 00000000'), value: 'plain' },
  { name: 'version 6, for which encryption was asked', bytes: plain(6), value: 'plain' },
  { name: 'the lowest version', bytes: plain(0), value: 'plain' },
  { name: 'the highest version', bytes: plain(31), value: 'plain' },
  {
    name: 'a program version with a digest that is wrong, as the RTMP module of nginx has it',
    bytes: plain(3, '008cf3c8 0c000d0e'),
    value: 'plain',
  },
];
