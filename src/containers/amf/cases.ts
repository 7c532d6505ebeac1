import { fromHex } from '../../media/bytes/hex.ts';
import { AmfDate, type AmfValue } from './value.ts';

export interface AmfCase {
  name: string;
  bytes: Uint8Array;
  value: AmfValue[];
  /** True where the encoder writes the same values in other bytes. */
  oneWay?: boolean;
}

/** Two messages as FFmpeg 5.1 and OBS send them, and every type by itself. */
export const amf0Cases: AmfCase[] = [
  { name: 'no values', bytes: fromHex(''), value: [] },
  { name: 'a number', bytes: fromHex('00 3ff0000000000000'), value: [1] },
  { name: 'a number below zero', bytes: fromHex('00 c059000000000000'), value: [-100] },
  { name: 'infinity', bytes: fromHex('00 7ff0000000000000'), value: [Infinity] },
  { name: 'true and false', bytes: fromHex('01 01 01 00'), value: [true, false] },
  { name: 'any other byte as true', bytes: fromHex('01 7f'), value: [true], oneWay: true },
  { name: 'an empty string', bytes: fromHex('02 0000'), value: [''] },
  { name: 'a string in UTF-8', bytes: fromHex('02 0006 e79bb4e692ad'), value: ['直播'] },
  { name: 'a string with a byte order mark', bytes: fromHex('02 0004 efbbbf61'), value: ['\u{feff}a'] },
  { name: 'a string that is not UTF-8', bytes: fromHex('02 0002 61ff'), value: ['a\u{fffd}'], oneWay: true },
  { name: 'null', bytes: fromHex('05'), value: [null] },
  { name: 'undefined', bytes: fromHex('06'), value: [undefined] },
  { name: 'the unsupported marker', bytes: fromHex('0d'), value: [undefined], oneWay: true },
  { name: 'a date', bytes: fromHex('0b 4276311155200000 0000'), value: [new AmfDate(1_525_000_000_000)] },
  { name: 'a date with a zone', bytes: fromHex('0b 0000000000000000 ffc4'), value: [new AmfDate(0, -60)] },
  { name: 'an empty object', bytes: fromHex('03 000009'), value: [{}] },
  {
    name: 'an object',
    bytes: fromHex('03 0003 617070 02 0004 6c697665 0001 6e 00 4000000000000000 000009'),
    value: [{ app: 'live', n: 2 }],
  },
  { name: 'an empty name', bytes: fromHex('03 0000 05 000009'), value: [{ '': null }] },
  { name: 'a strict array', bytes: fromHex('0a 00000002 0101 05'), value: [[true, null]] },
  { name: 'nested arrays', bytes: fromHex('0a 00000001 0a 00000001 0a 00000000'), value: [[[[]]]] },
  { name: 'an ECMA array', bytes: fromHex('08 00000001 0001 61 0101 000009'), value: [{ a: true }], oneWay: true },
  {
    name: 'an ECMA array that says 0',
    bytes: fromHex('08 00000000 0001 61 05 000009'),
    value: [{ a: null }],
    oneWay: true,
  },
  {
    name: 'an ECMA array that says 4 294 967 295',
    bytes: fromHex('08 ffffffff 0001 61 05 000009'),
    value: [{ a: null }],
    oneWay: true,
  },
  {
    name: 'an ECMA array without its end',
    bytes: fromHex('08 00000001 0001 61 0101'),
    value: [{ a: true }],
    oneWay: true,
  },
  { name: 'a long string', bytes: fromHex('0c 00000002 6869'), value: ['hi'], oneWay: true },
  { name: 'XML', bytes: fromHex('0f 00000004 3c612f3e'), value: ['<a/>'], oneWay: true },
  { name: 'a typed object', bytes: fromHex('10 0001 43 0001 61 05 000009'), value: [{ a: null }], oneWay: true },
  {
    name: 'a reference to an earlier object',
    bytes: fromHex('03 0001 61 05 000009 07 0000'),
    value: [{ a: null }, { a: null }],
    oneWay: true,
  },
  {
    name: 'a connect command',
    bytes: fromHex(`02 0007 636f6e6e656374 00 3ff0000000000000 03
      0003 617070 02 0004 6c697665
      0008 666c61736856 6572 02 0004 74657374
      0004 66706164 01 00
      000e 6f626a656374456e636f64696e67 00 0000000000000000
      000009`),
    value: ['connect', 1, { app: 'live', flashVer: 'test', fpad: false, objectEncoding: 0 }],
  },
  {
    name: 'metadata of FFmpeg',
    bytes: fromHex(`02000a6f6e4d65746144617461080000000d00086475726174696f6e004008a3d70a3d70a40005776964746800407400
      00000000000006686569676874004066800000000000000d766964656f646174617261746500000000000000000000096672616d65726174
      65004039000000000000000c766964656f636f646563696400401c000000000000000d617564696f6461746172617465004050d880000000
      00000f617564696f73616d706c65726174650040e5888000000000000f617564696f73616d706c6573697a65004030000000000000000673
      746572656f0100000c617564696f636f64656369640040240000000000000007656e636f64657202000d4c61766635392e32372e31303000
      0866696c6573697a650040fdf2d000000000000009`),
    value: [
      'onMetaData',
      {
        duration: 3.08,
        width: 320,
        height: 180,
        videodatarate: 0,
        framerate: 25,
        videocodecid: 7,
        audiodatarate: 67.3828125,
        audiosamplerate: 44_100,
        audiosamplesize: 16,
        stereo: false,
        audiocodecid: 10,
        encoder: 'Lavf59.27.100',
        filesize: 122_669,
      },
    ],
    oneWay: true,
  },
];

/** Values in AMF3, each behind the switch 0x11 of AMF0. */
export const amf3Cases: AmfCase[] = [
  { name: 'undefined', bytes: fromHex('11 00'), value: [undefined] },
  { name: 'null, false, true', bytes: fromHex('11 01 11 02 11 03'), value: [null, false, true] },
  { name: 'an integer of one byte', bytes: fromHex('11 04 7f'), value: [127] },
  { name: 'an integer of two bytes', bytes: fromHex('11 04 8100'), value: [128] },
  { name: 'an integer of three bytes', bytes: fromHex('11 04 818000'), value: [16_384] },
  { name: 'the largest integer', bytes: fromHex('11 04 bfffffff'), value: [268_435_455] },
  { name: 'an integer below zero', bytes: fromHex('11 04 ffffffff'), value: [-1] },
  { name: 'a double', bytes: fromHex('11 05 3ff8000000000000'), value: [1.5] },
  { name: 'a string', bytes: fromHex('11 06 05 6869'), value: ['hi'] },
  { name: 'a string and a reference to it', bytes: fromHex('11 09 0501 06056869 0600'), value: [['hi', 'hi']] },
  { name: 'a reference over two values', bytes: fromHex('11 06 05 6869 11 06 00'), value: ['hi', 'hi'] },
  {
    name: 'a reference to the third string',
    bytes: fromHex('11 09 0901 060361 060362 060363 0604'),
    value: [['a', 'b', 'c', 'c']],
  },
  { name: 'a date', bytes: fromHex('11 08 01 408f400000000000'), value: [new AmfDate(1000)] },
  { name: 'a dense array', bytes: fromHex('11 09 0501 0401 0402'), value: [[1, 2]] },
  { name: 'an array with names', bytes: fromHex('11 09 03 0361 0401 01 0402'), value: [{ a: 1, 0: 2 }] },
  { name: 'an anonymous object', bytes: fromHex('11 0a 0b 01 0361 0401 01'), value: [{ a: 1 }] },
  { name: 'an object with sealed names', bytes: fromHex('11 0a 13 0343 0361 0401'), value: [{ a: 1 }] },
  {
    name: 'two objects with the same traits',
    bytes: fromHex('11 09 0501 0a 13 01 0361 0401 0a 01 0402'),
    value: [[{ a: 1 }, { a: 2 }]],
  },
  { name: 'bytes', bytes: fromHex('11 0c 07 010203'), value: [Uint8Array.of(1, 2, 3)] },
  { name: 'an XML document', bytes: fromHex('11 07 09 3c612f3e'), value: ['<a/>'] },
  { name: 'XML', bytes: fromHex('11 0b 09 3c612f3e'), value: ['<a/>'] },
  { name: 'a vector of integers', bytes: fromHex('11 0d 05 00 00000001 ffffffff'), value: [[1, -1]] },
  { name: 'a vector of unsigned integers', bytes: fromHex('11 0e 03 00 ffffffff'), value: [[4_294_967_295]] },
  { name: 'a vector of doubles', bytes: fromHex('11 0f 03 00 3ff8000000000000'), value: [[1.5]] },
  { name: 'a vector of objects', bytes: fromHex('11 10 03 00 01 0401'), value: [[1]] },
  { name: 'a dictionary', bytes: fromHex('11 11 03 00 060361 0401'), value: [[['a', 1]]] },
  { name: 'an object that comes twice', bytes: fromHex('11 09 0501 090101 0902'), value: [[[], []]] },
  { name: 'AMF3 inside an AMF0 object', bytes: fromHex('03 0001 61 11 0401 000009 05'), value: [{ a: 1 }, null] },
];

export interface RefusedCase {
  name: string;
  bytes: Uint8Array;
  code: 'protocol-error' | 'limit-exceeded';
}

const repeat = (hex: string, count: number): Uint8Array => fromHex(hex.replaceAll(' ', '').repeat(count));
const join = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

/** What no peer may send. */
export const refusedCases: RefusedCase[] = [
  { name: 'a type that AMF0 does not have', bytes: fromHex('12'), code: 'protocol-error' },
  { name: 'a movie clip', bytes: fromHex('04'), code: 'protocol-error' },
  { name: 'an end without a begin', bytes: fromHex('09'), code: 'protocol-error' },
  { name: 'a number that is cut off', bytes: fromHex('00 3ff00000'), code: 'protocol-error' },
  { name: 'a string that is cut off', bytes: fromHex('02 0005 6869'), code: 'protocol-error' },
  { name: 'an object that is cut off', bytes: fromHex('03 0001 61 05'), code: 'protocol-error' },
  { name: 'a strict array that is cut off', bytes: fromHex('0a 00000003 05 05'), code: 'protocol-error' },
  { name: 'a strict array of 4 294 967 295 values', bytes: fromHex('0a ffffffff'), code: 'limit-exceeded' },
  { name: 'a string of 4 294 967 295 bytes', bytes: fromHex('0c ffffffff'), code: 'limit-exceeded' },
  { name: 'arrays 10 000 deep', bytes: repeat('0a 00000001', 10_000), code: 'limit-exceeded' },
  { name: 'objects 10 000 deep', bytes: repeat('03 0001 61', 10_000), code: 'limit-exceeded' },
  { name: 'ECMA arrays 10 000 deep', bytes: repeat('08 00000001 0001 61', 10_000), code: 'limit-exceeded' },
  { name: 'AMF3 arrays 10 000 deep', bytes: join(fromHex('11'), repeat('09 0301', 10_000)), code: 'limit-exceeded' },
  {
    name: 'AMF3 dictionaries 10 000 deep',
    bytes: join(fromHex('11'), repeat('11 0300', 10_000)),
    code: 'limit-exceeded',
  },
  { name: '5 000 values', bytes: repeat('05', 5000), code: 'limit-exceeded' },
  { name: 'five strings of 60 000 bytes', bytes: repeat(`02 ea60 ${'61'.repeat(60_000)}`, 5), code: 'limit-exceeded' },
  { name: 'a reference to nothing', bytes: fromHex('07 0000'), code: 'protocol-error' },
  { name: 'an object that refers to itself', bytes: fromHex('03 0001 61 07 0000 000009'), code: 'protocol-error' },
  { name: 'an AMF3 array that refers to itself', bytes: fromHex('11 09 0301 0900'), code: 'protocol-error' },
  {
    name: 'references that double thirty times over',
    bytes: join(
      fromHex('0a 00000001 05'),
      ...Array.from({ length: 30 }, (_, i) => Uint8Array.of(0x0a, 0, 0, 0, 2, 7, 0, i, 7, 0, i)),
    ),
    code: 'limit-exceeded',
  },
  {
    name: 'one long AMF3 string a hundred times',
    bytes: join(fromHex('11 09 814b 01 06 868d21'), repeat('61', 50_000), repeat('06 00', 100)),
    code: 'limit-exceeded',
  },
  { name: 'an AMF3 string reference to nothing', bytes: fromHex('11 06 02'), code: 'protocol-error' },
  { name: 'an AMF3 traits reference to nothing', bytes: fromHex('11 0a 01'), code: 'protocol-error' },
  { name: 'an AMF3 object that reads itself', bytes: fromHex('11 0a 07 0343'), code: 'protocol-error' },
  { name: 'a type that AMF3 does not have', bytes: fromHex('11 12'), code: 'protocol-error' },
  { name: 'an AMF3 vector of 268 435 455 values', bytes: fromHex('11 0d ffffffff 00'), code: 'limit-exceeded' },
];
