import { describe, expect, test } from 'vitest';
import { fromHex, toHex } from '../../media/bytes/hex.ts';
import type { Track } from '../../media/frame.ts';
import { codecSamples, sample } from '../contract-samples.ts';
import { type Box, boxesIn, childOf, childrenOf } from './box-reader.ts';
import { boxType } from './box-type.ts';
import { entryCases } from './entry-cases.ts';
import { initSegment } from './init.ts';

const moovOf = (tracks: readonly Track[]): Box[] => childrenOf(boxesIn(initSegment(tracks)), boxType('moov'));

describe('an init segment', () => {
  test('of one track, byte by byte', () => {
    const { track } = codecSamples.find(({ track: { codec } }) => codec === 'pcma')!;
    const golden = `
      00000020 66747970 69736f35 00000000 69736f35 69736f36 6d703431 636d6632
      00000205 6d6f6f76
        0000006c 6d766864 00000000 00000000 00000000 000003e8 00000000 00010000 0100 ${'00'.repeat(10)}
          00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000 40000000 ${'00'.repeat(24)} 00000003
        00000169 7472616b
          0000005c 746b6864 00000003 00000000 00000000 00000002 00000000 00000000 ${'00'.repeat(8)} 0000 0000 0100 0000
            00010000 00000000 00000000 00000000 00010000 00000000 00000000 00000000 40000000 00000000 00000000
          00000105 6d646961
            00000020 6d646864 00000000 00000000 00000000 000f4240 00000000 55c4 0000
            00000021 68646c72 00000000 00000000 736f756e ${'00'.repeat(12)} 00
            000000bc 6d696e66
              00000010 736d6864 00000000 00000000
              00000024 64696e66 0000001c 64726566 00000000 00000001 0000000c 75726c20 00000001
              00000080 7374626c
                00000034 73747364 00000000 00000001
                  00000024 616c6177 000000000000 0001 0000000000000000 0001 0010 00000000 1f400000
                00000010 73747473 00000000 00000000
                00000010 73747363 00000000 00000000
                00000014 7374737a 00000000 00000000 00000000
                00000010 7374636f 00000000 00000000
        00000028 6d766578 00000020 74726578 00000000 00000002 00000001 00000000 00000000 02000000`;
    expect(toHex(initSegment([track]))).toBe(toHex(fromHex(golden)));
  });

  test('has a track for each that MP4 can carry, under its own number, and a number that is free', () => {
    const further = { ...sample.audio, id: 0x201 };
    const boxes = moovOf([sample.video, sample.data, further]);
    const ids = boxes.flatMap(({ type, body }) => {
      const tkhd = type === boxType('trak') ? childOf(boxesIn(body), boxType('tkhd'))! : undefined;
      return tkhd ? [new DataView(tkhd.buffer, tkhd.byteOffset).getUint32(12)] : [];
    });
    expect(ids).toEqual([1, 0x201]);
    const mvhd = childOf(boxes, boxType('mvhd'))!;
    expect(new DataView(mvhd.buffer, mvhd.byteOffset).getUint32(96)).toBe(0x202);
    expect(childrenOf(boxes, boxType('mvex'))).toHaveLength(2);
  });

  test('shows pictures whose samples are not square as wide as they are meant', () => {
    const { track } = entryCases.find(({ name }) => name.includes('not square'))!;
    const tkhd = childOf(childrenOf(moovOf([track]), boxType('trak')), boxType('tkhd'))!;
    const view = new DataView(tkhd.buffer, tkhd.byteOffset);
    expect(view.getUint32(76) / 2 ** 16).toBeCloseTo((320 * 4) / 3, 3);
    expect(view.getUint32(80) / 2 ** 16).toBe(180);
  });

  test('of no track is one all the same', () => {
    expect(moovOf([]).map(({ type }) => type)).toEqual([boxType('mvhd'), boxType('mvex')]);
  });
});
