import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../errors.ts';
import { concatBytes, equalBytes } from '../../media/bytes/bytes.ts';
import { toHex } from '../../media/bytes/hex.ts';
import { type HandshakeCase, handshakeCases, noise } from './cases.ts';
import { ClientHandshake, type HandshakeTools, PACKET, ServerHandshake } from './handshake.ts';

const RANDOM = noise(PACKET, 7);
const tools: HandshakeTools = {
  hmac: (key, data) => createHmac('sha256', key).update(data).digest(),
  random: (length) => RANDOM.slice(0, length),
};

const captures = join(import.meta.dirname, '../../../test/conformance/rtmp/captures');
const captured = (name: string): Uint8Array => new Uint8Array(readFileSync(join(captures, `${name}.bin`)));
/** C0 and C1 as real programs sent them; the digests were made by those programs. */
const real: HandshakeCase[] = [
  { name: 'FFmpeg, with a digest', bytes: captured('ffmpeg-publish').subarray(0, 1 + PACKET), value: 'digest' },
  {
    name: 'the RTMP module of nginx, with a digest',
    bytes: captured('nginx-push').subarray(0, 1 + PACKET),
    value: 'digest',
  },
  { name: 'rtmpdump', bytes: captured('rtmpdump-play').subarray(0, 1 + PACKET), value: 'plain' },
  { name: 'GStreamer', bytes: captured('gstreamer-publish').subarray(0, 1 + PACKET), value: 'plain' },
];
const cases = [...handshakeCases, ...real];

function answerTo(chunks: Uint8Array[]): Uint8Array {
  const handshake = new ServerHandshake(tools);
  return concatBytes([new Uint8Array(0), ...chunks.map((chunk) => handshake.push(chunk).send)]);
}

function kindOf(answer: Uint8Array, bytes: Uint8Array): string {
  expect(answer.length).toBe(1 + 2 * PACKET);
  expect(answer[0]).toBe(3);
  const echoed = toHex(answer.subarray(1 + PACKET)) === toHex(bytes.subarray(1, 1 + PACKET));
  return echoed ? 'plain' : 'digest';
}

describe('the server handshake', () => {
  test.each(cases)('answers $name', ({ bytes, value }) => {
    expect(kindOf(answerTo([bytes]), bytes)).toBe(value);
  });

  test.each(cases)('answers $name the same wherever it is cut', ({ bytes }) => {
    const whole = answerTo([bytes]);
    const same = (at: number): boolean => equalBytes(answerTo([bytes.subarray(0, at), bytes.subarray(at)]), whole);
    for (let at = 1; at < bytes.length; at++) if (!same(at)) expect.fail(`not when it is cut at ${at}`);
  });

  test('says nothing before the first packet is whole', () => {
    expect(answerTo([handshakeCases[0]!.bytes.subarray(0, PACKET)])).toHaveLength(0);
  });

  test('hands over what comes behind the second packet, once it is whole', () => {
    const handshake = new ServerHandshake(tools);
    const { bytes } = handshakeCases[0]!;
    expect(handshake.push(bytes).rest).toBeUndefined();
    expect(handshake.push(noise(PACKET - 1)).rest).toBeUndefined();
    expect(toHex(handshake.push(Uint8Array.of(0, 1, 2, 3)).rest!)).toBe('010203');
  });

  test('takes everything in one piece', () => {
    const { send, rest } = new ServerHandshake(tools).push(concatBytes([handshakeCases[0]!.bytes, noise(PACKET + 2)]));
    expect([send.length, rest?.length]).toEqual([1 + 2 * PACKET, 2]);
  });

  test.each([32, 0x47, 0x80, 255])('refuses a first byte of %i at once', (byte) => {
    expect(() => new ServerHandshake(tools).push(Uint8Array.of(byte))).toThrow(ProtocolError);
  });
});

describe('the client handshake', () => {
  test('and that of the server come to an end with each other, wherever the bytes are cut', () => {
    const client = new ClientHandshake(tools);
    const server = new ServerHandshake(tools);
    const { send } = server.push(client.start());
    for (const byte of send.subarray(0, -1)) expect(client.push(Uint8Array.of(byte))).toBeUndefined();
    const done = client.push(Uint8Array.of(send.at(-1)!, 9, 9));
    expect(toHex(done!.rest)).toBe('0909');
    expect(toHex(done!.send)).toBe(toHex(send.subarray(1, 1 + PACKET)));
    expect(server.push(done!.send).rest).toHaveLength(0);
  });

  test('refuses a server of another version', () => {
    expect(() => new ClientHandshake(tools).push(Uint8Array.of(0x48))).toThrow(ProtocolError);
  });
});
