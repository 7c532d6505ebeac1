import { describe, expect, test } from 'vitest';
import { film, frameOf, sample } from '../../../src/containers/contract-samples.ts';
import type { Frame, Track } from '../../../src/media/frame.ts';
import { MILLISECOND, SECOND } from '../../../src/media/time.ts';
import { until } from '../../servers.ts';
import { HttpStage, PATH } from './stage.ts';
import type { Seen } from './bodies.ts';
import { flvProtocols, isSocket, protocols, type Viewer } from './viewer.ts';

const { video, audio } = sample;
/** Flags of the FLV header (E.2). */
const [PICTURE, SOUND] = [1, 4];

/** Kind, key and time of tags: `config video 0`, `key video 2000`. */
const words = (tags: readonly (Seen & { config?: boolean })[]): string[] =>
  tags.map(({ kind, config, key, timestamp }) => `${config ? 'config ' : key ? 'key ' : ''}${kind} ${timestamp}`);

/** Frames of one track, 25 a second. */
const alone = (track: Track, { from = 0, to }: { from?: number; to: number }): Frame[] =>
  Array.from({ length: (to - from) / 40 }, (_, i) => {
    const ms = from + i * 40;
    return frameOf(track, { ms, ...(track.kind === 'video' && { key: ms % 1000 === 0 }) });
  });

const upTo = (viewer: Viewer, timestamp: number): Promise<void> =>
  until(`the tag at ${timestamp} ms arrives`, () => viewer.media.some((tag) => tag.timestamp === timestamp));

/** The publisher is lost and does not come back. */
async function loseForGood(stage: HttpStage): Promise<void> {
  stage.server.hub.publisher(PATH)!.end('lost');
  await stage.pass(15 * SECOND);
}

describe('C-FLV-07 a joiner', () => {
  /** What a viewer gets who comes after 2.4 s of a film with a key frame each second. */
  const joined = async (): Promise<Viewer[]> => {
    const stage = await HttpStage.start();
    const by = await stage.publish();
    const frames = film({ video, audio, count: 61 });
    await stage.run(by, frames.slice(0, -2));
    const viewers = await Promise.all(flvProtocols.map((protocol) => stage.watch(protocol)));
    await stage.run(by, frames.slice(-2, -1));
    for (const viewer of viewers) await upTo(viewer, 2400);
    return viewers;
  };

  test.each(flvProtocols)(
    'C-FLV-07 starts with header, configs and a key frame at the stream’s time: %s',
    async (name) => {
      const viewer = (await joined())[flvProtocols.indexOf(name)]!;
      expect(viewer.flv.fault).toBeUndefined();
      expect(viewer.flv.flags).toBe(PICTURE | SOUND);
      expect(words(viewer.flv.tags).slice(0, 6)).toEqual([
        'data 0',
        'config video 0',
        'config audio 0',
        'key video 2000',
        'audio 2010',
        'video 2040',
      ]);
      expect(Buffer.from(viewer.flv.tags[0]!.start).toString('latin1')).toContain('onMetaData');
      expect(viewer.media.map(({ timestamp }) => timestamp)).toEqual(
        Array.from({ length: 21 }, (_, i) => 2000 + 40 * (i >> 1) + 10 * (i & 1)),
      );
    },
  );

  test('C-FLV-07 gets the same bytes over both flvProtocols', async () => {
    const [http, socket] = await joined();
    expect(http!.bytes.equals(socket!.bytes)).toBe(true);
  });

  test.each(flvProtocols)('C-FLV-07 waits for the next key frame where no GOP is kept: %s', async (protocol) => {
    const stage = await HttpStage.start({ gopCache: 0 });
    const by = await stage.publish();
    const frames = film({ video, audio, count: 61 });
    await stage.run(by, frames.slice(0, 60));
    const viewer = await stage.watch(protocol);
    await stage.run(by, frames.slice(60));
    await upTo(viewer, 2400);
    expect(words(viewer.flv.tags).slice(0, 4)).toEqual([
      'data 0',
      'config video 0',
      'config audio 0',
      'key video 2000',
    ]);
  });
});

describe.each(protocols)('a viewer over %s', (protocol) => {
  test('is answered at once where nothing is live, and gets the picture when there is one', async () => {
    const stage = await HttpStage.start();
    const viewer = await stage.watch(protocol);
    expect(viewer.status).toBe(isSocket(protocol) ? 101 : 200);
    await stage.pass(20 * SECOND);
    expect([viewer.parts.length, viewer.ended, stage.viewers]).toEqual([0, undefined, 1]);
    await stage.run(await stage.publish(), film({ video, audio, count: 3 }));
    await upTo(viewer, 80);
    expect(words(viewer.media)[0]).toBe('key video 0');
  });

  test('stays when the publisher is lost, is sent nothing, and goes on in time when it is back', async () => {
    const stage = await HttpStage.start();
    const by = await stage.publish();
    const viewer = await stage.watch(protocol);
    await stage.run(by, film({ video, audio, count: 25 }));
    await upTo(viewer, 960);
    await stage.pass(60 * MILLISECOND); // the last sound waits for a picture
    by.end('lost');
    const before = viewer.bytes.length;
    await stage.pass(14 * SECOND);
    expect([viewer.bytes.length, viewer.ended]).toEqual([before, undefined]);
    await stage.run(await stage.publish(), film({ video, audio, count: 25 }));
    await stage.pass(60 * MILLISECOND);
    await until('all of it arrives', () => viewer.media.length === 100);
    const times = viewer.media.map(({ timestamp }) => timestamp);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const [last, next] = [viewer.media[49]!, viewer.media[50]!];
    expect(next).toMatchObject({ kind: 'video', key: true });
    expect(Math.abs(next.timestamp - last.timestamp - 14_000)).toBeLessThan(100);
    expect([viewer.fault, viewer.ended]).toEqual([undefined, undefined]);
  });

  /** What happens, and how that ends a body and a WebSocket. */
  const ends: { name: string; code: number; run(stage: HttpStage): unknown }[] = [
    { name: 'a clean unpublish', code: 1000, run: ({ server }) => server.hub.publisher(PATH)!.end('ended') },
    { name: 'a grace that is over', code: 1000, run: loseForGood },
    { name: 'an owner who ends the stream', code: 1000, run: ({ server }) => server.hub.end(PATH) },
    { name: 'a server that stops', code: 1012, run: ({ server }) => void server.close() },
  ];

  test.each(ends)('ends with $name, after the last picture', async ({ code, run }) => {
    const stage = await HttpStage.start();
    const by = await stage.publish();
    const viewer = await stage.watch(protocol);
    await stage.run(by, film({ video, audio, count: 25 }));
    by.write(frameOf(video, { ms: 1000, key: true }));
    await run(stage);
    await until('the viewer is told', () => viewer.ended);
    expect(viewer.ended).toBe(isSocket(protocol) ? code : 'end');
    expect(words(viewer.media).at(-1)).toBe('key video 1000');
    expect([viewer.fault, stage.viewers]).toEqual([undefined, 0]);
  });

  test('is sent nothing until sound is known, at most a second', async () => {
    const stage = await HttpStage.start();
    const by = await stage.publish();
    const viewer = await stage.watch(protocol);
    await stage.run(by, alone(video, { to: 960 }));
    expect(viewer.parts).toEqual([]);
    await stage.run(by, [frameOf(audio, { ms: 980 }), frameOf(video, { ms: 1000, key: true })]);
    await upTo(viewer, 1000);
    expect(words(viewer.media)[0]).toBe('key video 0');
    expect(words(viewer.media).slice(-2)).toEqual(['audio 980', 'key video 1000']);
  });

  test('starts with the key frame of the GOP, at the stream’s time', async () => {
    const stage = await HttpStage.start();
    const by = await stage.publish();
    await stage.run(by, film({ video, audio, count: 60 }));
    const viewer = await stage.watch(protocol);
    await stage.run(by, film({ video, audio, count: 1, from: 2400 }));
    await upTo(viewer, 2400);
    expect(words(viewer.media).slice(0, 3)).toEqual(['key video 2000', 'audio 2010', 'video 2040']);
    expect(viewer.fault).toBeUndefined();
  });
});

describe.each(flvProtocols)('a viewer of FLV over %s', (protocol) => {
  test('waits for its header until sound is known, at most a second', async () => {
    const stage = await HttpStage.start();
    const by = await stage.publish();
    const viewer = await stage.watch(protocol);
    await stage.run(by, alone(video, { to: 960 }));
    expect(viewer.parts).toEqual([]);
    await stage.run(by, [frameOf(audio, { ms: 980 })]);
    await until('the header arrives', () => viewer.flv.flags !== undefined);
    expect(viewer.flv.flags).toBe(PICTURE | SOUND);
    expect(words(viewer.flv.tags).slice(0, 4)).toEqual(['data 0', 'config video 0', 'config audio 0', 'key video 0']);
  });

  test.each([
    { name: 'pictures', track: video, flags: PICTURE, start: ['data 0', 'config video 0', 'key video 0'] },
    { name: 'sound', track: audio, flags: SOUND, start: ['data 0', 'config audio 0', 'audio 0'] },
  ])('C-FLV-01 has a header that says $name alone, a second after the first frame', async ({ track, flags, start }) => {
    const stage = await HttpStage.start();
    const by = await stage.publish();
    const viewer = await stage.watch(protocol);
    await stage.run(by, alone(track, { to: 960 }));
    await stage.pass(40 * MILLISECOND);
    expect([stage.scheduler.now() % SECOND, viewer.parts]).toEqual([980 * MILLISECOND, []]);
    await stage.pass(20 * MILLISECOND);
    await until('the header arrives', () => viewer.flv.flags !== undefined);
    expect(viewer.flv.flags).toBe(flags);
    expect(words(viewer.flv.tags).slice(0, 3)).toEqual(start);
  });

  test('gets a track that comes late inline, with no second header; from the next key frame on it is in the header', async () => {
    const stage = await HttpStage.start();
    const by = await stage.publish();
    const viewer = await stage.watch(protocol);
    await stage.run(by, alone(video, { to: 2000 }));
    await stage.run(by, film({ video, audio, count: 25, from: 2000 }));
    await upTo(viewer, 2960);
    expect([viewer.flv.fault, viewer.flv.flags]).toEqual([undefined, PICTURE]);
    const at = viewer.flv.tags.findIndex(({ kind, config }) => kind === 'audio' && config);
    expect(words(viewer.flv.tags).slice(at - 2, at + 2)).toEqual([
      'key video 2000',
      'data 2000',
      'config audio 2000',
      'audio 2010',
    ]);
    await stage.run(by, film({ video, audio, count: 2, from: 3000 }));
    const next = await stage.watch(protocol);
    await until('the header arrives', () => next.flv.flags !== undefined);
    expect(next.flv.flags).toBe(PICTURE | SOUND);
  });
});
