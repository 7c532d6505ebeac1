import { describe, expect, test } from 'vitest';
import { type AmfValue, encodeAmf0 } from '../../../src/containers/amf/index.ts';
import { concatBytes } from '../../../src/media/bytes/bytes.ts';
import { toHex } from '../../../src/media/bytes/hex.ts';
import { u32 } from '../../../src/protocols/rtmp/message.ts';
import { configOf, mediaOf, sample } from './media.ts';
import { command, connect, greeting, say, userControl } from './talk.ts';
import { WirePeer } from './wire-peer.ts';

describe('C-RTMP-10 windows', () => {
  const window = (size: number): Uint8Array => say(5, u32(size), { streamId: 0, chunkStream: 2 });

  test('C-RTMP-10 what arrives is acknowledged each window', () => {
    const peer = WirePeer.publishing();
    peer.send(window(10_000), configOf(sample.audio));
    for (let i = 0; i < 10; i++) peer.send(mediaOf(sample.audio, i * 20, { size: 5000 }));
    const told = peer.talk.of(3).map(({ body }) => new DataView(body.buffer, body.byteOffset).getUint32(0));
    expect(told.length).toBeGreaterThanOrEqual(5);
    for (const [i, value] of told.slice(1).entries()) expect(value - told[i]!).toBeGreaterThanOrEqual(10_000);
  });

  test.each([
    [0, true],
    [1, true],
    [2, false],
  ])('C-RTMP-10 a Peer Bandwidth of limit type %i is answered with a window: %s', (type, answered) => {
    const peer = WirePeer.connected();
    const before = peer.talk.of(5).length;
    peer.send(say(6, Uint8Array.of(...u32(100_000), type), { streamId: 0, chunkStream: 2 }));
    const said = peer.talk
      .of(5)
      .slice(before)
      .map(({ body }) => toHex(body));
    expect(said).toEqual(answered ? [toHex(u32(100_000))] : []);
  });
});

describe('C-RTMP-11 user control', () => {
  test('C-RTMP-11 a ping is answered with its own number', () => {
    const peer = WirePeer.publishing();
    peer.send(userControl(6, 0xdead_beef));
    expect(toHex(peer.talk.of(4).at(-1)!.body)).toBe('0007deadbeef');
  });

  test.each([0, 1, 2, 3, 4, 7, 31, 32, 255])('C-RTMP-11 event %i is taken without an answer', (event) => {
    const peer = WirePeer.publishing();
    const before = peer.talk.messages.length;
    peer.send(userControl(event, 1), say(4, Uint8Array.of(0)), say(4, Uint8Array.of(0, 6, 0)));
    expect(peer.talk.messages.length).toBe(before);
    expect(peer.closed).toBeUndefined();
  });
});

describe('C-RTMP-12 commands in any order', () => {
  const steps: Record<string, AmfValue[]> = {
    connect: ['connect', 1, { app: 'live' }],
    createStream: ['createStream', 2, null],
    publish: ['publish', 3, null, 'a', 'live'],
    play: ['play', 4, null, 'a'],
    deleteStream: ['deleteStream', 5, null, 1],
    FCUnpublish: ['FCUnpublish', 6, null, 'a'],
  };
  const names = Object.keys(steps);
  const pairs = names.flatMap((first) => names.map((second) => [first, second] as const));

  test.each(pairs)('C-RTMP-12 %s, then %s', (first, second) => {
    const fresh = new WirePeer();
    fresh.send(greeting, command(...steps[first]!), command(...steps[second]!));
    if (first === 'connect') expect(fresh.closed).toBeUndefined();
    else expect(fresh.closed).toBe('protocol-error');

    const peer = WirePeer.connected();
    peer.say(...steps[first]!);
    peer.say(...steps[second]!);
    expect(peer.closed).toBeUndefined();
    const begun = peer.events.map(({ type }) => type);
    const wanted: string[] = [];
    for (const step of [first, second]) {
      const busy = wanted.length > 0 && wanted.at(-1) !== 'leave' ? wanted.at(-1) : undefined;
      if ((step === 'publish' || step === 'play') && !busy) wanted.push(step);
      if (step === 'deleteStream' && busy) wanted.push('leave');
      if (step === 'FCUnpublish' && busy === 'publish') wanted.push('leave');
    }
    expect(begun).toEqual(wanted);
  });

  test('C-RTMP-12 publishing again on the same connection is a new request, with a clean slate', () => {
    const peer = WirePeer.publishing();
    peer.send(configOf(sample.video), mediaOf(sample.video, 0));
    peer.say('FCUnpublish', 4, null, 'a');
    peer.say('deleteStream', 5, null, 1);
    peer.send(mediaOf(sample.video, 40));
    expect(peer.frames).toHaveLength(1);
    peer.say('createStream', 6, null);
    peer.say('publish', 7, null, 'b', 'live');
    peer.send(mediaOf(sample.video, 0), configOf(sample.video), mediaOf(sample.video, 40));
    expect(peer.events.map(({ type }) => type)).toEqual([
      'publish',
      'track',
      'frame',
      'leave',
      'publish',
      'track',
      'frame',
    ]);
  });

  test('C-RTMP-12 a hundred streams are too many', () => {
    const peer = WirePeer.connected();
    for (let i = 0; i < 100; i++) peer.say('createStream', 2 + i, null);
    expect(peer.closed).toBe('limit-exceeded');
    expect(peer.talk.commands.filter(({ name }) => name === '_result')).toHaveLength(17);
  });

  test('C-RTMP-12 publish twice, and play while publishing, are refused in words and change nothing', () => {
    const peer = WirePeer.publishing();
    peer.say('publish', 4, null, 'b');
    expect(peer.talk.commands.at(-1)).toMatchObject({ level: 'error', code: 'NetStream.Publish.BadName' });
    peer.say('play', 5, null, 'a');
    expect(peer.talk.commands.at(-1)).toMatchObject({ level: 'error', code: 'NetStream.Play.Failed' });
    peer.send(configOf(sample.video), mediaOf(sample.video, 0));
    expect(peer.frames).toHaveLength(1);
  });

  test('C-RTMP-12 publish(false) ends, as Wirecast does it', () => {
    const peer = WirePeer.publishing();
    expect(peer.say('publish', 0, null, false)).toEqual([{ type: 'leave' }]);
  });

  test('C-RTMP-12 what is sent behind a question waits for the answer', () => {
    const peer = WirePeer.connected();
    peer.send(
      concatBytes([
        command('publish', 3, null, 'a'),
        configOf(sample.video),
        mediaOf(sample.video, 0, { size: 400_000 }),
      ]),
    );
    expect(peer.closed).toBeUndefined();
    expect(peer.frames).toHaveLength(1);
  });
});

describe('C-RTMP-13 commands of other forms', () => {
  test.each<[string, AmfValue[], string]>([
    ['without a tcUrl', ['connect', 1, { app: 'live' }], 'NetConnection.Connect.Success'],
    ['without an app', ['connect', 1, { tcUrl: 'rtmp://host/live' }], 'NetConnection.Connect.Success'],
    ['without either', ['connect', 1, {}], 'NetConnection.Connect.Rejected'],
    ['without an object', ['connect', 1], 'NetConnection.Connect.Rejected'],
    ['with more arguments', ['connect', 1, { app: 'live' }, 'user', 7, [null]], 'NetConnection.Connect.Success'],
    ['with a transaction that is a text', ['connect', '1', { app: 'live' }], 'NetConnection.Connect.Success'],
  ])('C-RTMP-13 connect %s', (_, values, code) => {
    const peer = new WirePeer();
    peer.send(greeting, command(...values));
    expect(peer.talk.codes).toEqual([code]);
    expect(peer.closed).toBeUndefined();
  });

  test('C-RTMP-13 AMF3 commands (type 17) are read with and without their first byte', () => {
    const peer = new WirePeer();
    peer.send(greeting, say(17, encodeAmf0('connect', 1, { app: 'live', objectEncoding: 3 })));
    peer.send(say(17, concatBytes([Uint8Array.of(0), encodeAmf0('createStream', 2, null)])));
    expect(peer.talk.commands.map(({ name }) => name)).toEqual(['_result', '_result']);
  });

  test('C-RTMP-13 a command that is not AMF, or has no name, ends the connection', () => {
    for (const body of [Uint8Array.of(0x42), encodeAmf0(7), encodeAmf0(null, 1)]) {
      const peer = WirePeer.connected();
      peer.send(say(20, body));
      expect(peer.closed).toBe('protocol-error');
    }
  });
});

describe('C-RTMP-14 the answer to play', () => {
  test('C-RTMP-14 is StreamBegin, Reset, Start and what players ask for', () => {
    const peer = WirePeer.connected();
    peer.say('play', 3, null, 'a', -2000);
    const said = peer.talk.messages.slice(-5);
    expect(said.map(({ type }) => type)).toEqual([4, 20, 20, 18, 18]);
    expect(toHex(said[0]!.body)).toBe('000000000001');
    expect(peer.talk.codes.slice(-2)).toEqual(['NetStream.Play.Reset', 'NetStream.Play.Start']);
    expect(said.slice(1).every(({ streamId }) => streamId === 1)).toBe(true);
  });

  test.each([-2, -2000, -1, -1000, 0, undefined, 'x'])('C-RTMP-14 a start of %s plays live', (start) => {
    expect(WirePeer.connected().say('play', 3, null, 'a', start as AmfValue, -1, true)).toMatchObject([
      { type: 'play' },
    ]);
  });
});

describe('C-RTMP-18 keys', () => {
  test.each([
    ['live', 'a?key=SECRETSECRETSECRET'],
    ['live?key=SECRETSECRETSECRET', 'a'],
  ])('C-RTMP-18 app %s and name %s', (app, name) => {
    const peer = new WirePeer();
    peer.send(greeting, connect({ app }));
    peer.say('publish', 3, null, name, 'live');
    expect(peer.events[0]).toMatchObject({ asked: { path: 'live/a', key: 'SECRETSECRETSECRET' } });
    const heard = peer.talk.messages.map(({ body }) => new TextDecoder('latin1').decode(body)).join('');
    expect(heard).not.toContain('SECRET');
  });
});
