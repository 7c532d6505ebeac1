import { concatBytes } from '../../media/bytes/bytes.ts';
import { fromHex } from '../../media/bytes/hex.ts';
import type { Track } from '../../media/frame.ts';
import { sample } from '../contract-samples.ts';
import { boxesIn } from './box-reader.ts';
import { boxType } from './box-type.ts';
import { box, fullBox, written } from './box-writer.ts';
import { initSegment } from './init.ts';

/** A frame that comes of a case: µs, and its bytes in hexadecimal digits. */
export interface FrameSummary {
  id: number;
  dts: number;
  pts: number;
  key: boolean;
  data: string;
}

/** What comes of the bytes behind an init segment of H.264 (1) and AAC (2). */
export interface Mp4Case {
  name: string;
  /** Where it is another init segment. */
  init?: Uint8Array;
  bytes: Uint8Array;
  value: FrameSummary[];
  /** Samples that are lost. */
  dropped?: number;
  /** True where the muxer writes the same in other bytes. */
  oneWay?: boolean;
}

export const caseTracks: readonly [video: Track, audio: Track] = [sample.video, sample.audio];
/** 1 080 000 ticks a second for pictures, 1 014 300 for sound. */
export const caseInit: Uint8Array = initSegment(caseTracks);

const KEY = '0000000265b8';
const PICTURE = '00000002419a';
const SOUND = '21100401';

const picture = (ms: number, data: string = PICTURE, cts = 0): FrameSummary => ({
  id: 1,
  dts: ms * 1000,
  pts: (ms + cts) * 1000,
  key: data === KEY,
  data,
});
const sound = (us: number, data: string = SOUND): FrameSummary => ({ id: 2, dts: us, pts: us, key: true, data });

const u32 = (number: number): Uint8Array => written((writer) => writer.u32(number));
const hexBox = (type: string, hex: string): Uint8Array => box(type, fromHex(hex));

/** A `moof` whose parts ask where its data lies, with an `mdat` behind it. */
function fragmentOf(parts: (dataAt: (offset: number) => Uint8Array) => Uint8Array[], data: string): Uint8Array {
  const moofOf = (length: number): Uint8Array => {
    const dataAt = (offset: number): Uint8Array => u32(length + 8 + offset);
    return box('moof', fullBox('mfhd', {}, u32(1)), ...parts(dataAt));
  };
  const { length } = moofOf(0);
  return concatBytes([moofOf(length), hexBox('mdat', data)]);
}

const tfhd = (id: number, flags = 0x02_0000, rest = ''): Uint8Array =>
  fullBox('tfhd', { flags }, u32(id), fromHex(rest));
const tfdt = (ticks: number): Uint8Array => fullBox('tfdt', {}, u32(ticks));
const trun = (flags: number, count: number, ...rest: Uint8Array[]): Uint8Array =>
  fullBox('trun', { flags }, u32(count), ...rest);

/** The first track has more boxes in its `trak`. */
function initWith(...more: Uint8Array[]): Uint8Array {
  let isFirst = true;
  const top = boxesIn(caseInit).map(({ type, body }) => {
    if (type !== boxType('moov')) return box(nameOf(type), body);
    const boxes = boxesIn(body).map((inner) => {
      const added = inner.type === boxType('trak') && isFirst ? more : [];
      if (added.length > 0) isFirst = false;
      return box(nameOf(inner.type), inner.body, ...added);
    });
    return box('moov', ...boxes);
  });
  return concatBytes(top);
}

/** Samples of both tracks last and weigh this where nothing else is told. */
function initWithDefaults(duration: number, size: number): Uint8Array {
  const bytes = caseInit.slice();
  const view = new DataView(bytes.buffer);
  for (let at = 0; at + 4 <= bytes.length; at++) {
    if (view.getUint32(at) !== boxType('trex')) continue;
    view.setUint32(at + 16, duration);
    view.setUint32(at + 20, size);
  }
  return bytes;
}

function nameOf(type: number): string {
  return String.fromCharCode(type >>> 24, (type >> 16) & 0xff, (type >> 8) & 0xff, type & 0xff);
}

const elst = (...edits: [duration: number, mediaTime: number][]): Uint8Array =>
  box(
    'edts',
    fullBox(
      'elst',
      {},
      u32(edits.length),
      ...edits.flatMap(([duration, time]) => [u32(duration), u32(time), u32(65_536)]),
    ),
  );

const TFHD = tfhd(1);
const onePicture = fromHex(`
  00000068 6d6f6f66 00000010 6d666864 00000000 00000001 00000050 74726166
    00000010 74666864 00020000 00000001 00000014 74666474 01000000 00000000 0000a8c0
    00000024 7472756e 01000f01 00000001 00000070 00008cc4 00000006 02000000 00000000
  0000000e 6d646174 ${KEY}`);
const oneSound = fromHex(`
  00000068 6d6f6f66 00000010 6d666864 00000000 00000001 00000050 74726166
    00000010 74666864 00020000 00000002 00000014 74666474 01000000 00000000 00005c00
    00000024 7472756e 01000f01 00000001 00000070 00005c00 00000004 02000000 00000000
  0000000c 6d646174 ${SOUND}`);
const MOOF = 0x68;
const moof = onePicture.subarray(0, MOOF);
/** The data of that picture in another `mdat`, whose header is so much longer, or which lies so much further on. */
function pictureIn(mdat: string, further: number, between = ''): Uint8Array {
  const changed = moof.slice();
  const view = new DataView(changed.buffer);
  view.setUint32(0x54, view.getUint32(0x54) + further);
  return concatBytes([changed, fromHex(between), fromHex(mdat)]);
}
const MDAT = `0000000e 6d646174 ${KEY}`;

/** What we write ourselves. */
const ours: readonly Mp4Case[] = [
  { name: 'one picture', bytes: onePicture, value: [picture(40, KEY)] },
  { name: 'one sound', bytes: oneSound, value: [sound(23_220)] },
  {
    name: 'a picture after sixty days',
    bytes: fromHex(`
      00000068 6d6f6f66 00000010 6d666864 00000000 00000001 00000050 74726166
        00000010 74666864 00020000 00000001 00000014 74666474 01000000 00000517 8db78000
        00000024 7472756e 01000f01 00000001 00000070 00008cc4 00000006 01010000 00000000
      0000000e 6d646174 ${PICTURE}`),
    value: [picture(5_184_000_000)],
  },
  {
    name: 'pictures behind which sound lies, in the order of their times',
    bytes: fromHex(`
      000000d8 6d6f6f66 00000010 6d666864 00000000 00000001
        00000060 74726166 00000010 74666864 00020000 00000001 00000014 74666474 01000000 00000000 00000000
          00000034 7472756e 01000f01 00000002 000000e0
            0000a8c0 00000006 02000000 00015180 0000a8c0 00000006 01010000 ffff5740
        00000060 74726166 00000010 74666864 00020000 00000002 00000014 74666474 01000000 00000000 00000000
          00000034 7472756e 01000f01 00000002 000000ec
            00005c00 00000004 02000000 00000000 00005c00 00000004 02000000 00000000
      0000001c 6d646174 ${KEY} ${PICTURE} ${SOUND} 21100402`),
    value: [picture(0, KEY, 80), sound(0), sound(23_220, '21100402'), picture(40, PICTURE, -40)],
  },
];

/** What others write. */
const theirs: readonly Mp4Case[] = [
  {
    name: 'a fragment without a time goes on where the one before ended',
    bytes: concatBytes([onePicture, fragmentOf((at) => [box('traf', TFHD, trun(0x201, 1, at(0), u32(6)))], PICTURE)]),
    value: [picture(40, KEY), { ...picture(0), dts: 73_367, pts: 73_367 }],
  },
  {
    name: 'duration and size in the tfhd',
    bytes: fragmentOf(
      (at) => [box('traf', tfhd(1, 0x02_0038, '0000a8c0 00000006 01010000'), tfdt(0), trun(1, 2, at(0)))],
      `${KEY} ${PICTURE}`,
    ),
    value: [picture(0, KEY), picture(40)],
  },
  {
    name: 'duration and size in the moov',
    init: initWithDefaults(43_200, 6),
    bytes: fragmentOf((at) => [box('traf', TFHD, tfdt(0), trun(1, 2, at(0)))], `${KEY} ${PICTURE}`),
    value: [picture(0, KEY), picture(40)],
  },
  {
    name: 'flags of the first sample, and a composition offset with a sign in version 0',
    bytes: fragmentOf(
      (at) => [box('traf', TFHD, tfdt(43_200), trun(0xa05, 1, at(0), u32(0x0200_0000), u32(6), u32(-43_200)))],
      KEY,
    ),
    value: [picture(40, KEY, -40)],
  },
  {
    name: 'two runs of a track, the second behind the first',
    bytes: fragmentOf(
      (at) => [box('traf', TFHD, tfdt(0), trun(0x301, 1, at(0), u32(43_200), u32(6)), trun(0x200, 1, u32(6)))],
      `${KEY} ${PICTURE}`,
    ),
    value: [picture(0, KEY), picture(40)],
  },
  {
    name: 'a base that counts from the start of all',
    bytes: fragmentOf((at) => {
      const base = fullBox('tfhd', { flags: 1 }, u32(1), u32(0), u32(caseInit.length));
      return [box('traf', base, tfdt(0), trun(0x201, 1, at(4), u32(6)))];
    }, `00000000 ${KEY}`),
    value: [picture(0, KEY)],
  },
  {
    name: 'a track whose data follows that of the track before it',
    bytes: fragmentOf(
      (at) => [
        box('traf', tfhd(1, 0), tfdt(0), trun(0x201, 1, at(0), u32(6))),
        box('traf', tfhd(2, 0), tfdt(0), trun(0x200, 1, u32(4))),
      ],
      `${KEY} ${SOUND}`,
    ),
    value: [picture(0, KEY), sound(0)],
  },
  {
    name: 'an edit list that begins within the media',
    init: initWith(elst([0, 43_200])),
    bytes: onePicture,
    value: [picture(0, KEY)],
  },
  {
    name: 'an edit list that waits before it begins',
    init: initWith(elst([500, 0xffff_ffff], [0, 0])),
    bytes: onePicture,
    value: [picture(540, KEY)],
  },
  {
    name: 'data whose size has 64 bits',
    bytes: pictureIn(`00000001 6d646174 00000000 00000016 ${KEY}`, 8),
    value: [picture(40, KEY)],
  },
  {
    name: 'data that goes on to the end',
    bytes: pictureIn(`00000000 6d646174 ${KEY} 00000008 6d6f6f76`, 0),
    value: [picture(40, KEY)],
  },
  {
    name: 'data behind other boxes, and of others',
    bytes: concatBytes([
      hexBox('styp', '6d736468 00000000'),
      hexBox('sidx', '00'.repeat(32)),
      hexBox('prft', '00'.repeat(24)),
      pictureIn(`0000000c 6d646174 ffffffff ${MDAT} 0000000c 6d646174 ffffffff`, 24, '0000000c 66726565 00000000'),
      hexBox('uuid', '00'.repeat(20)),
      hexBox('whom', 'ff'),
    ]),
    value: [picture(40, KEY)],
  },
  {
    name: 'a track that nobody told of',
    bytes: fragmentOf(
      (at) => [
        box('traf', tfhd(7), tfdt(0), trun(0x201, 1, at(0), u32(4))),
        box('traf', TFHD, tfdt(0), trun(0x201, 1, at(4), u32(6))),
      ],
      `ffffffff ${KEY}`,
    ),
    value: [picture(0, KEY)],
  },
  {
    name: 'samples without bytes',
    bytes: fragmentOf(
      (at) => [box('traf', TFHD, tfdt(0), trun(0x301, 2, at(0), u32(43_200), u32(0), u32(0), u32(6)))],
      KEY,
    ),
    value: [picture(40, KEY)],
  },
  {
    name: 'a fragment whose data is missing in part',
    bytes: concatBytes([
      fragmentOf(
        (at) => [
          box('traf', tfhd(2), tfdt(0), trun(0x201, 2, at(6), u32(4), u32(4))),
          box('traf', TFHD, tfdt(0), trun(0x201, 1, at(0), u32(6))),
        ],
        `${KEY} 2110`,
      ),
      onePicture,
    ]),
    value: [picture(0, KEY), picture(40, KEY)],
    dropped: 2,
  },
  {
    name: 'data in front of where the stream is',
    bytes: fragmentOf(() => [box('traf', TFHD, tfdt(0), trun(0x201, 2, u32(0), u32(4), u32(4)))], KEY),
    value: [],
    dropped: 2,
  },
  {
    name: 'the tracks once more',
    bytes: concatBytes([onePicture, caseInit, onePicture]),
    value: [picture(40, KEY), picture(40, KEY)],
  },
];

export const mp4Cases: readonly Mp4Case[] = [...ours, ...theirs.map((item) => ({ ...item, oneWay: true }))];
