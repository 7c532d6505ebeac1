import { expect, test } from 'vitest';
import { gunzipSync } from 'node:zlib';
import { Pipeline } from '../../hls/pipeline.ts';
import type { MediaPlaylist } from '../../hls/playlist.ts';
import { readPlaylist } from '../../hls/playlist-reader.ts';
import { compareEdges, type Edge, edgeOf } from '../../hls/window.ts';
import { SECOND } from '../../../src/media/time.ts';
import { RawSocket } from '../../raw-socket.ts';
import { until } from '../../servers.ts';
import { errorOf } from '../../hls/answers.ts';
import { answered, hlsFilm, HlsStage, PATH } from './stage.ts';

/** On air for eight seconds with a list from the start on; where its files are. */
async function shown(): Promise<{ stage: HlsStage; list: string; file(name: string): string }> {
  const { stage, by } = await HlsStage.live(3400);
  const list = await stage.list();
  await stage.send(by, 4600);
  return { stage, list, file: (name) => new URL(name, stage.url(list)).href };
}

test('C-HLS-18 types, caches and origins are said with every file', async () => {
  const { stage, list, file } = await shown();
  const files = { 'main-init1.mp4': 'init', 'main-1.m4s': 'segment', 'main-1.0.m4s': 'part' } as const;
  for (const [name, kind] of Object.entries(files)) {
    const { status, headers } = await stage.get(file(name), kind);
    expect([name, status, headers['content-type']]).toEqual([name, 200, 'video/mp4']);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['cross-origin-resource-policy']).toBe('cross-origin');
    expect(headers['set-cookie']).toBeUndefined();
  }
  const { headers } = await stage.get(list);
  expect(headers['content-type']).toBe('application/vnd.apple.mpegurl');
  expect(headers['cache-control']).toMatch(/max-age=1$/);
});

test('C-HLS-18 MPEG-TS comes with its first segment, and has no parts', async () => {
  const { stage, by } = await HlsStage.live(1000);
  const held = await stage.held('ts.m3u8', { kind: 'multivariant' });
  expect(held.answer).toBeUndefined();
  await stage.send(by, 1080);
  await answered(held);
  const list = await stage.list('ts.m3u8');
  const { segments, partTarget } = await stage.playlist(list);
  expect([segments.length, partTarget]).toEqual([1, undefined]);
  const segment = await stage.get(new URL(segments[0]!.uri, stage.url(list)).href, 'segment');
  expect(segment.headers['content-type']).toBe('video/mp2t');
  expect(segment.bytes.length % 188).toBe(0);
});

test('C-HLS-20 the parts of a segment, joined, are the segment', async () => {
  const { stage, list, file } = await shown();
  const { parts } = (await stage.playlist(list)).segments[0]!;
  const bytes = [];
  for (const { uri } of parts) bytes.push((await stage.get(file(uri), 'part')).bytes);
  expect(Buffer.concat(bytes).equals((await stage.get(file('main-1.m4s'), 'segment')).bytes)).toBe(true);
});

test('a segment is had in ranges, and not again by those who have it', async () => {
  const { stage, file } = await shown();
  const whole = await stage.get(file('main-1.m4s'), 'segment');
  const tag = whole.headers.etag!;
  const ask = (headers: Record<string, string>) => stage.get(file('main-1.m4s'), 'segment', headers);
  const part = await ask({ range: 'bytes=10-2999' });
  expect([part.status, part.headers['content-range']]).toEqual([206, `bytes 10-2999/${whole.bytes.length}`]);
  expect(part.bytes).toEqual(whole.bytes.slice(10, 3000));
  expect((await ask({ range: `bytes=${whole.bytes.length}-` })).status).toBe(416);
  expect((await ask({ range: 'bytes=0-9', 'if-range': '"other"' })).status).toBe(200);
  expect((await ask({ range: 'bytes=0-9', 'if-range': tag })).status).toBe(206);
  const known = await ask({ 'if-none-match': tag });
  expect([known.status, known.bytes.length, known.headers.etag]).toEqual([304, 0, tag]);
  expect((await stage.get(file('main-2.m4s'), 'segment')).headers.etag).not.toBe(tag);
});

test('a list is not sent again to those who have it', async () => {
  const { stage, list } = await shown();
  const { headers } = await stage.get(list);
  expect((await stage.get(list, 'media', { 'if-none-match': headers.etag! })).status).toBe(304);
});

test('C-HLS-30 playlists are packed for those who take that', async () => {
  const { stage, list } = await shown();
  const ask = async (encoding: string): Promise<string> => {
    const raw = await RawSocket.open(stage.http.port);
    raw.socket.write(
      `GET /${PATH}/${list} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAccept-Encoding: ${encoding}\r\n\r\n`,
    );
    const { headers } = await raw.head();
    const bytes = await raw.rest();
    return headers['content-encoding'] === 'gzip' ? `packed ${gunzipSync(bytes).toString()}` : bytes.toString();
  };
  const plain = await ask('identity');
  expect(plain).toMatch(/^#EXTM3U\n/);
  expect(await ask('gzip, br')).toBe(`packed ${plain}`);
  expect(await ask('br, gzip;q=0')).toBe(plain);
});

test('HEAD is answered as GET without a body, OPTIONS says what is allowed, and nothing else is', async () => {
  const { stage, list, file } = await shown();
  for (const url of [stage.url(list), stage.url('index.m3u8'), file('main-1.m4s')]) {
    const get = await fetch(url);
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
    await get.arrayBuffer();
    const options = await fetch(url, { method: 'OPTIONS' });
    expect([options.status, options.headers.get('access-control-allow-methods')]).toEqual([204, 'GET, HEAD']);
    const post = await fetch(url, { method: 'POST', body: '' });
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  }
});

test('C-HLS-09 segments that left the list can be had until their time is over, and then no more', async () => {
  const { stage, by } = await HlsStage.live(3400, { hls: { part: 0.4, window: 6 } });
  const list = await stage.list();
  const status = async (): Promise<number> =>
    (await stage.get(new URL('main-1.m4s', stage.url(list)).href, 'segment')).status;
  await stage.send(by, 10_800);
  expect((await stage.playlist(list)).segments[0]!.sequence).toBe(2);
  expect(await status()).toBe(200);
  await stage.send(by, 14_800);
  expect(await status()).toBe(200);
  await stage.send(by, 1200);
  expect(await status()).toBe(404);
});

test(
  'C-HLS-08 of 10 000 reads of lists that change meanwhile none is torn, or older than the one before',
  { timeout: 60_000 },
  async () => {
    const [connections, rounds, reads] = [50, 50, 4];
    const { stage, by } = await HlsStage.live(3400, { hls: { part: 0.4, window: 20 } });
    const list = await stage.list();
    // From here on something may be skipped.
    await stage.send(by, 14_000);
    const { pathname } = new URL(stage.url(list));
    const pipes = await Promise.all(Array.from({ length: connections }, () => Pipeline.open(stage.http.port)));
    const ways = ['', '?_HLS_skip=YES', '?_HLS_msn=1&_HLS_part=0', '?_HLS_msn=2&_HLS_skip=YES'].map(
      (query) => pathname + query,
    );
    for (let round = 1; round <= rounds; round++) {
      for (const [index, pipe] of pipes.entries()) pipe.ask(ways, index % 2 === 0 ? '' : 'Accept-Encoding: gzip\r\n');
      await stage.send(by, 120);
      await until('all are answered', () => pipes.every(({ answers }) => answers.length === round * reads));
    }
    // Equal bytes are read once.
    const read = new Map<string, MediaPlaylist>();
    let packed = 0;
    for (const { answers, left } of pipes) {
      let newest: Edge = { sequence: 0, parts: 0 };
      for (const { status, headers, body } of answers) {
        expect(status).toBe(200);
        const isPacked = headers.get('content-encoding') === 'gzip';
        if (isPacked) packed++;
        const key = `${isPacked} ${body.toString('latin1')}`;
        const playlist = read.get(key) ?? readPlaylist(new Uint8Array(isPacked ? gunzipSync(body) : body));
        if (playlist.kind !== 'media') throw new Error('It is no media playlist.');
        read.set(key, playlist);
        const edge = edgeOf(playlist);
        expect(compareEdges(edge, newest)).toBeGreaterThanOrEqual(0);
        newest = edge;
      }
      expect(left).toBe(0);
    }
    const texts = new Set([...read.values()].map((playlist) => JSON.stringify(playlist)));
    expect(pipes.reduce((sum, { answers }) => sum + answers.length, 0)).toBe(10_000);
    expect(packed).toBe(5000);
    // Two texts for each part that came.
    expect(texts.size).toBeGreaterThan(2 * ((rounds * 120) / 400));
  },
);

test('what is no address of ours is not found', async () => {
  const { stage, list } = await shown();
  const folder = list.slice(0, list.lastIndexOf('/'));
  for (const path of [
    `${folder}/other.m3u8`,
    `${folder}/main-init2.mp4`,
    `${folder}/main-01.m4s`,
    `${folder}-2/main.m3u8`,
    'hls/nobody/mp4/main.m3u8',
    `../other/${list}`,
  ]) {
    const answer = await stage.get(path);
    expect([path, answer.status, errorOf(answer)]).toEqual([path, 404, 'not-found']);
  }
});

test('/hls/SLUG.m3u8 is the same list, with addresses that are right from there', async () => {
  const { stage, list } = await shown();
  const { bytes, url } = await stage.get('/hls/lobby.m3u8', 'multivariant');
  const uri = new TextDecoder().decode(bytes).trim().split('\n').at(-1)!;
  expect(new URL(uri, url).href).toBe(stage.url(list));
});

test('nothing is cut for nobody: a minute after the last request it stops, and begins anew under another address', async () => {
  const { stage, by } = await HlsStage.live(3400);
  const first = await stage.list();
  for (let i = 0; i < 7; i++) await stage.send(by, 10_000);
  expect((await stage.get(first)).status).toBe(404);
  const second = await stage.list();
  expect(second).not.toBe(first);
  expect((await stage.playlist(second)).sequence).toBe(1);
});

test('one that asks for a segment and takes nothing of it is cut off', async () => {
  const { stage, by } = await HlsStage.live(3400);
  const list = await stage.list();
  // More than the system keeps for a connection.
  const large = hlsFilm({ ms: 6400, size: 400_000 }).slice(2 * 85);
  await stage.http.run(by, large);
  const raw = await RawSocket.open(stage.http.port);
  raw.socket.pause();
  const path = new URL('main-3.m4s', stage.url(list)).pathname;
  raw.socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  await stage.http.round();
  for (let second = 0; second < 12; second++) await stage.http.pass(SECOND);
  raw.socket.resume();
  await until('it is cut off', () => raw.ended);
  expect(raw.received.length).toBeLessThan(10_000_000);
});
