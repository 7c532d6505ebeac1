import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../../src/media/bytes/bytes.ts';
import { toHex } from '../../../src/media/bytes/hex.ts';
import { startServer, until } from '../../servers.ts';
import { captures } from './captures.ts';
import { SocketPeer } from './socket-peer.ts';
import { connect, greeting, PACKET } from './talk.ts';
import { WirePeer } from './wire-peer.ts';

const c1 = Uint8Array.from({ length: PACKET }, (_, index) => (index < 8 ? 0 : (index * 7) & 0xff));

const hmac = (key: Uint8Array | string, data: Uint8Array): Uint8Array =>
  createHmac('sha256', key).update(data).digest();
const PLAYER = 'Genuine Adobe Flash Player 001';
const SERVER = 'Genuine Adobe Flash Media Server 001';
const SERVER_FULL = Buffer.concat([
  Buffer.from(SERVER),
  Buffer.from('f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae', 'hex'),
]);

/** The digest that a packet holds, by whichever scheme; undefined where neither is right. */
function digestOf(packet: Uint8Array, key: string): { scheme: number; digest: Uint8Array } | undefined {
  for (const [scheme, base] of [8, 772].entries()) {
    const sum = packet.subarray(base, base + 4).reduce((all, byte) => all + byte, 0);
    const at = (sum % 728) + base + 4;
    const digest = packet.subarray(at, at + 32);
    const rest = concatBytes([packet.subarray(0, at), packet.subarray(at + 32)]);
    if (toHex(hmac(key, rest)) === toHex(digest)) return { scheme, digest };
  }
  return undefined;
}

describe('C-RTMP-01 the handshake', () => {
  test.each([0, 3, 6, 31])('C-RTMP-01 answers version %i with 3, and echoes the client’s packet', (version) => {
    const peer = new WirePeer();
    peer.send(concatBytes([Uint8Array.of(version), c1]));
    expect(peer.talk.handshake[0]).toBe(3);
    expect(toHex(peer.talk.handshake.subarray(1 + PACKET))).toBe(toHex(c1));
  });

  test('C-RTMP-01 closes at a first byte of 32 and more', async () => {
    const { server, log } = await startServer();
    for (const text of ['GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01', ' ']) {
      const peer = await SocketPeer.open(server.rtmp.port);
      peer.send(new TextEncoder().encode(text));
      if (text[0]! >= ' ') await peer.closed();
      expect(peer.talk.handshake.length).toBe(0);
    }
    // The second is counted, and told a little later.
    await until('both are told', () => log.filter(({ fields }) => fields['code'] === 'protocol-error').length === 2);
  });

  test.each(['ffmpeg-publish', 'nginx-push'])('C-RTMP-01 answers the digest of %s with digests of its own', (name) => {
    const { bytes } = captures.find((capture) => capture.name === name)!;
    const peer = new WirePeer();
    peer.send(bytes.subarray(0, 1 + PACKET));
    const [s1, s2] = [peer.talk.handshake.subarray(1, 1 + PACKET), peer.talk.handshake.subarray(1 + PACKET)];
    const [theirs, ours] = [digestOf(bytes.subarray(1, 1 + PACKET), PLAYER), digestOf(s1, SERVER)];
    expect([theirs?.scheme, ours?.scheme]).toEqual([ours?.scheme, theirs?.scheme]);
    const key = hmac(SERVER_FULL, theirs!.digest);
    expect(toHex(s2.subarray(PACKET - 32))).toBe(toHex(hmac(key, s2.subarray(0, PACKET - 32))));
  });

  test.each(captures)('C-RTMP-01 takes that of $name, and understands what follows', ({ action, bytes }) => {
    const peer = new WirePeer();
    peer.send(bytes);
    expect(peer.closed).toBeUndefined();
    expect(peer.events[0]).toMatchObject({ type: action });
    if (action === 'publish') expect(peer.frames.length).toBeGreaterThan(3);
  });
});

describe('C-RTMP-02 the packets of the handshake', () => {
  test('C-RTMP-02 may come in one piece, with the first command', () => {
    const peer = new WirePeer();
    peer.send(concatBytes([greeting, connect()]));
    expect(peer.talk.codes).toEqual(['NetConnection.Connect.Success']);
  });

  test('C-RTMP-02 may come one byte at a time', async () => {
    const { server } = await startServer();
    const peer = await SocketPeer.open(server.rtmp.port);
    for (const byte of concatBytes([greeting, connect()])) {
      peer.send(Uint8Array.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await peer.told('NetConnection.Connect.Success');
  });

  test.each(captures)('C-RTMP-02 of $name give the same events wherever they are cut', ({ bytes }) => {
    const whole = new WirePeer();
    whole.send(bytes);
    for (const size of [1, 7, 100, 1460]) {
      const peer = new WirePeer();
      for (let at = 0; at < bytes.length; at += size) peer.send(bytes.subarray(at, at + size));
      expect(peer.events).toEqual(whole.events);
    }
  });
});
