import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { frameOf, sample } from '../../../src/containers/contract-samples.ts';
import type { Options } from '../../../src/config/settings.ts';
import { SECOND } from '../../../src/media/time.ts';
import { until } from '../../servers.ts';
import { errorOf } from '../../hls/answers.ts';
import { answered, hlsFilm, HlsStage, PATH } from './stage.ts';

describe('before and after', () => {
  test('a room that is known but not live says so, and when to ask again', async () => {
    const stage = await HlsStage.start();
    for (const path of ['index.m3u8', 'ts.m3u8', '/hls/lobby.m3u8']) {
      const answer = await stage.get(path, 'multivariant');
      expect([answer.status, errorOf(answer)]).toEqual([404, 'not-live']);
      expect(answer.headers['retry-after']).toBe('2');
    }
    expect(stage.http.viewers).toBe(0);
  });

  test('a room that nobody knows is not found, and a path that is none is told so', async () => {
    const stage = await HlsStage.start({ publish: 'key' });
    const unknown = await stage.get('/live/nobody/index.m3u8', 'multivariant');
    expect([unknown.status, errorOf(unknown)]).toEqual([404, 'not-found']);
    const malformed = await stage.get('/a//b/index.m3u8', 'multivariant');
    expect([malformed.status, errorOf(malformed)]).toEqual([400, 'bad-path']);
  });

  test('a list that is asked for before the first GOP is over comes with its end', async () => {
    const { stage, by } = await HlsStage.live(1000);
    const held = await stage.held('index.m3u8', { kind: 'multivariant' });
    expect(held.answer).toBeUndefined();
    await stage.send(by, 1080);
    expect((await answered(held)).status).toBe(200);
  });

  test('a stream that nobody watched comes with the three segments before, and the next ones go on from there', async () => {
    const { stage, by } = await HlsStage.live(20_500);
    for (const name of ['index.m3u8', 'ts.m3u8'] as const) {
      const { segments, sequence } = await stage.playlist(await stage.list(name));
      expect([sequence, segments.map(({ duration }) => duration)]).toEqual([1, [2, 2, 2]]);
    }
    const list = await stage.list();
    const { segments, hints } = await stage.playlist(list);
    expect(segments.every(({ parts }) => parts[0]?.independent === true)).toBe(true);
    expect(hints[0]!.uri).toBe('main-4.1.m4s');
    await stage.send(by, 2000);
    expect((await stage.playlist(list)).segments.map(({ duration }) => duration)).toEqual([2, 2, 2, 2]);
  });

  test('C-HLS-06 a publisher who came back a moment ago is one discontinuity in what was before the first player', async () => {
    const { stage, by } = await HlsStage.live(6400);
    by.end('lost');
    await stage.http.pass(3 * SECOND);
    stage.restart();
    await stage.send(await stage.http.publish(), 2600);
    const { segments } = await stage.playlist(await stage.list());
    expect(segments.map(({ discontinuity }) => discontinuity)).toEqual([false, false, true]);
    expect(segments[2]!.at! - segments[1]!.at!).toBeGreaterThan(3000);
  });

  describe('who plays segments whole', () => {
    const ways = {
      'says so, as browsers do': { 'sec-fetch-dest': 'video' },
      'is known by how it asks': { range: 'bytes=0-', 'accept-encoding': 'identity;q=1, *;q=0' },
    };

    test.each(Object.entries(ways))('%s, and gets a list of three segments', async (_, headers) => {
      const { stage, by } = await HlsStage.live(2600);
      const held = await stage.held('index.m3u8', { kind: 'multivariant', headers });
      expect((await stage.playlist(await stage.list())).segments).toHaveLength(1);
      await stage.send(by, 3200);
      expect(held.answer).toBeUndefined();
      await stage.send(by, 400);
      expect((await answered(held)).status).toBe(200);
      expect((await stage.playlist(await stage.list())).segments).toHaveLength(3);
    });

    test('gets what there is where three segments do not come in time', async () => {
      const { stage } = await HlsStage.live(2600);
      const headers = { 'sec-fetch-dest': 'video' };
      const held = await stage.held('index.m3u8', { kind: 'multivariant', headers });
      await stage.http.pass(12 * SECOND + 100_000);
      expect((await answered(held)).status).toBe(200);
    });

    test('gets what there is of a stream that is over', async () => {
      const { stage, by } = await HlsStage.live(2600);
      const headers = { 'sec-fetch-dest': 'video' };
      const held = await stage.held('index.m3u8', { kind: 'multivariant', headers });
      by.end('ended');
      expect((await answered(held)).status).toBe(200);
    });
  });

  test('one that never comes is not waited for for long', async () => {
    const { stage } = await HlsStage.live(1000);
    const held = await stage.held('index.m3u8', { kind: 'multivariant' });
    await stage.http.pass(12 * SECOND + 100_000);
    const answer = await answered(held);
    expect([answer.status, errorOf(answer)]).toEqual([404, 'not-live']);
  });

  test('C-HLS-17 a clean end ends the list, which can be had until its time is over', async () => {
    const { stage, by } = await HlsStage.live(3400);
    const list = await stage.list();
    await stage.send(by, 4600);
    by.end('ended');
    const last = await stage.playlist(list);
    expect([last.ended, last.hints.length]).toEqual([true, 0]);
    expect(last.segments.at(-1)!.sequence).toBe(4);
    const segment = new URL('main-1.m4s', stage.url(list)).href;
    await stage.http.pass(8 * SECOND);
    expect((await stage.get(segment, 'segment')).status).toBe(200);
    expect((await stage.playlist(list)).ended).toBe(true);
    expect((await stage.get('index.m3u8', 'multivariant')).status).toBe(404);
    await stage.http.pass(5 * SECOND);
    expect((await stage.get(segment, 'segment')).status).toBe(404);
    expect((await stage.get(list)).status).toBe(404);
  });

  test('the next broadcast has other addresses, while those of the last one go on', async () => {
    const { stage, by } = await HlsStage.live(3400);
    const first = await stage.list();
    await stage.send(by, 2000);
    by.end('ended');
    stage.restart();
    const next = await stage.http.publish();
    await stage.send(next, 3400);
    const second = await stage.list();
    expect(second.split('/')[1]).not.toBe(first.split('/')[1]);
    expect((await stage.playlist(first)).ended).toBe(true);
    expect((await stage.playlist(second)).ended).toBe(false);
  });
});

describe('C-HLS-06 publishers who go and come', () => {
  const { video2, audio } = sample;
  const other = { ...audio, id: 7 };

  test('C-HLS-06 one that is lost ends nothing, and coming back is one discontinuity', async () => {
    const { stage, by } = await HlsStage.live(3400);
    const list = await stage.list();
    await stage.send(by, 2600);
    by.end('lost');
    await stage.http.pass(5 * SECOND);
    expect((await stage.playlist(list)).ended).toBe(false);
    stage.restart();
    const again = await stage.http.publish();
    await stage.send(again, 4200);
    const { segments, ended } = await stage.playlist(list);
    expect(ended).toBe(false);
    expect(segments.map(({ discontinuity }) => discontinuity)).toEqual([false, false, false, true, false]);
    expect(segments[3]!.at! - segments[2]!.at!).toBeGreaterThan(5000);
    expect(new Set(segments.map(({ map }) => map?.uri)).size).toBe(1);
  });

  test('C-HLS-07 another size of the picture is one discontinuity, with another map', async () => {
    const { stage, by } = await HlsStage.live(3400);
    const list = await stage.list();
    await stage.send(by, 2600);
    by.end('lost');
    stage.restart();
    const again = await stage.http.publish();
    await stage.send(again, 4200, { video: video2, audio });
    const { segments } = await stage.playlist(list);
    expect(segments.map(({ discontinuity }) => discontinuity)).toEqual([false, false, false, true, false]);
    expect(segments.map(({ map }) => map?.uri)).toEqual([
      'main-init1.mp4',
      'main-init1.mp4',
      'main-init1.mp4',
      'main-init2.mp4',
      'main-init2.mp4',
    ]);
    const { bytes } = await stage.get('index.m3u8', 'multivariant');
    expect(new TextDecoder().decode(bytes)).toContain('RESOLUTION=1280x720');
  });

  test('C-HLS-13 a sound that comes later is for those who come then, and changes nothing for the others', async () => {
    const { stage, by } = await HlsStage.live(3400);
    const list = await stage.list();
    await stage.send(by, 600);
    by.announce(other);
    const films = (ms: number, from: number) => [
      ...hlsFilm({ ms, from }),
      ...Array.from({ length: ms / 20 }, (_, i) => frameOf(other, { ms: from + i * 20, size: 24 })),
    ];
    await stage.http.run(
      by,
      films(4000, 4000).toSorted((a, b) => a.dts - b.dts),
    );
    const client = stage.another();
    const url = stage.url('index.m3u8');
    let { bytes } = await client.get(url, 'multivariant');
    const first = new TextDecoder().decode(bytes);
    expect(first.match(/TYPE=AUDIO/g)).toHaveLength(2);
    expect(first).toMatch(/mp4-2/);
    await stage.http.run(
      by,
      films(2000, 8000).toSorted((a, b) => a.dts - b.dts),
    );
    ({ bytes } = await client.get(url, 'multivariant'));
    expect(new TextDecoder().decode(bytes)).not.toMatch(/mp4-3/);
    const { segments, ended } = await stage.playlist(list);
    expect([ended, segments.some(({ discontinuity }) => discontinuity)]).toEqual([false, false]);
  });

  test('C-HLS-17 one that is lost for good ends the list', async () => {
    const { stage, by } = await HlsStage.live(3400);
    const list = await stage.list();
    await stage.send(by, 800);
    by.end('lost');
    await stage.http.pass(14 * SECOND);
    expect((await stage.playlist(list)).ended).toBe(false);
    await stage.http.pass(2 * SECOND);
    expect((await stage.playlist(list)).ended).toBe(true);
  });
});

describe('who watches', () => {
  const watching = (stage: HlsStage): number => stage.http.viewers;

  test('is one viewer, whatever number of lists it reads, with or without a cookie', async () => {
    const { stage } = await HlsStage.live(3400);
    const list = await stage.list();
    for (let i = 0; i < 3; i++) {
      await stage.get(list);
      await stage.get(new URL('main-1.0.m4s', stage.url(list)).href, 'part');
    }
    expect(watching(stage)).toBe(1);
    for (const path of ['index.m3u8', list, list]) {
      await (await fetch(stage.url(path), { headers: { 'User-Agent': 'without cookies' } })).text();
    }
    expect(watching(stage)).toBe(2);
    const other = stage.another();
    await other.get(stage.url('index.m3u8'), 'multivariant');
    for (let i = 0; i < 2; i++) await other.get(stage.url(list), 'media');
    expect(watching(stage)).toBe(3);
  });

  test('is one viewer with cookies that it made up, and with one from before the server was started again', async () => {
    const { stage } = await HlsStage.live(3400);
    const list = await stage.list();
    const given = /roomcast-viewer=([0-9a-f]+)/.exec(
      (await fetch(stage.url(list))).headers.get('set-cookie') ?? '',
    )![1]!;
    const seen = new Set<string | undefined>();
    const headers = { 'User-Agent': 'with cookies of its own' };
    for (let i = 0; i < 20; i++) {
      const cookie = `roomcast-viewer=${randomBytes(given.length / 2).toString('hex')}`;
      const response = await fetch(stage.url(list), { headers: { ...headers, cookie } });
      expect(response.status).toBe(200);
      await response.text();
      seen.add(response.headers.get('set-cookie')?.split(';')[0]);
    }
    expect([seen.size, [...seen][0]?.length]).toEqual([1, `roomcast-viewer=${given}`.length]);
    // The other, and the one that had the first list, have not played.
    expect(watching(stage)).toBe(1);
    for (let i = 0; i < 3; i++) {
      const response = await fetch(stage.url(list), { headers: { ...headers, cookie: [...seen][0]! } });
      await response.text();
      expect(response.headers.get('set-cookie')).toBeNull();
    }
    expect(watching(stage)).toBe(1);
  });

  test('is one no more when it asks for nothing, but for what it waits for', async () => {
    const { stage, by } = await HlsStage.live(3400);
    const list = await stage.list();
    await stage.send(by, 9000);
    for (let i = 0; i < 2; i++) await stage.get(list);
    await stage.send(by, 10_000);
    expect(watching(stage)).toBe(1);
    await stage.send(by, 2000);
    expect(watching(stage)).toBe(0);
    for (let i = 0; i < 2; i++) expect((await stage.get(list)).status).toBe(200);
    expect(watching(stage)).toBe(1);
  });

  test('has its bytes counted', async () => {
    const { stage } = await HlsStage.live(3400);
    const list = await stage.list();
    const { bytes } = await stage.get(new URL('main-1.0.m4s', stage.url(list)).href, 'part');
    const [session] = [...stage.http.server.hub.sessionsOf(PATH)].filter(({ protocol }) => protocol === 'hls');
    expect(session!.traffic.out).toBeGreaterThan(bytes.length);
    expect(session!.traffic.out).toBeLessThan(bytes.length + 1000);
  });

  test('is refused where the server is full', async () => {
    const { stage } = await full({ limits: { sessions: 2 } });
    const answer = await stage.another().get(stage.url('index.m3u8'), 'multivariant');
    expect([answer.status, errorOf(answer)]).toEqual([503, 'busy']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  });
});

async function full(options: Options): Promise<{ stage: HlsStage }> {
  const { stage } = await HlsStage.live(3400, options);
  const list = await stage.list();
  for (let i = 0; i < 2; i++) await stage.get(list);
  await until('it is counted', () => stage.http.viewers === 1);
  return { stage };
}
