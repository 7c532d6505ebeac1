import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../media/bytes/bytes.ts';
import { fromHex, toHex } from '../../media/bytes/hex.ts';
import { caseLimits, chunkCases, noise } from './cases.ts';
import { ChunkReader } from './chunk-reader.ts';
import { OUT_CHUNK, writeMessage } from './chunk-writer.ts';

describe('the chunk writer', () => {
  test.each(chunkCases.filter(({ chunkSize }) => chunkSize !== undefined))('writes $name', (item) => {
    const written = item.value.map(({ type, streamId, timestamp, body }) =>
      writeMessage({ chunkStream: 6, type, streamId, timestamp, head: fromHex(body) }, item.chunkSize),
    );
    expect(toHex(concatBytes(written))).toBe(toHex(item.bytes));
  });

  test('writes the same, however the body is split in two', () => {
    const body = noise(500);
    const message = { chunkStream: 6, type: 9, streamId: 1, timestamp: 0x100_0000 };
    const whole = toHex(writeMessage({ ...message, head: body }, 128));
    for (let at = 0; at <= body.length; at++) {
      const split = { ...message, head: body.subarray(0, at), data: body.subarray(at) };
      expect(toHex(writeMessage(split, 128))).toBe(whole);
    }
  });

  test.each([0, 1, 127, 128, 129, 256, OUT_CHUNK, OUT_CHUNK + 1, 3 * OUT_CHUNK])(
    'writes a body of %i bytes that is read again, whatever its time (C-RTMP-06)',
    (length) => {
      for (const timestamp of [0, 0xff_fffe, 0xff_ffff, 0x100_0000, 0xffff_ffff]) {
        const reader = new ChunkReader(caseLimits);
        const body = noise(length);
        reader.push(fromHex('02 000000 000004 01 00000000 00010000'));
        reader.push(
          writeMessage({
            chunkStream: 4,
            type: 8,
            streamId: 1,
            timestamp,
            head: body.subarray(0, 2),
            data: body.subarray(2),
          }),
        );
        const message = reader.next(0);
        if (length === 0) expect(message).toBeUndefined();
        else expect(message).toEqual({ type: 8, streamId: 1, timestamp, body });
      }
    },
  );
});
