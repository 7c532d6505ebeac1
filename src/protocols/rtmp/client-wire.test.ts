import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { film, frameOf, sample } from '../../containers/contract-samples.ts';
import { RoomcastError } from '../../errors.ts';
import type { Frame } from '../../media/frame.ts';
import { SECOND } from '../../media/time.ts';
import { amfObject } from '../../containers/amf/index.ts';
import { rtmpTarget } from './address.ts';
import { noise } from './cases.ts';
import { type RtmpClientEvent, RtmpClientWire } from './client-wire.ts';
import { command } from './replies.ts';
import { RtmpMuxer } from './rtmp-muxer.ts';
import { type RtmpEvent, RtmpWire } from './wire.ts';

const limits = { message: 0xff_ffff, partial: 2 ** 25, chunkStreams: 64, chunkRate: 200_000 };
const amf = { depth: 32, nodes: 4096, string: 65_536, total: 262_144 };
const random = (length: number): Uint8Array => noise(length);

/** Both ends of a connection, with nothing between them but the size of the pieces that arrive. */
class Pair {
  readonly client: RtmpClientWire;
  readonly server: RtmpWire;
  readonly heard: RtmpClientEvent[] = [];
  readonly seen: RtmpEvent[] = [];
  readonly #refusal: RoomcastError | undefined;
  readonly #piece: number;

  constructor(action: 'publish' | 'play', options: { refusal?: RoomcastError; piece?: number } = {}) {
    const target = rtmpTarget('rtmp://host/live/lobby?key=K')!;
    this.#refusal = options.refusal;
    this.#piece = options.piece ?? 65_536;
    this.client = new RtmpClientWire({ action, target, random, limits, amf, connectTime: 10 * SECOND, now: 0 });
    this.server = new RtmpWire({
      hmac: (key, data) => createHmac('sha256', key).update(data).digest(),
      random,
      early: limits,
      limits,
      amf,
      tags: {},
      handshakeTime: 10 * SECOND,
      handshakeIdle: 5 * SECOND,
      publisherSilence: 10 * SECOND,
      now: 0,
    });
  }

  /** Carries bytes to and fro until nobody has any more. */
  settle(): this {
    for (;;) {
      const there = this.client.toSend();
      const back = this.server.toSend();
      if (there.length + back.length === 0) return this;
      for (const bytes of there) for (const piece of this.#cut(bytes)) this.#serve(this.server.receive(piece, 0));
      for (const bytes of back) this.hear(bytes);
    }
  }

  hear(bytes: Uint8Array): void {
    for (const piece of this.#cut(bytes)) this.heard.push(...this.client.receive(piece, 0));
  }

  #serve(events: RtmpEvent[]): void {
    this.seen.push(...events);
    if (!events.some(({ type }) => type === 'publish' || type === 'play')) return;
    if (this.#refusal) this.server.reject(this.#refusal);
    else this.#serve(this.server.accept(0));
  }

  *#cut(bytes: Uint8Array): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += this.#piece) yield bytes.slice(at, at + this.#piece);
  }
}

const kinds = (events: readonly { type: string }[]): string[] => events.map(({ type }) => type);
const frames = (events: readonly { type: string; frame?: Frame }[]): Frame[] =>
  events.flatMap(({ frame }) => frame ?? []);

describe('our client that publishes', () => {
  test.each([1, 100, 65_536])('is understood by our server, in pieces of %i bytes', (piece) => {
    const pair = new Pair('publish', { piece }).settle();
    expect(pair.seen[0]).toMatchObject({ type: 'publish', asked: { path: 'live/lobby', key: 'K' } });
    expect(kinds(pair.heard)).toEqual(['status', 'ready']);
    const wanted = film({ video: sample.video, audio: sample.audio, count: 10 });
    for (const frame of wanted) pair.client.write(frame);
    pair.settle();
    const got = frames(pair.seen);
    expect(got.map(({ dts, pts, key, data }) => ({ dts, pts, key, data }))).toEqual(
      wanted.map(({ dts, pts, key, data }) => ({ dts, pts, key, data })),
    );
    const tracks = pair.seen.flatMap((event) => (event.type === 'track' ? [event.track] : []));
    expect(tracks.filter(({ kind }) => kind !== 'data').map(({ config }) => config)).toEqual([
      sample.video.config,
      sample.audio.config,
    ]);
    // The metadata came as metadata: behind @setDataFrame, and before the pictures it is about.
    expect(tracks.filter(({ kind }) => kind === 'data').length).toBeGreaterThan(0);
  });

  test('ends cleanly', () => {
    const pair = new Pair('publish').settle();
    pair.client.leave();
    pair.settle();
    expect(kinds(pair.seen)).toEqual(['publish', 'leave']);
    expect(pair.client.state).toBe('over');
  });

  test('is told when the server ends it', () => {
    const pair = new Pair('publish').settle();
    pair.server.finish('replaced');
    pair.settle();
    expect(pair.heard.at(-1)).toEqual({ type: 'end' });
    const kicked = new Pair('publish').settle();
    kicked.server.finish('kicked', new RoomcastError('kicked'));
    kicked.settle();
    expect(kicked.heard.at(-1)).toMatchObject({ type: 'close', error: { code: 'kicked' } });
  });

  test('is asked to come back, here or elsewhere, and leaves without ending the broadcast', () => {
    for (const place of [undefined, 'rtmp://other/live']) {
      const pair = new Pair('publish').settle();
      const code = 'NetConnection.Connect.ReconnectRequest';
      const info = amfObject({ level: 'status', code, description: '', ...(place ? { tcUrl: place } : {}) });
      pair.hear(command(0, 'onStatus', 0, null, info));
      expect(pair.heard.at(-1)).toEqual({ type: 'reconnect', ...(place ? { tcUrl: place } : {}) });
      pair.client.abandon();
      expect(pair.client.toSend()).toEqual([]);
    }
  });

  test('says nothing that a terminal would obey', () => {
    const pair = new Pair('publish').settle();
    const words = { level: 'error', code: 'NetStream.Publish.Denied', description: 'a\u001b[2Jb\r\nc' };
    pair.hear(command(1, 'onStatus', 0, null, amfObject(words)));
    expect(pair.heard.at(-1)).toMatchObject({ error: { message: expect.stringMatching(/a \[2Jb c$/) } });
  });

  test('writes nothing before it may', () => {
    const pair = new Pair('publish');
    pair.client.write(frameOf(sample.video, { ms: 0, key: true }));
    pair.client.announce(sample.audio);
    expect(pair.client.toSend()).toHaveLength(1);
  });

  test('announces a config that changes', () => {
    const pair = new Pair('publish').settle();
    pair.client.write(frameOf(sample.video, { ms: 0, key: true }));
    pair.client.write(frameOf(sample.video2, { ms: 40, key: true }));
    pair.settle();
    expect(frames(pair.seen).map(({ track }) => track.config)).toEqual([sample.video.config, sample.video2.config]);
  });

  test('publishes one picture and one sound, the first that comes of each', () => {
    const pair = new Pair('publish').settle();
    const [second, third] = [
      { ...sample.video2, id: 0x101 },
      { ...sample.audio2, id: 0x201 },
    ];
    for (const track of [sample.video, second, sample.audio, third]) {
      pair.client.announce(track);
      pair.client.write(frameOf(track, { ms: 0, key: true }));
    }
    pair.client.write(frameOf(sample.video2, { ms: 40, key: true }));
    pair.settle();
    const configs = frames(pair.seen).map(({ track }) => track.config);
    expect(configs).toEqual([sample.video.config, sample.audio.config, sample.video2.config]);
  });

  test.each(['wrong-key', 'too-soon', 'bad-path', 'busy'] as const)('is refused in words: %s', (code) => {
    const pair = new Pair('publish', { refusal: new RoomcastError(code) }).settle();
    const last = pair.heard.at(-1);
    expect(last).toMatchObject({ type: 'close', error: { code } });
    expect(last?.type === 'close' && last.error.message).toContain(code);
    expect(last?.type === 'close' && last.error.message).not.toContain('key=K');
  });

  test.each([
    ['NetStream.Publish.BadName', 'Already publishing', 'already-publishing'],
    ['NetStream.Publish.Denied', 'Go away: now', 'denied'],
  ])('is refused by a server that is not ours: %s', (code, description, ours) => {
    const pair = new Pair('publish').settle();
    pair.hear(command(1, 'onStatus', 0, null, amfObject({ level: 'error', code, description })));
    expect(pair.heard.at(-1)).toMatchObject({
      type: 'close',
      error: { code: ours, message: `The RTMP server refused: ${code} ${description}` },
    });
  });
});

describe('our client that plays', () => {
  test('gets what our muxer writes', () => {
    const pair = new Pair('play').settle();
    const muxer = new RtmpMuxer();
    const wanted = film({ video: sample.video, audio: sample.audio, count: 10 });
    pair.hear(muxer.header([sample.video, sample.audio]));
    for (const frame of wanted) pair.hear(muxer.mux(frame));
    expect(frames(pair.heard).map(({ dts }) => dts)).toEqual(wanted.map(({ dts }) => dts));
  });

  test('announces that it reads colours', () => {
    const sent = new Pair('play');
    sent.hear(new Uint8Array(1 + 2 * 1536).fill(3, 0, 1));
    const said = Buffer.concat(sent.client.toSend());
    const at = said.indexOf('videoFunction') + 'videoFunction'.length;
    expect(said[at]).toBe(0);
    expect(said.readDoubleBE(at + 1)).toBe(6);
  });

  test('is told of a clean end once', () => {
    const pair = new Pair('play').settle();
    pair.server.finish('ended');
    pair.settle();
    expect(kinds(pair.heard).filter((type) => type === 'end')).toHaveLength(1);
    expect(pair.heard.at(-1)).toEqual({ type: 'end' });
  });

  test('is refused in words', () => {
    const pair = new Pair('play', { refusal: new RoomcastError('not-found') }).settle();
    expect(pair.heard.at(-1)).toMatchObject({ type: 'close', error: { code: 'not-found' } });
  });
});

describe('our client', () => {
  test('gives up when there is no answer in time', () => {
    const pair = new Pair('play');
    expect(pair.client.deadline()).toBe(10 * SECOND);
    expect(pair.client.tick(10 * SECOND - 1)).toEqual([]);
    expect(pair.client.tick(10 * SECOND)).toMatchObject([{ type: 'close', error: { code: 'time-out' } }]);
    expect(pair.client.tick(11 * SECOND)).toEqual([]);
  });

  test('finds out that a server is none', () => {
    const pair = new Pair('play');
    pair.hear(new TextEncoder().encode('HTTP/1.1 400'));
    expect(pair.heard).toMatchObject([{ type: 'close', error: { code: 'protocol-error' } }]);
  });
});
