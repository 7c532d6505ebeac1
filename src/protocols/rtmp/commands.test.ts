import { describe, expect, test } from 'vitest';
import { amfObject, type AmfValue, decodeAmf0, encodeAmf0 } from '../../containers/amf/index.ts';
import { ProtocolError } from '../../errors.ts';
import { fromHex, toHex } from '../../media/bytes/hex.ts';
import { caseLimits, commandCases } from './cases.ts';
import { ChunkReader } from './chunk-reader.ts';
import { Commands, type CommandState, type Outcome } from './commands.ts';

/** Set Chunk Size, as the server's answer to connect has it. */
const LARGE_CHUNKS = fromHex('02 000000 000004 01 00000000 00010000');

describe('the values of a command', () => {
  test.each(commandCases)('are read: $name', ({ bytes, value }) => {
    expect(decodeAmf0(bytes)).toEqual(value);
  });

  test.each(commandCases)('are written: $name', ({ bytes, value }) => {
    expect(toHex(encodeAmf0(...value))).toBe(toHex(bytes));
  });

  test.each(commandCases)('throw nothing but a protocol error wherever they are cut off: $name', ({ bytes }) => {
    for (let at = 0; at < bytes.length; at++) {
      try {
        connected().run(decodeAmf0(bytes.subarray(0, at)), 'open');
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }
  });
});

function connected(offer: Record<string, AmfValue> = {}): Commands {
  const commands = new Commands();
  commands.run(['connect', 1, amfObject({ app: 'live', flashVer: 'agent', ...offer })], 'open');
  return commands;
}

/** The commands among the replies: name, transaction, and the code or the value that follows. */
function said({ replies }: Outcome): [AmfValue, AmfValue, AmfValue][] {
  const reader = new ChunkReader(caseLimits);
  const found: [AmfValue, AmfValue, AmfValue][] = [];
  for (const bytes of [LARGE_CHUNKS, ...replies]) reader.push(bytes);
  for (let message = reader.next(0); message; message = reader.next(0)) {
    if (message.type !== 20) continue;
    const [name, transaction, , info] = decodeAmf0(message.body);
    const code = typeof info === 'object' && info !== null && 'code' in info ? info['code'] : info;
    found.push([name, transaction, code]);
  }
  return found;
}

const run = (values: AmfValue[], state: CommandState = 'open'): Outcome => connected().run(values, state);

describe('connect', () => {
  test.each([
    [{ app: 'live' }, 'NetConnection.Connect.Success'],
    [{ tcUrl: 'rtmp://host/live' }, 'NetConnection.Connect.Success'],
    [{ app: '' }, 'NetConnection.Connect.Success'],
    [{ tcUrl: 'rtmp://host' }, 'NetConnection.Connect.Rejected'],
    [{ app: 7 }, 'NetConnection.Connect.Rejected'],
    [{}, 'NetConnection.Connect.Rejected'],
  ])('with %o gives %s', (offer, code) => {
    expect(said(new Commands().run(['connect', 1, amfObject(offer)], 'open')).at(-1)?.[2]).toBe(code);
  });

  test.each([undefined, null, 7, 'x', []])('with %o for an object is rejected', (object) => {
    expect(said(new Commands().run(['connect', 1, object as AmfValue], 'open'))).toEqual([
      ['_error', 1, 'NetConnection.Connect.Rejected'],
    ]);
  });

  test('twice is rejected the second time', () => {
    expect(said(connected().run(['connect', 2, amfObject({ app: 'other' })], 'open'))).toEqual([
      ['_error', 2, 'NetConnection.Connect.Rejected'],
    ]);
  });

  test('is where reconnecting by itself is announced, and confirmed', () => {
    expect(connected().announced.reconnects).toBe(false);
    expect(connected({ capsEx: 5 }).announced.reconnects).toBe(true);
    expect(connected({ capsEx: 'x' }).announced.reconnects).toBe(false);
  });

  test('must come first', () => {
    expect(() => new Commands().run(['createStream', 2, null], 'open')).toThrow(ProtocolError);
  });
});

describe('a question', () => {
  test.each(['publish', 'play'] as const)('to %s names path, key and agent', (name) => {
    expect(run([name, 5, null, 'lobby?key=K', 'live']).event).toEqual({
      type: name,
      asked: { path: 'live/lobby', key: 'K' },
      agent: 'agent',
    });
  });

  test('finds the key that only the tcUrl has', () => {
    const commands = connected({ tcUrl: 'rtmp://host/live?key=K' });
    expect(commands.run(['publish', 5, null, 'lobby'], 'open').event).toMatchObject({ asked: { key: 'K' } });
  });

  test.each([5, null, undefined, true, [], {}])('with %o for a name is refused', (name) => {
    expect(said(run(['publish', 5, null, name as AmfValue]))).toEqual([['onStatus', 0, 'NetStream.Publish.BadName']]);
    expect(said(run(['play', 5, null, name as AmfValue]))).toEqual([['onStatus', 0, 'NetStream.Play.Failed']]);
  });

  test('while there is an answer already is refused', () => {
    for (const state of ['publishing', 'playing'] as const) {
      expect(said(run(['publish', 5, null, 'a'], state))).toEqual([['onStatus', 0, 'NetStream.Publish.BadName']]);
      expect(said(run(['play', 5, null, 'a'], state))).toEqual([['onStatus', 0, 'NetStream.Play.Failed']]);
    }
  });
});

describe('leaving', () => {
  test.each<AmfValue[]>([
    ['deleteStream', 1],
    ['closeStream', null],
    ['publish', false],
  ])('%s ends publishing', (name, argument) => {
    const outcome = run([name, 5, null, argument], 'publishing');
    expect(outcome.event).toEqual({ type: 'leave' });
    expect(said(outcome)).toEqual([['onStatus', 0, 'NetStream.Unpublish.Success']]);
  });

  test('FCUnpublish ends publishing, and is answered', () => {
    const outcome = run(['FCUnpublish', 5, null, 'a'], 'publishing');
    expect(outcome.event).toEqual({ type: 'leave' });
    expect(said(outcome)).toEqual([
      ['onFCUnpublish', 0, 'NetStream.Unpublish.Success'],
      ['_result', 5, undefined],
      ['onStatus', 0, 'NetStream.Unpublish.Success'],
    ]);
  });

  test.each<AmfValue[]>([
    ['deleteStream', 1],
    ['closeStream', null],
    ['play', false],
  ])('%s ends playing', (name, argument) => {
    expect(run([name, 5, null, argument], 'playing').event).toEqual({ type: 'leave' });
  });

  test('with nothing begun is no event', () => {
    for (const name of ['deleteStream', 'closeStream', 'FCUnpublish'])
      expect(run([name, 5, null]).event).toBeUndefined();
    expect(run(['FCUnpublish', 5, null, 'a'], 'playing').event).toBeUndefined();
  });
});

describe('other commands', () => {
  test.each<[AmfValue[], [AmfValue, AmfValue, AmfValue][]]>([
    [['createStream', 4, null], [['_result', 4, 1]]],
    [['releaseStream', 2, null, 'a'], [['_result', 2, undefined]]],
    [['releaseStream', 0, null, 'a'], []],
    [
      ['FCPublish', 3, null, 'a'],
      [
        ['onFCPublish', 0, 'NetStream.Publish.Start'],
        ['_result', 3, undefined],
      ],
    ],
    [['FCSubscribe', 0, null, 'a'], [['onFCSubscribe', 0, 'NetStream.Play.Start']]],
    [['_checkbw', 3, null], [['_result', 3, undefined]]],
    [['getStreamLength', 3, null, 'a'], [['_result', 3, 0]]],
    [['seek', 0, null, 5000], [['onStatus', 0, 'NetStream.Seek.Failed']]],
    [['receiveAudio', 0, null, false], []],
    [['nonsense', 0, null], []],
    [['nonsense', 9, null], [['_error', 9, 'NetConnection.Call.Failed']]],
    [['createStream', 'four', null], [['_result', 0, 1]]],
  ])('%o', (values, replies) => {
    expect(said(run(values))).toEqual(replies);
  });

  test('pause and its end concern players', () => {
    expect(run(['pause', 0, null, true, 1000], 'playing').event).toEqual({ type: 'pause', on: true });
    expect(run(['pause', 0, null, false, 1000], 'playing').event).toEqual({ type: 'pause', on: false });
    expect(run(['pause', 0, null, true], 'publishing')).toEqual({ replies: [] });
  });

  test('streams are bounded, and deleting one makes room', () => {
    const commands = connected();
    const create = (): Outcome => commands.run(['createStream', 1, null], 'open');
    for (let i = 0; i < 100; i++) {
      create();
      commands.run(['deleteStream', 2, null, 1], 'open');
    }
    for (let i = 0; i < 16; i++) create();
    expect(create).toThrow(expect.objectContaining({ code: 'limit-exceeded' }));
  });

  test('without a name are a protocol error', () => {
    for (const values of [[], [1], [null], [amfObject()]]) expect(() => run(values)).toThrow(ProtocolError);
  });
});
