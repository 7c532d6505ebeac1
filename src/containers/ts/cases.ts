import { concatBytes } from '../../media/bytes/bytes.ts';
import type { Codec } from '../../media/frame.ts';
import { adtsFrame, CaseStream, withCrc } from './case-stream.ts';

/** What comes out of a stream: a track, a frame with its times in ticks, or what could not be read. */
export type TsSummary =
  | { track: Codec; id?: number; config: string }
  | { frame: Codec; id?: number; dts: number; pts?: number; key?: false; data: string }
  | { unsupported: string }
  | { damaged: number };

/** Streams as muxers and bad lines make them, and what comes out. */
export interface TsCase {
  name: string;
  bytes: Uint8Array;
  value: TsSummary[];
}

/** PAT and PMT as FFmpeg writes them: pictures on 0x100, sound on 0x101. */
const PAT = '00b00d0001c100000001f0002ab104b2';
const PMT = {
  aac: '02b0170001c10000e100f0001be100f0000fe101f0002f44b99b',
  latm: '02b0170001c10000e100f0001be100f00011e101f0005f91fc08',
  opus: '02b0210001c10000e100f0001be100f00006e101f00a05044f7075737f028002aea963ed',
  ac3: '02b01d0001c10000e100f0001be100f00081e101f006050441432d33ce50fcbc',
  dvb: '02b0200001c10000e100f0001be100f00006e101f009050441432d336a0100bef999f1',
  h265: '02b01d0001c10000e100f00024e100f0060504484556430fe101f0006c37cf8a',
  mpeg2: '02b0170001c10000e100f00002e100f0000fe101f000975787d0',
} as const;

const VIDEO = 0x100;
const SOUND = 0x101;
const TABLES = 0x1000;

const AVCC = '01640028ffe1001967640028acd940780227e5c04400000fa40003a9803c60c65801000668ebe3cb22c0fdf8f800';
const SETS = '00000001 67640028acd940780227e5c04400000fa40003a9803c60c658 00000001 68ebe3cb22c0';
const AUD = '00000001 09f0';
const KEY = `${AUD} ${SETS} 00000001 65888401`;
const NEXT = `${AUD} 00000001 419a0203`;
const LARGE = `${AUD} 00000001 41${'9a'.repeat(400)}`;
const HEVC_KEY = `00000001 460150 00000001 40010c01ffff01600000030090000003000003003f959409
  00000001 42010101600000030090000003000003003fa005020171f2e595952930bc05a020000003002000000303c1
  00000001 4401c073c189 00000001 2601af05`;
const HVCC =
  '0101600000009000000000003ff000fcfdf8f800000f03a00001001840010c01ffff01600000030090000003000003003f959409a10001002b42010101600000030090000003000003003fa005020171f2e595952930bc05a020000003002000000303c1a2000100064401c073c189';

const MP3 = `fffb1064${'00'.repeat(100)}`;
const AC3 = `0b77e38300402f8429024d13c7f244852f9f3a4d09f3d86fb3a54badf52a6a4cbfb29041f84200dc59a2b03982a0d1286480764c27b1c5b1bab0a65f9ab9d23240353b05ac85a9fa5c24d79486d2992008afd0433be9048c0168580526ec900dc95aee84a2aed0b5ffe95bb64648071f46792ca8ef8a155cf753bc532000d797`;
const EAC3 = `0b77003f3487c00020f80000150000060606018181874f69bea32b31fc8721525a4fd2c328cacc7f3e3e7cf9f3e7cf801e197ecc963197ecc96029d397e1ebe5071060be50710609b8e6b07931cd8356131cd83502a6d28678763f3418c763f341809b0ac887af43b9c982f43b9c9829ce7541e3db0ecf783db0ecf600006f31`;
const OPUS = 'fc0102030405';
const KLV = '060e2b34020b01010e0103010100000003020100';
const ID3 = '4944330400000000000d5449543200000003000003 6869'.replace(' ', '');

const config = { track: 'h264', config: AVCC } as const;
const key = { frame: 'h264', data: '0000000465888401' } as const;
const next = { frame: 'h264', key: false, data: '00000004419a0203' } as const;
const adts = { track: 'aac', config: '1210' } as const;

/** A stream whose tables came, with a key picture at so many ticks. */
function begun(pmt: string = PMT.aac, at = 9000): CaseStream {
  return new CaseStream().tables(PAT, pmt).pes({ pid: VIDEO, pts: at, aligned: true, payload: KEY });
}

const sound = (pts: number, payload: string): { pid: number; id: number; pts: number; payload: string } => ({
  pid: SOUND,
  id: 0xc0,
  pts,
  payload,
});
const picture = (pts: number, payload = NEXT): { pid: number; pts: number; aligned: true; payload: string } => ({
  pid: VIDEO,
  pts,
  aligned: true,
  payload,
});

const plain = [config, { ...key, dts: 9000 }] as const;

/** A map of a program with one elementary stream on 0x101: its type and descriptors. */
function mapOf(type: string, descriptors: string, version = 1): string {
  const info = descriptors.replaceAll(' ', '');
  const length = info.length / 2;
  const word = (value: number): string => value.toString(16).padStart(4, '0');
  const head = `0001${(0xc1 | (version << 1)).toString(16)}0000e101f000`;
  return withCrc(`02${word(0xb000 + 18 + length)}${head}${type}e101${word(0xf000 + length)}${info}`);
}

export const tsCases: readonly TsCase[] = [
  {
    name: 'pictures that tell their length',
    bytes: begun().pes({ pid: VIDEO, pts: 19_800, dts: 12_600, aligned: true, payload: NEXT }).bytes(),
    value: [...plain, { ...next, dts: 12_600, pts: 19_800 }],
  },
  {
    name: 'pictures that end where the next one begins',
    bytes: new CaseStream()
      .tables(PAT, PMT.aac)
      .pes({ pid: VIDEO, pts: 16_200, dts: 9000, length: 0, payload: KEY })
      .pes({ pid: VIDEO, pts: 12_600, length: 0, payload: NEXT })
      .bytes(),
    value: [config, { ...key, dts: 9000, pts: 16_200 }, { ...next, dts: 12_600 }],
  },
  {
    name: 'several pictures in a PES packet, a rate of 29.97',
    bytes: begun()
      .pes(picture(12_003, `${NEXT} ${NEXT}`))
      .bytes(),
    value: [...plain, { ...next, dts: 12_003 }, { ...next, dts: 15_006 }],
  },
  {
    name: 'a picture in two PES packets',
    bytes: begun()
      .pes({ pid: VIDEO, pts: 12_600, payload: `${AUD} 00000001 419a` })
      .pes({ pid: VIDEO, payload: '0203' })
      .pes({ pid: VIDEO, pts: 16_200, payload: NEXT })
      .bytes(),
    value: [...plain, { ...next, dts: 12_600 }, { ...next, dts: 16_200 }],
  },
  {
    name: 'a picture that goes on though its PES packet seemed whole, and one that really does',
    bytes: begun()
      .pes(picture(12_600))
      .pes({ pid: VIDEO, aligned: true, payload: '00000001 41123456' })
      .pes(picture(16_200))
      .pes({ pid: VIDEO, aligned: true, payload: '00000001 41123456' })
      .pes(picture(19_800))
      .bytes(),
    value: [
      ...plain,
      { ...next, dts: 12_600 },
      { ...next, dts: 16_200, data: '00000004419a02030000000441123456' },
      { ...next, dts: 19_800 },
      { damaged: 1 },
    ],
  },
  {
    name: 'H.265',
    bytes: new CaseStream()
      .tables(PAT, PMT.h265)
      .pes({ pid: VIDEO, pts: 9000, payload: HEVC_KEY })
      .pes({ pid: VIDEO, pts: 12_600, payload: '00000001 460150 00000001 0201d005' })
      .bytes(),
    value: [
      { track: 'h265', config: HVCC },
      { frame: 'h265', dts: 9000, data: '000000042601af05' },
      { frame: 'h265', dts: 12_600, key: false, data: '000000040201d005' },
    ],
  },
  {
    name: 'several frames of AAC in a PES packet, and one in two of them',
    bytes: new CaseStream()
      .tables(PAT, PMT.aac)
      .pes(sound(9000, adtsFrame('211004') + adtsFrame('211005') + adtsFrame('21100607').slice(0, 18)))
      .pes(sound(90_000, adtsFrame('21100607').slice(18) + adtsFrame('211008')))
      .bytes(),
    value: [
      adts,
      { frame: 'aac', dts: 9000, data: '211004' },
      { frame: 'aac', dts: 11_090, data: '211005' },
      { frame: 'aac', dts: 13_180, data: '21100607' },
      { frame: 'aac', dts: 90_000, data: '211008' },
    ],
  },
  {
    name: 'AAC behind bytes that are none, and a frame whose end never came',
    bytes: new CaseStream()
      .tables(PAT, PMT.aac)
      .pes(sound(9000, `0102ff${adtsFrame('211004')}${adtsFrame('21100605').slice(0, 18)}`))
      .pes(sound(90_000, adtsFrame('211008')))
      .bytes(),
    value: [
      adts,
      { frame: 'aac', dts: 9000, data: '211004' },
      { frame: 'aac', dts: 90_000, data: '211008' },
      { damaged: 2 },
    ],
  },
  {
    name: 'AAC in LATM',
    bytes: new CaseStream()
      .tables(PAT, PMT.latm)
      .pes(sound(9000, '56e00a200011901fe019088020 56e0058190880200'))
      .bytes(),
    value: [
      { track: 'aac', config: '1190' },
      { frame: 'aac', dts: 9000, data: '211004' },
      { frame: 'aac', dts: 10_920, data: '211004' },
    ],
  },
  {
    name: 'MP3',
    bytes: new CaseStream()
      .tables(PAT, mapOf('03', ''))
      .pes(sound(9000, MP3 + MP3))
      .bytes(),
    value: [
      { track: 'mp3', config: 'fffb0000' },
      { frame: 'mp3', dts: 9000, data: MP3 },
      { frame: 'mp3', dts: 11_351, data: MP3 },
    ],
  },
  {
    name: 'AC-3 as ATSC has it',
    bytes: new CaseStream().tables(PAT, PMT.ac3).pes(sound(9000, AC3)).bytes(),
    value: [
      { track: 'ac3', config: '100800' },
      { frame: 'ac3', dts: 9000, data: AC3 },
    ],
  },
  {
    name: 'E-AC-3 that the tables call AC-3, as DVB has it',
    bytes: new CaseStream()
      .tables(PAT, PMT.dvb)
      .pes(sound(9000, EAC3 + EAC3))
      .bytes(),
    value: [
      { track: 'eac3', config: '0100200400' },
      { frame: 'eac3', dts: 9000, data: EAC3 },
      { frame: 'eac3', dts: 11_880, data: EAC3 },
    ],
  },
  {
    name: 'two packets of Opus, the first with trims and an extension',
    bytes: new CaseStream()
      .tables(PAT, PMT.opus)
      .pes(sound(9000, `7ffc06 0138 0010 02aabb ${OPUS} 7fe006${OPUS}`))
      .bytes(),
    value: [
      { track: 'opus', config: '4f707573486561640102000080bb0000000000' },
      { frame: 'opus', dts: 9000, data: OPUS },
      { frame: 'opus', dts: 10_800, data: OPUS },
    ],
  },
  {
    name: 'KLV with times in cells, one of them in two pieces',
    bytes: new CaseStream()
      .tables(PAT, mapOf('15', '05044b4c5641'))
      .pes({ pid: SOUND, id: 0xfc, pts: 9000, payload: `0000df0014${KLV} 00019f0002${KLV.slice(0, 4)}` })
      .pes({ pid: SOUND, id: 0xfc, pts: 12_600, payload: `00025f0012${KLV.slice(4)}` })
      .bytes(),
    value: [
      { track: 'klv', config: '' },
      { frame: 'klv', dts: 9000, data: KLV },
      { frame: 'klv', dts: 12_600, data: KLV },
    ],
  },
  {
    name: 'KLV without times goes with the pictures',
    bytes: new CaseStream()
      .tables(PAT, withCrc('02b01d0001c30000e100f0001be100f00006e101f00605044b4c5641'))
      .pes(picture(9000, KEY))
      .pes({ pid: SOUND, id: 0xbd, payload: KLV })
      .bytes(),
    value: [{ track: 'klv', config: '' }, ...plain, { frame: 'klv', dts: 9000, data: KLV }],
  },
  {
    name: 'ID3 as Apple has it',
    bytes: new CaseStream()
      .tables(PAT, mapOf('15', '260dffff49443320ff49443320000f'))
      .pes({ pid: SOUND, id: 0xbd, pts: 9000, aligned: true, payload: ID3 })
      .bytes(),
    value: [
      { track: 'id3', config: '' },
      { frame: 'id3', dts: 9000, data: ID3 },
    ],
  },
  {
    name: 'a codec that cannot be read beside one that can',
    bytes: new CaseStream()
      .tables(PAT, PMT.mpeg2)
      .pes(sound(9000, adtsFrame('211004')))
      .bytes(),
    value: [adts, { frame: 'aac', dts: 9000, data: '211004' }, { unsupported: 'video MPEG-2 video' }],
  },
  {
    name: 'a lost packet costs its picture alone',
    bytes: begun().pes(picture(12_600, LARGE)).lose(1).pes(picture(16_200)).bytes(),
    value: [...plain, { ...next, dts: 16_200 }, { damaged: 1 }],
  },
  {
    name: 'a packet that is marked as damaged costs its picture alone',
    bytes: begun()
      .pes(picture(12_600, LARGE))
      .change((packet) => (packet[1]! |= 0x80), 1)
      .pes(picture(16_200))
      .bytes(),
    value: [...plain, { ...next, dts: 16_200 }, { damaged: 1 }],
  },
  {
    name: 'an adaptation field of 184 bytes costs its picture alone',
    bytes: begun()
      .pes(picture(12_600, LARGE))
      .change((packet) => packet.set([packet[3]! | 0x30, 184], 3), 1)
      .pes(picture(16_200))
      .bytes(),
    value: [...plain, { ...next, dts: 16_200 }, { damaged: 1 }],
  },
  {
    name: 'a packet that came twice counts once',
    bytes: doubled(begun().pes(picture(12_600))),
    value: [...plain, { ...next, dts: 12_600 }],
  },
  {
    name: 'a gap of the counter that is announced costs nothing',
    bytes: begun()
      .pes(picture(12_600))
      .change((packet) => packet.set([(packet[3]! & 0xf0) | 9, packet[4]!, 0x80], 3))
      .bytes(),
    value: [...plain, { ...next, dts: 12_600 }],
  },
  {
    name: 'encrypted sound is named',
    bytes: begun()
      .pes(sound(9000, adtsFrame('211004')))
      .change((packet) => (packet[3]! |= 0x80))
      .bytes(),
    value: [...plain, { unsupported: 'audio encrypted MPEG-TS' }],
  },
  {
    name: 'PES packets that lie about their lengths',
    bytes: begun()
      .pes({ ...picture(12_600), length: 4 })
      .pes({ ...picture(12_600), length: 0x4000 })
      .pes(picture(16_200))
      .bytes(),
    value: [...plain, { ...next, dts: 16_200 }, { damaged: 1 }],
  },
  {
    name: 'another codec for sound, in a new version of the map',
    bytes: begun()
      .pes(sound(9000, adtsFrame('211004')))
      .section(TABLES, withCrc('02b0170001c30000e100f0001be100f00003e101f000'))
      .pes(sound(12_600, MP3))
      .bytes(),
    value: [
      ...plain,
      adts,
      { frame: 'aac', dts: 9000, data: '211004' },
      { track: 'mp3', config: 'fffb0000' },
      { frame: 'mp3', dts: 12_600, data: MP3 },
    ],
  },
  {
    name: 'a map with a wrong checksum, or that is not yet in force, is passed over',
    bytes: begun()
      .section(TABLES, `${withCrc('02b0120001c30000e100f0001be100f000').slice(0, -2)}00`)
      .section(TABLES, withCrc('02b0120001c20000e100f0001be100f000'))
      .pes(sound(9000, adtsFrame('211004')))
      .bytes(),
    value: [...plain, adts, { frame: 'aac', dts: 9000, data: '211004' }],
  },
  {
    name: 'the second of two programs, where the first has nothing that can be read',
    bytes: new CaseStream()
      .section(0, withCrc('00b0110001c100000001f0010002f000'))
      .section(0x1001, withCrc('02b0120001c10000e200f00002e200f000'))
      .section(TABLES, withCrc('02b0120002c10000e100f0001be100f000'))
      .pes(picture(9000, KEY))
      .bytes(),
    value: [...plain, { unsupported: 'video MPEG-2 video' }],
  },
  {
    name: 'a map over two packets, behind the end of another section',
    bytes: new CaseStream()
      .section(0, PAT)
      .section(
        TABLES,
        `${withCrc(`4070bb${'ab'.repeat(183)}`)}${withCrc(`02b0c50001c10000e100f0b3${'05b1'}${'aa'.repeat(177)}1be100f000`)}`,
      )
      .pes(picture(9000, KEY))
      .bytes(),
    value: [...plain],
  },
  {
    name: 'packets with time stamps in front (192 bytes)',
    bytes: begun().pes(picture(12_600)).bytes(4),
    value: [...plain, { ...next, dts: 12_600 }],
  },
  {
    name: 'packets with parity behind (204 bytes)',
    bytes: begun().pes(picture(12_600)).bytes(0, 16),
    value: [...plain, { ...next, dts: 12_600 }],
  },
  {
    name: 'garbage in front and between packets',
    bytes: concatBytes([
      new Uint8Array(300).fill(0x47, 7, 8),
      begun().bytes(),
      new Uint8Array(77),
      begun().pes(picture(12_600)).pes(picture(16_200)).pes(picture(19_800)).bytes().subarray(begun().bytes().length),
    ]),
    value: [...plain, { ...next, dts: 12_600 }, { ...next, dts: 16_200 }, { ...next, dts: 19_800 }],
  },
  {
    name: 'times that start again after 33 bits',
    bytes: begun(PMT.aac, 2 ** 33 - 1800)
      .pes({ pid: VIDEO, pts: 5400, dts: 1800, aligned: true, payload: NEXT })
      .pes(sound(2 ** 33 - 900, adtsFrame('211004')))
      .bytes(),
    value: [
      config,
      { ...key, dts: 2 ** 33 - 1800 },
      { ...next, dts: 2 ** 33 + 1800, pts: 2 ** 33 + 5400 },
      adts,
      { frame: 'aac', dts: 2 ** 33 - 900, data: '211004' },
    ],
  },
  {
    name: 'a clock that jumps back goes on, and one that jumps ahead is left as it is',
    bytes: begun(PMT.aac, 9_000_000)
      .pes(picture(9000))
      .pes(sound(9_000_900, adtsFrame('211004')))
      .pes(picture(12_600))
      .pes(picture(99_012_600))
      .bytes(),
    value: [
      config,
      { ...key, dts: 9_000_000 },
      { ...next, dts: 9_000_000 },
      adts,
      { frame: 'aac', dts: 9_000_900, data: '211004' },
      { ...next, dts: 9_003_600 },
      { ...next, dts: 108_003_600 },
    ],
  },
];

function doubled(stream: CaseStream): Uint8Array {
  return concatBytes(stream.packets.flatMap((packet) => [packet, packet]));
}
