import { describe, expect, test } from 'vitest';
import { type AmfValue, encodeAmf0 } from '../../../src/containers/amf/index.ts';
import { concatBytes } from '../../../src/media/bytes/bytes.ts';
import { chunkSize, command, connect, greeting, say } from './talk.ts';
import { WirePeer } from './wire-peer.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/** The first chunk of a message that is longer. */
function begun(length: number, chunkStream: number, payload = 1): Uint8Array {
  const basic = chunkStream < 64 ? [chunkStream] : [0, chunkStream - 64];
  const header = [...basic, 0, 0, 0, length >> 16, (length >> 8) & 255, length & 255, 9, 1, 0, 0, 0];
  return concatBytes([Uint8Array.from(header), new Uint8Array(payload)]);
}

/** A command whose argument is an array in an array and so on; our own writer would refuse it. */
function nested(depth: number): Uint8Array {
  const opened = Array.from({ length: depth }, () => [0x0a, 0, 0, 0, 1]).flat();
  return say(20, concatBytes([encodeAmf0('createStream', 2, null), Uint8Array.from([...opened, 5])]));
}

describe('ceilings of one connection (reliability 3.0)', () => {
  test.each([
    ['before it may publish', () => WirePeer.connected(), 256 * KIB],
    ['then', () => WirePeer.publishing(), 0xff_ffff],
  ])('a message has so many bytes %s, and no more', (_, make, most) => {
    const peer = make();
    peer.send(chunkSize(0xff_ffff), say(11, new Uint8Array(most), { chunkSize: 0xff_ffff }));
    expect(peer.closed).toBeUndefined();
    if (most === 0xff_ffff) return; // its field ends there
    peer.send(begun(most + 1, 9));
    expect(peer.closed).toBe('limit-exceeded');
  });

  test.each([
    ['8 MiB before it may publish', () => WirePeer.connected(), 8 * MIB, 256 * KIB],
    ['32 MiB then', () => WirePeer.publishing(), 32 * MIB, 4 * MIB],
  ])('unfinished messages are %s together', (_, make, most, length) => {
    const peer = make();
    peer.send(chunkSize(length - 1));
    const count = Math.floor(most / (length - 1));
    for (let id = 0; id < count; id++) peer.send(begun(length, 10 + id, length - 1));
    expect(peer.closed).toBeUndefined();
    peer.send(begun(length, 10 + count, length - 1));
    expect(peer.closed).toBe('limit-exceeded');
  });

  test('64 chunk streams are open, and no more', () => {
    const peer = WirePeer.connected();
    // Commands have one already.
    for (let id = 0; id < 63; id++) peer.send(begun(200, 10 + id, 128));
    expect(peer.closed).toBeUndefined();
    peer.send(begun(200, 100, 128));
    expect(peer.closed).toBe('limit-exceeded');
  });

  test.each<[string, AmfValue[], AmfValue[]]>([
    ['a command has 4096 values', [Array(4000).fill(0)], [Array(4100).fill(0)]],
    ['a text has 64 KiB', ['x'.repeat(64 * KIB - 1)], ['x'.repeat(64 * KIB + 1)]],
  ])('%s, and no more', (_, good, bad) => {
    const peer = new WirePeer();
    peer.send(greeting, connect(), command('createStream', 2, null, ...good));
    expect(peer.closed).toBeUndefined();
    peer.send(command('createStream', 3, null, ...bad));
    expect(peer.closed).toBe('limit-exceeded');
  });

  test('values nest 32 deep, and no more', () => {
    const peer = WirePeer.connected();
    peer.send(nested(31));
    expect(peer.closed).toBeUndefined();
    peer.send(nested(10_000));
    expect(peer.closed).toBe('limit-exceeded');
  });

  test('a command has 256 KiB, also where its parts are small', () => {
    const peer = WirePeer.publishing();
    peer.send(say(20, encodeAmf0('x', 0, null, ...Array<string>(5).fill('y'.repeat(60 * KIB)))));
    expect(peer.closed).toBe('limit-exceeded');
    expect(peer.talk.codes.at(-1)).toBe('NetStream.Publish.Failed');
  });
});
