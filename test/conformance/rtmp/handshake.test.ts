import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../../src/media/bytes/bytes.ts';
import { toHex } from '../../../src/media/bytes/hex.ts';
import { startServer } from '../../servers.ts';
import { captures } from './captures.ts';
import { SocketPeer } from './socket-peer.ts';
import { connect, greeting, PACKET } from './talk.ts';
import { WirePeer } from './wire-peer.ts';

const c1 = Uint8Array.from({ length: PACKET }, (_, index) => (index < 8 ? 0 : (index * 7) & 0xff));

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
    expect(log.filter(({ fields }) => fields['code'] === 'protocol-error')).toHaveLength(2);
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
