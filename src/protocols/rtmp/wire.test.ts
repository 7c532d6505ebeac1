import { describe, expect, test } from 'vitest';
import { frameOf, sample } from '../../containers/contract-samples.ts';
import { flvBody, flvConfigBody } from '../../containers/flv/index.ts';
import { RoomcastError } from '../../errors.ts';
import { SECOND } from '../../media/time.ts';
import { say } from '../../../test/conformance/rtmp/talk.ts';
import { WirePeer } from '../../../test/conformance/rtmp/wire-peer.ts';

const config = say(9, flvConfigBody(sample.video)!, { chunkStream: 6 });
const picture = (ms: number): Uint8Array =>
  say(9, flvBody(frameOf(sample.video, { ms, key: true })), { chunkStream: 6, timestamp: ms });

describe('the deadlines of the wire', () => {
  test('a peer that says nothing has the idle time', () => {
    const peer = new WirePeer();
    expect(peer.wire.deadline()).toBe(5 * SECOND);
    expect(peer.pass(5 * SECOND - 1)).toEqual([]);
    expect(peer.pass(1)).toMatchObject([{ type: 'close', error: { code: 'time-out' } }]);
  });

  test('a peer that dribbles has the whole time and no more', () => {
    const peer = new WirePeer();
    peer.send(Uint8Array.of(3));
    for (let second = 0; second < 9; second++) {
      expect(peer.pass(SECOND)).toEqual([]);
      peer.send(Uint8Array.of(0));
    }
    expect(peer.pass(SECOND)).toMatchObject([{ type: 'close' }]);
    expect(peer.pass(SECOND)).toEqual([]);
  });

  test('a publisher is lost without media, and only then', () => {
    const peer = WirePeer.publishing();
    peer.send(config);
    for (let second = 0; second < 60; second++) {
      expect(peer.pass(SECOND)).toEqual([]);
      peer.send(picture(second * 1000));
    }
    expect(peer.pass(10 * SECOND)).toMatchObject([{ type: 'close', error: { code: 'time-out' } }]);
    expect(peer.talk.codes.at(-1)).toBe('NetStream.Publish.Failed');
  });

  test('a player has none', () => {
    const peer = WirePeer.connected();
    peer.say('play', 3, null, 'a');
    expect(peer.wire.deadline()).toBeUndefined();
  });

  test('one that leaves has the time of a newcomer', () => {
    const peer = WirePeer.publishing();
    peer.send(config);
    peer.pass(8 * SECOND);
    peer.send(picture(0));
    peer.pass(8 * SECOND);
    peer.say('FCUnpublish', 4, null, 'a');
    expect(peer.wire.deadline()).toBe(peer.now + 5 * SECOND);
  });

  test('nobody is timed while the hub thinks', () => {
    const { wire } = WirePeer.connected();
    wire.receive(say(20, Uint8Array.from(publish)), 0);
    expect([wire.state, wire.deadline()]).toEqual(['asking', undefined]);
  });
});

describe('the wire', () => {
  test('keeps what came before an error', () => {
    const peer = WirePeer.publishing();
    const bytes = Buffer.concat([config, picture(0), Uint8Array.of(0xff, 1, 2, 3)]);
    expect(peer.send(bytes).map(({ type }) => type)).toEqual(['track', 'frame', 'close']);
  });

  test('is silent once it is over', () => {
    const peer = WirePeer.publishing();
    peer.wire.finish('kicked', new RoomcastError('kicked'));
    peer.wire.toSend();
    expect(peer.send(picture(0))).toEqual([]);
    expect([peer.wire.finish('ended'), peer.wire.accept(0), peer.wire.toSend()]).toEqual([false, [], []]);
  });

  test('bounds what comes while the hub thinks', () => {
    const { wire } = WirePeer.connected({}, { early: { chunkStreams: 9, chunkRate: 1e6, message: 1e5, partial: 1e5 } });
    expect(wire.receive(say(20, Uint8Array.from(publish)), 0)).toMatchObject([{ type: 'publish' }]);
    expect(wire.state).toBe('asking');
    expect(wire.receive(new Uint8Array(1e5), 0)).toEqual([]);
    expect(wire.receive(new Uint8Array(1), 0)).toMatchObject([{ type: 'close', error: { code: 'limit-exceeded' } }]);
  });

  test.each([{}, { capsEx: 1 }])('a peer that the hub ends while it thinks is told why, and no more: %o', (offer) => {
    const peer = WirePeer.connected(offer);
    peer.wire.receive(say(20, Uint8Array.from(publish)), 0);
    expect(peer.wire.finish('shutdown', new RoomcastError('shutting-down'))).toBe(false);
    for (const bytes of peer.wire.toSend()) peer.talk.hear(bytes);
    expect(peer.talk.codes.slice(1)).toEqual(['NetStream.Publish.Denied']);
  });

  test('obeys limits of a publisher only once it is one', () => {
    const large = say(9, new Uint8Array(300_000), { chunkStream: 6 });
    const early = WirePeer.connected();
    early.send(large);
    expect(early.closed).toBe('limit-exceeded');
    const admitted = WirePeer.publishing();
    admitted.send(large);
    expect(admitted.closed).toBeUndefined();
    admitted.say('FCUnpublish', 4, null, 'a');
    admitted.send(large);
    expect(admitted.closed).toBe('limit-exceeded');
  });
});

/** publish("a") in AMF0. */
const publish = [2, 0, 7, 0x70, 0x75, 0x62, 0x6c, 0x69, 0x73, 0x68, 0, 0x40, 8, 0, 0, 0, 0, 0, 0, 5, 2, 0, 1, 0x61];
