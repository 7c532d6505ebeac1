import { describe, expect, test } from 'vitest';
import { concatBytes } from '../bytes/bytes.ts';
import { fromHex } from '../bytes/hex.ts';
import { opusPacketCases } from './audio-cases.ts';
import { parseOpusPacket } from './opus-packet.ts';

/** ms of a frame by its configuration, as RFC 6716 has it in table 2. */
const FRAME_MS = [
  ...[10, 20, 40, 60, 10, 20, 40, 60, 10, 20, 40, 60],
  ...[10, 20, 10, 20],
  ...[2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20, 2.5, 5, 10, 20],
];

describe('an Opus packet', () => {
  test.each(opusPacketCases)('$name', ({ bytes, value, streams }) => {
    expect(parseOpusPacket(bytes, streams)?.samples).toBe(value);
  });

  test.each(opusPacketCases)('$name: each beginning lasts as long, or is none', ({ bytes, value, streams }) => {
    let whole = value;
    for (let length = 0; length < Math.min(bytes.length, 300); length++) {
      const samples = parseOpusPacket(bytes.subarray(0, length), streams)?.samples;
      if (samples !== undefined) expect(samples).toBe((whole ??= samples));
    }
  });

  test('of each configuration lasts as long as its frames', () => {
    const packets = FRAME_MS.map((_, config) => Uint8Array.of(config << 3, 1, 2, 3));
    expect(packets.map((packet) => parseOpusPacket(packet)!.samples / 48)).toEqual(FRAME_MS);
  });

  test('is stereo where its first byte says so', () => {
    expect(parseOpusPacket(fromHex('fc0102'))).toEqual({ samples: 960, stereo: true });
    expect(parseOpusPacket(fromHex('f80102'))).toEqual({ samples: 960, stereo: false });
  });

  test('of two streams needs the lengths of the first one, and both to be as long', () => {
    const [first, second] = [fromHex('f802aabb'), fromHex('f8cc')];
    expect(parseOpusPacket(concatBytes([first, second]), 2)?.samples).toBe(960);
    expect(parseOpusPacket(concatBytes([first, fromHex('f0cc')]), 2)).toBeUndefined();
    expect(parseOpusPacket(first, 2)).toBeUndefined();
    expect(parseOpusPacket(fromHex('f803aabb'), 2)).toBeUndefined();
  });
});
