import { describe, expect, test } from 'vitest';
import { film, frameOf, sample } from '../../../src/containers/contract-samples.ts';
import type { Track } from '../../../src/media/frame.ts';
import { SECOND } from '../../../src/media/time.ts';
import { until } from '../../servers.ts';
import { HttpStage } from './stage.ts';
import { ask, BINARY, isSocket, type Protocol, type Viewer } from './viewer.ts';

const { video, video2, audio, audio2, data } = sample;
const protocols: readonly Protocol[] = ['http-mp4', 'ws-mp4'];

/** Types of the boxes that bytes are made of; undefined where they are not whole. */
function boxesIn(bytes: Buffer): string[] | undefined {
  const types: string[] = [];
  for (let at = 0; at < bytes.length;) {
    if (at + 8 > bytes.length) return undefined;
    types.push(bytes.toString('latin1', at + 4, at + 8));
    at += bytes.readUInt32BE(at);
    if (at > bytes.length) return undefined;
  }
  return types;
}

/** One that watched two seconds of a film. */
async function watching(stage: HttpStage, protocol: Protocol): Promise<Viewer> {
  const viewer = await stage.watch(protocol);
  await until('pictures arrive', () => viewer.media.length > 0);
  return viewer;
}

describe.each(protocols)('a viewer over %s', (protocol) => {
  test.each([
    { name: 'the codec config of the picture', next: { video: video2, audio }, before: 50, joins: 1000 },
    // It comes behind a key frame that is told with the old one: nobody can be told of both.
    { name: 'the codec config of the sound', next: { video, audio: audio2 }, before: 51, joins: 2000 },
  ])(
    'is ended by a change of $name, after all that came before, and gets the rest when it comes anew',
    async ({ next, before, joins }) => {
      const stage = await HttpStage.start();
      const by = await stage.publish();
      await stage.run(by, film({ video, audio, count: 25 }));
      const viewer = await watching(stage, protocol);
      await stage.run(by, film({ ...next, count: 25, from: 1000 }));
      await until('the viewer is told', () => viewer.ended);
      expect(viewer.ended).toBe(isSocket(protocol) ? 1000 : 'end');
      expect(viewer.media).toHaveLength(before);
      expect(stage.viewers).toBe(0);
      const again = await stage.watch(protocol);
      await stage.run(by, film({ ...next, count: 50, from: 2000 }));
      await until('it goes on', () => again.media.at(-1)?.timestamp === 3960);
      expect(again.media[0]).toMatchObject({ kind: 'video', key: true, timestamp: joins });
      expect([again.fault, again.ended]).toEqual([undefined, undefined]);
    },
  );

  test('is ended by a track that comes late, and hears it when it comes anew', async () => {
    const stage = await HttpStage.start();
    const by = await stage.publish();
    await stage.run(
      by,
      film({ video, count: 50 }).filter(({ track }) => track === video),
    );
    const viewer = await watching(stage, protocol);
    await stage.run(by, film({ video, audio, count: 10, from: 2000 }));
    await until('the viewer is told', () => viewer.ended);
    expect(viewer.media.every(({ kind }) => kind === 'video')).toBe(true);
    const again = await watching(stage, protocol);
    await until('sound arrives', () => again.media.some(({ kind }) => kind === 'audio'));
    expect(again.ended).toBeUndefined();
  });

  test('is not ended by what MP4 does not carry', async () => {
    const stage = await HttpStage.start();
    const by = await stage.publish();
    await stage.run(by, film({ video, audio, count: 25 }));
    const viewer = await watching(stage, protocol);
    by.write(frameOf(data, { ms: 1000 }));
    await stage.run(by, film({ video, audio, count: 25, from: 1000 }));
    await stage.pass(SECOND);
    await until('the last arrives', () => viewer.media.length === 100);
    expect(viewer.ended).toBeUndefined();
  });

  test('is not ended by timed metadata that comes late, and gets it', async () => {
    const stage = await HttpStage.start();
    const by = await stage.publish();
    await stage.run(by, film({ video, audio, count: 25 }));
    const viewer = await watching(stage, protocol);
    const id3: Track = { id: 7, kind: 'data', codec: 'id3', config: new Uint8Array(0) };
    const frames = film({ video, audio, count: 25, from: 1000 });
    await stage.run(by, frames.toSpliced(10, 0, frameOf(id3, { ms: 1200 })));
    await stage.pass(SECOND);
    await until('the last arrives', () => viewer.media.length === 101);
    expect(viewer.media.filter(({ kind }) => kind === 'data')).toMatchObject([{ timestamp: 1200 }]);
    expect(viewer.ended).toBeUndefined();
  });
});

test.each([0, 100])('messages of a WebSocket are whole boxes, the first the init segment: merge %i', async (merge) => {
  const stage = await HttpStage.start({ merge });
  const by = await stage.publish();
  await stage.run(by, film({ video, audio, count: 30 }));
  const viewer = await stage.watch('ws-mp4');
  await stage.run(by, film({ video, audio, count: 30, from: 1200 }));
  await stage.pass(SECOND);
  await until('all of it arrives', () => viewer.media.length === 70);
  expect(viewer.frames.map(({ first }) => first)).toEqual(viewer.frames.map(() => BINARY));
  const [init, ...rest] = viewer.parts.map(boxesIn);
  expect(init?.slice(0, 2)).toEqual(['ftyp', 'moov']);
  expect(rest.length).toBeGreaterThan(5);
  for (const boxes of rest) {
    expect(boxes).toEqual(boxes?.map((_, index) => (index % 2 === 0 ? 'moof' : 'mdat')));
    expect(boxes!.length % 2).toBe(0);
  }
});

describe('/stream', () => {
  test('is the default room as MP4 without an end', async () => {
    const stage = await HttpStage.start({ defaultRoom: 'hall' });
    const viewer = await stage.watch('http-mp4', { path: '/stream' });
    expect([viewer.status, viewer.headers['content-type']]).toEqual([200, 'video/mp4']);
    expect([...stage.server.hub.sessions.values()].map(({ path, protocol }) => [path, protocol])).toEqual([
      ['live/hall', 'http-mp4'],
    ]);
  });

  test.each(['bytes=0-', 'bytes=0-1', 'bytes=500-999'])(
    'answers a range (%s) with all there is, and offers none',
    async (range) => {
      const stage = await HttpStage.start();
      const by = await stage.publish();
      await stage.run(by, film({ video, audio, count: 25 }));
      const viewer = await stage.watch('http-mp4', { path: '/stream', headers: { Range: range } });
      await until('pictures arrive', () => viewer.media.length > 0);
      expect(viewer.status).toBe(200);
      for (const name of ['accept-ranges', 'content-range', 'content-length'])
        expect(viewer.headers).not.toHaveProperty(name);
    },
  );

  test.each([
    ['HEAD', 200, 'video/mp4'],
    ['OPTIONS', 204, undefined],
    ['POST', 405, 'application/json'],
  ])('answers %s with %i', async (method, status, type) => {
    const stage = await HttpStage.start();
    const answer = await ask(stage.port, 'http-mp4', '/stream', { method, headers: { Connection: 'close' } });
    expect([answer.status, answer.headers['content-type'], stage.viewers]).toEqual([status, type, 0]);
  });

  test('shares its bytes with all viewers of the room by MP4', async () => {
    const stage = await HttpStage.start();
    const [one, other] = [await stage.watch('http-mp4', { path: '/stream' }), await stage.watch('ws-mp4')];
    await stage.run(await stage.publish(), film({ video, audio, count: 25 }));
    await until('the same arrives', () => one.bytes.length > 0 && one.bytes.equals(other.bytes));
  });
});
