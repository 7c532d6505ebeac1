import { describe, expect, test } from 'vitest';
import { Blocks } from './blocks.ts';

const end = (room: Uint8Array): number => room.byteOffset + room.length;

describe('blocks', () => {
  test('give rooms of the length that was asked for, none of which overlap', () => {
    const blocks = new Blocks();
    const rooms = Array.from({ length: 2000 }, (_, index) => blocks.allocate(index % 300).fill(index));
    for (const [index, room] of rooms.entries()) {
      expect(room).toHaveLength(index % 300);
      expect(room.every((byte) => byte === (index & 255))).toBe(true);
    }
  });

  test('lay rooms side by side, in blocks that grow to 32 KiB and no further', () => {
    const blocks = new Blocks();
    const rooms = Array.from({ length: 1000 }, () => blocks.allocate(100));
    const beside = rooms.filter((room, index) => {
      const before = rooms[index - 1];
      return before?.buffer === room.buffer && end(before) === room.byteOffset;
    });
    const sizes = [...new Set(rooms.map(({ buffer }) => buffer))].map(({ byteLength }) => byteLength);
    expect(sizes).toEqual([1024, 2048, 4096, 8192, 16_384, 32_768, 32_768, 32_768]);
    expect(beside).toHaveLength(rooms.length - sizes.length);
  });

  test('give what is large an allocation of its own', () => {
    const blocks = new Blocks();
    const small = blocks.allocate(8192);
    const large = blocks.allocate(8193);
    expect([small.buffer.byteLength, large.buffer.byteLength]).toEqual([8192, 8193]);
  });
});
