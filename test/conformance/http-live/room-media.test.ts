import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { film, frameOf, sample } from '../../../src/containers/contract-samples.ts';
import type { Options } from '../../../src/config/settings.ts';
import type { Frame } from '../../../src/media/frame.ts';
import { SECOND } from '../../../src/media/time.ts';
import { connectRoom, mediaControls } from '../../../src/client/index.ts';
import { RoomViewer } from '../../room-viewer.ts';
import { until } from '../../servers.ts';
import { startSecureServer } from '../tls/stage.ts';
import { HttpStage, PATH, publishFrames } from './stage.ts';

const { video, audio } = sample;
/** Time goes by faster than anybody could answer a ping. */
const start = (options: Options = {}): Promise<HttpStage> =>
  HttpStage.start({ limits: { socketFirst: 0, socketIdle: 0, socketWrite: 0, socketMessages: 0 }, ...options });

/** A second picture of the same stream. */
const aside = { ...video, id: 5 };
const both = (frames: readonly Frame[]): Frame[] =>
  frames.flatMap((frame) => (frame.track === video ? [frame, { ...frame, track: aside }] : [frame]));

describe.each(['flv', 'mp4'] as const)('media on a room’s socket as %s', (format) => {
  const http = `http-${format}` as const;

  test('is, behind the answer, byte by byte what comes over HTTP', async () => {
    const stage = await start();
    const by = await stage.publish();
    await stage.run(by, film({ video, audio, count: 30 }));
    const viewer = await RoomViewer.enter(stage.port);
    const plain = await stage.watch(http);
    const answer = await viewer.ask('media', { format });
    expect(answer).toMatchObject({ type: 'ok', format, tracks: [{ id: 1 }, { id: 2 }] });
    expect(viewer.order.slice(0, viewer.messages.indexOf(answer) + 1)).not.toContain('media');
    expect(stage.viewers).toBe(2);
    await stage.run(by, film({ video, audio, count: 60, from: 1200 }));
    await until('all of it arrives', () => plain.bytes.length > 1000 && viewer.bytes === plain.bytes.length);
    expect(viewer.film).toEqual(plain.bytes);
    expect(viewer.media.length).toBe(plain.media.length);
  });

  test('pauses for as long as one likes with nothing kept, and begins again at the live edge', async () => {
    const stage = await start();
    const by = await stage.publish();
    const viewer = await RoomViewer.enter(stage.port);
    await viewer.ask('media', { format });
    await stage.run(by, film({ video, audio, count: 60 }));
    await until('it comes', () => viewer.media.length > 20);
    expect(stage.viewers).toBe(1);
    await viewer.ask('pause');
    const before = viewer.bytes;
    await stage.run(by, film({ video, audio, count: 3000, from: 2400 }));
    expect(await viewer.ask('stats')).toMatchObject({ type: 'ok', format, paused: true, queue: 0, skips: 0 });
    expect([viewer.bytes, viewer.films.length, stage.viewers]).toEqual([before, 1, 0]);
    await viewer.ask('play');
    expect(stage.viewers).toBe(1);
    await until('it comes again', () => viewer.films.length === 2 && viewer.media.length > 0);
    expect(viewer.media[0]!.timestamp).toBeGreaterThan(2400 + 2900 * 40);
  });

  test('stays over the end of a broadcast, and begins anew with the next', async () => {
    const stage = await start();
    const viewer = await RoomViewer.enter(stage.port);
    expect(await viewer.ask('media', { format })).toMatchObject({ type: 'ok', tracks: [] });
    for (const number of [1, 2, 3]) {
      const by = await stage.publish();
      await stage.run(by, film({ video, audio, count: 40 }));
      await until('the broadcast comes', () => viewer.films.length === number && viewer.media.length > 30);
      expect(viewer.media[0]!.timestamp).toBe(0);
      by.end('ended');
      await until('its end is told', () => viewer.told('stream').at(-1)!['state'] === 'ended');
    }
    expect([stage.viewers, viewer.closed]).toEqual([1, undefined]);
  });

  test('is one of several pictures, as one chooses', async () => {
    const stage = await start();
    const by = await stage.publish();
    const viewer = await RoomViewer.enter(stage.port);
    await viewer.ask('media', { format });
    const frames = both(film({ video, audio, count: 200 }));
    await stage.run(by, frames.slice(0, 200));
    await until('the first comes', () => viewer.media.length > 40);
    expect(await viewer.code('quality', { track: 9 })).toBe('not-found');
    expect(await viewer.ask('quality', { track: 1 })).toMatchObject({ type: 'ok', track: 1 });
    expect(viewer.films.length).toBe(1);
    expect(await viewer.ask('quality', { track: 5 })).toMatchObject({ type: 'ok', track: 5 });
    const feeds = stage.server.hub.stream(PATH)!;
    expect(feeds.tracks.map(({ id }) => id)).toEqual([1, 2, 5]);
    await stage.run(by, frames.slice(200));
    await until('the second comes', () => viewer.films.length === 2 && viewer.media.length > 40);
    by.end('ended');
    const next = await stage.publish();
    await stage.run(next, film({ video, audio, count: 60 }));
    await until('what is left is played', () => viewer.films.length === 3 && viewer.media.length > 20);
    expect(viewer.media.some(({ kind }) => kind === 'video')).toBe(true);
  });
});

describe('media on a room’s socket', () => {
  test('changes its container and stops as one says, as one session', async () => {
    const stage = await start();
    const by = await stage.publish();
    await stage.run(by, film({ video, audio, count: 30 }));
    const viewer = await RoomViewer.enter(stage.port);
    await viewer.ask('media', { format: 'flv' });
    await until('FLV comes', () => viewer.films.length === 1);
    const [session] = stage.server.hub.sessionsOf(PATH);
    await viewer.ask('media', { format: 'mp4' });
    await until('MP4 comes', () => viewer.films.length === 2 && viewer.media.length > 0);
    const sessions = [...stage.server.hub.sessionsOf(PATH)].filter(({ action }) => action === 'play');
    expect(sessions.map(({ protocol }) => protocol)).toEqual(['ws']);
    expect(session).toBeDefined();
    expect(sessions[0]!.traffic.out).toBeGreaterThan(viewer.bytes);
    expect(await viewer.ask('media', { format: null })).toMatchObject({ type: 'ok', format: null });
    expect(stage.viewers).toBe(0);
    const { bytes } = viewer;
    await stage.run(by, film({ video, audio, count: 30, from: 1200 }));
    expect([await viewer.code('stats'), viewer.bytes]).toEqual(['bad-request', bytes]);
    await viewer.ask('media', { format: 'flv' });
    await until('it comes again', () => viewer.films.length === 3);
    const { bytes: counted } = await viewer.ask('stats');
    expect(counted).toBeLessThan(bytes);
  });

  test('has nothing to seek in, and is asked for before anything is done with it', async () => {
    const stage = await start();
    const viewer = await RoomViewer.enter(stage.port);
    expect(await viewer.code('seek', { to: 10 })).toBe('not-seekable');
    for (const [type, fields] of [['pause'], ['play'], ['stats'], ['quality', { track: 1 }]] as const)
      expect(await viewer.code(type, fields)).toBe('bad-request');
    expect(await viewer.code('media', { format: 'ogg' })).toBe('bad-request');
    expect(stage.viewers).toBe(0);
  });

  test('leaves with its socket', async () => {
    const stage = await start();
    const viewers = await Promise.all([RoomViewer.enter(stage.port), RoomViewer.enter(stage.port)]);
    for (const viewer of viewers) await viewer.ask('media', { format: 'flv' });
    expect(stage.viewers).toBe(2);
    viewers[0]!.raw.destroy();
    await until('one is gone', () => stage.viewers === 1);
    viewers[1]!.raw.frame(0x88, Buffer.from([0x03, 0xe8]));
    await until('both are', () => stage.viewers === 0);
    await until('the close is answered', () => viewers[1]!.closed);
    expect(viewers[1]!.closed).toMatchObject({ code: 1000 });
  });

  test('neither grows nor tears for one who reads slowly, and what is said comes between', async () => {
    const stage = await start({ viewerQueue: 4_000_000 });
    const sockets: Socket[] = [];
    stage.app.http.server.on('connection', (socket: Socket) => void sockets.push(socket));
    const viewer = await RoomViewer.enter(stage.port);
    const [socket] = sockets;
    const by = await stage.publish();
    await viewer.ask('media', { format: 'flv' });
    const large = (ms: number): Frame => ({
      ...frameOf(video, { ms, key: ms % 1000 === 0 }),
      data: new Uint8Array(60_000),
    });
    const second = (from: number): Frame[] => Array.from({ length: 25 }, (_, index) => large(from + index * 40));
    await stage.run(by, [...second(0), ...second(1000)]);
    await until('it comes', () => viewer.media.length === 50);
    viewer.raw.socket.pause();
    let most = 0;
    for (let from = 2000; from < 40_000; from += 1000) {
      await stage.run(by, second(from));
      most = Math.max(most, socket!.writableLength);
    }
    // One batch, and one frame more.
    expect(most).toBeGreaterThan(60_000);
    expect(most).toBeLessThan(256 * 1024 + 70_000);
    const asked = viewer.say('stats');
    await stage.round();
    viewer.raw.socket.resume();
    const before = viewer.bytes;
    await until('the answer comes', () => viewer.messages.some(({ id }) => id === asked));
    const answer = viewer.messages.find(({ id }) => id === asked)!;
    expect(answer).toMatchObject({ type: 'ok', queue: expect.any(Number) });
    expect(viewer.bytes - before).toBeLessThan(16_000_000);
    await stage.run(by, second(40_000));
    await until('it is where the others are', () => viewer.media.at(-1)!.timestamp >= 40_960);
    expect((await viewer.ask('stats'))['skips']).toBeGreaterThan(0);
    const times = viewer.media.map(({ timestamp }) => timestamp);
    expect(times.every((time, index) => index === 0 || time > times[index - 1]!)).toBe(true);
    expect(viewer.closed).toBeUndefined();
  });

  test('pause and play again and again while nothing is read bring nothing more into memory', async () => {
    const stage = await start();
    const sockets: Socket[] = [];
    stage.app.http.server.on('connection', (socket: Socket) => void sockets.push(socket));
    const viewer = await RoomViewer.enter(stage.port);
    const [socket] = sockets;
    const by = await stage.publish();
    await viewer.ask('media', { format: 'flv' });
    const frames = Array.from({ length: 100 }, (_, index) => ({
      ...frameOf(video, { ms: index * 40, key: index === 0 }),
      data: new Uint8Array(60_000),
    }));
    viewer.raw.socket.pause();
    await stage.run(by, frames);
    await stage.pass(SECOND);
    const full = socket!.writableLength;
    expect(full).toBeGreaterThan(60_000);
    for (let turn = 0; turn < 8; turn++) {
      viewer.say('pause');
      viewer.say('play');
      await stage.round();
    }
    expect(socket!.writableLength).toBeLessThan(full + 10_000);
    viewer.raw.socket.resume();
    await until('it begins again', () => viewer.films.length > 1 && viewer.media.length > 10);
  });
});

test('who stops reading their media is closed with 1008 and the reason, over TLS as well; who reads beside them is not', async () => {
  const at = await startSecureServer({ limits: { viewerStall: 1 }, merge: 0 });
  const { hub, http } = at.server;
  const by = await publishFrames(at.server);
  const secure = { port: at.httpsPort, secure: true };
  const [reader, ...stalled] = await Promise.all([secure, secure, http.port].map((port) => RoomViewer.enter(port)));
  for (const viewer of [reader!, ...stalled]) await viewer.ask('media', { format: 'flv' });
  for (const viewer of stalled) viewer.raw.socket.pause();
  // They have a second to read why; what they have not read comes before.
  hub.events.on('session-end', () => {
    if (hub.viewers(PATH) > 1) return;
    for (const viewer of stalled) viewer.raw.socket.resume();
  });
  by.announce(audio);
  // More than the system takes for a socket that nobody reads.
  for (let i = 0; i < 24; i++) {
    by.write(frameOf(video, { ms: i * 40, key: true, size: 2 ** 20 }));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until('they are closed', () => stalled.every(({ raw }) => raw.ended), 10_000);
  expect(hub.viewers(PATH)).toBe(1);
  for (const { closed } of stalled)
    expect(closed).toEqual({ code: 1008, reason: 'Too slow: nothing was read for too long.' });
  const lines = at.log.filter(({ fields }) => fields['code'] === 'stalled');
  expect(lines[0]?.fields).toMatchObject({ protocol: 'ws', path: PATH });
  expect(await reader!.ask('stats')).toMatchObject({ type: 'ok', format: 'flv' });
  expect(reader!.closed).toBeUndefined();
});

test('a program watches and stops by the typed client, each wish with its own answer', async () => {
  const stage = await start();
  const by = await stage.publish();
  await stage.run(by, film({ video, audio, count: 30 }));
  const bytes: number[] = [];
  const room = connectRoom({
    base: `http://127.0.0.1:${stage.port}`,
    slug: 'lobby',
    listener: (event) => {
      if (event.type === 'media') bytes.push(event.bytes.byteLength);
    },
  });
  const media = mediaControls(room);
  try {
    await until('it is connected', () => room.connected);
    const [tracks, volume] = await Promise.all([media.watch('flv'), media.setVolume(0.5)]);
    expect([tracks.map(({ id }) => id), volume.level]).toEqual([[1, 2], 0.5]);
    await until('the picture comes', () => bytes.length > 0);
    await expect(media.seek(3)).rejects.toMatchObject({ name: 'ApiError', code: 'not-seekable' });
    await expect(media.choose(99)).rejects.toMatchObject({ code: 'not-found' });
    await media.pause();
    expect(await media.stats()).toMatchObject({ format: 'flv', paused: true, skips: 0 });
    expect((await media.play()).length).toBe(2);
    await media.stop();
    await expect(media.stats()).rejects.toMatchObject({ code: 'bad-request' });
    expect(stage.viewers).toBe(0);
  } finally {
    room.close();
  }
});
