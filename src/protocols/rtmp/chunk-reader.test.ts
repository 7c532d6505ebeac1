import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { concatBytes } from '../../media/bytes/bytes.ts';
import { fromHex, toHex } from '../../media/bytes/hex.ts';
import { SECOND } from '../../media/time.ts';
import { caseLimits, chunkCases, type MessageSummary, refusedChunks } from './cases.ts';
import { ChunkReader } from './chunk-reader.ts';
import type { Message } from './message.ts';

function readAll(reader: ChunkReader, bytes: Uint8Array, now = 0): Message[] {
  reader.push(bytes);
  const messages: Message[] = [];
  for (let message = reader.next(now); message; message = reader.next(now)) messages.push(message);
  return messages;
}

const summary = ({ type, streamId, timestamp, body }: Message): MessageSummary => ({
  type,
  streamId,
  timestamp,
  body: toHex(body),
});

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return 'none';
}

const u24 = (value: number): string => value.toString(16).padStart(6, '0');

describe('the chunk reader', () => {
  test.each(chunkCases)('reads $name', ({ bytes, value }) => {
    expect(readAll(new ChunkReader(caseLimits), bytes).map(summary)).toEqual(value);
  });

  test.each(chunkCases)('reads $name wherever it is cut', ({ bytes, value }) => {
    for (let at = 1; at < bytes.length; at++) {
      const reader = new ChunkReader(caseLimits);
      const messages = [...readAll(reader, bytes.subarray(0, at)), ...readAll(reader, bytes.subarray(at))];
      expect(messages.map(summary)).toEqual(value);
    }
    const reader = new ChunkReader(caseLimits);
    const single = [...bytes].flatMap((byte) => readAll(reader, Uint8Array.of(byte)));
    expect(single.map(summary)).toEqual(value);
  });

  test.each(refusedChunks)('refuses $name', ({ bytes, code }) => {
    expect(codeOf(() => readAll(new ChunkReader(caseLimits), bytes))).toBe(code);
  });

  test('stops between messages when it is not asked for more', () => {
    const reader = new ChunkReader(caseLimits);
    reader.push(fromHex('06 000001 000001 09 01000000 a1 06 000002 000001 09 01000000 a2'));
    expect(reader.next(0)?.timestamp).toBe(1);
    reader.push(fromHex('06 000003 000001 09 01000000 a3'));
    expect([reader.next(0)?.timestamp, reader.next(0)?.timestamp, reader.next(0)]).toEqual([2, 3, undefined]);
  });

  test('leaves what is still to be read where it is when nothing is added', () => {
    const reader = new ChunkReader(caseLimits);
    const bytes = fromHex('03 000000 000002 14 00000000 0102  03 000000 000020 14 00000000' + '55'.repeat(32));
    reader.push(bytes);
    reader.next(0);
    reader.push(new Uint8Array(0));
    expect(reader.next(0)!.body.buffer).toBe(bytes.buffer);
  });

  test('keeps what it found when the bytes it was given are much more', () => {
    const reader = new ChunkReader(caseLimits);
    const filler = fromHex(`06 000001 000080 09 01000000 ${'00'.repeat(128)}`);
    reader.push(concatBytes([fromHex('04 000001 000002 08 01000000 af01'), ...Array<Uint8Array>(400).fill(filler)]));
    const body = reader.next(0)!.body;
    expect(toHex(body)).toBe('af01');
    expect(body.buffer.byteLength).toBeLessThanOrEqual(1024);
  });

  test('takes no memory for what is only announced', () => {
    const reader = new ChunkReader({ ...caseLimits, message: 0xff_ffff, partial: 0x200_0000 });
    const before = process.memoryUsage().arrayBuffers;
    for (let id = 3; id < 64; id++)
      reader.push(fromHex(`${id.toString(16).padStart(2, '0')} 000000 ffffff 09 01000000 a1`));
    expect(readAll(reader, new Uint8Array(0))).toEqual([]);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(128 * 1024);
  });

  test('bounds all unfinished messages together', () => {
    const reader = new ChunkReader({ ...caseLimits, partial: 1000 });
    const part = (id: number): Uint8Array => fromHex(`0${id} 000000 000200 09 01000000 ${'00'.repeat(128)}`);
    for (let id = 3; id < 10; id++) readAll(reader, part(id));
    expect(codeOf(() => readAll(reader, part(2)))).toBe('limit-exceeded');
  });

  test('gives the room of a finished or aborted message back', () => {
    const reader = new ChunkReader({ ...caseLimits, partial: 300 });
    const whole = fromHex(`06 000000 000082 09 01000000 ${'00'.repeat(128)} c6 0000`);
    const half = fromHex(`06 000000 000082 09 01000000 ${'00'.repeat(128)} 02 000000 000004 02 00000000 00000006`);
    for (let i = 0; i < 20; i++) expect(readAll(reader, i % 2 ? whole : half)).toHaveLength(i % 2);
  });

  test('bounds the chunk streams', () => {
    const reader = new ChunkReader({ ...caseLimits, chunkStreams: 4 });
    const open = (id: number): Message[] => readAll(reader, fromHex(`0${id} 000000 000001 09 01000000 a1`));
    for (const id of [2, 3, 4, 5, 2]) expect(open(id)).toHaveLength(1);
    expect(codeOf(() => open(6))).toBe('limit-exceeded');
  });

  test('bounds small chunks a second, whatever makes them small', () => {
    const tiny = fromHex('04 000000 000001 08 01000000 af');
    const reader = new ChunkReader({ ...caseLimits, chunkRate: 10 });
    for (let second = 0; second < 3; second++) {
      for (let i = 0; i < 10; i++) readAll(reader, tiny, second * SECOND);
    }
    expect(codeOf(() => readAll(reader, tiny, 2 * SECOND))).toBe('limit-exceeded');
    const full = fromHex(`04 000000 000080 08 01000000 ${'00'.repeat(128)}`);
    const other = new ChunkReader({ ...caseLimits, chunkRate: 10 });
    for (let i = 0; i < 100; i++) expect(readAll(other, full)).toHaveLength(1);
  });

  test('reads a picture of 8 MiB in chunks of every size', () => {
    const length = 8 * 2 ** 20;
    for (const chunk of [4096, 65_536, 0xff_ffff]) {
      const parts = [fromHex(`02 000000 000004 01 00000000 00${u24(chunk)} 06 000001 ${u24(length)} 09 01000000`)];
      const body = new Uint8Array(length).fill(7);
      for (let at = 0; at < length; at += chunk) {
        if (at > 0) parts.push(Uint8Array.of(0xc6));
        parts.push(body.subarray(at, at + chunk));
      }
      const reader = new ChunkReader({ ...caseLimits, message: 0xff_ffff, partial: 0x200_0000 });
      const bytes = concatBytes(parts);
      const messages: Message[] = [];
      for (let at = 0; at < bytes.length; at += 65_536)
        messages.push(...readAll(reader, bytes.subarray(at, at + 65_536)));
      expect(messages).toHaveLength(1);
      expect(messages[0]!.body.length).toBe(length);
      expect(messages[0]!.body.every((byte) => byte === 7)).toBe(true);
    }
  });
});
