import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { concatBytes } from '../../src/media/bytes/bytes.ts';
import { expect, onTestFinished, test } from 'vitest';
import { handmadeFragment, handmadeInit, handmadeRuns } from './handmade.ts';
import { HlsWatcher } from './watcher.ts';

const PARTS = 4;
/** Seconds of a part; segments have four of them. */
const PART = 0.52;

const BEGIN = Date.UTC(2026, 0, 1);
/** Parts before the end that are listed; of others only their segments are. */
const LISTED = 9;

/** A server of a stream whose time goes on with every blocking reload, so that nothing has to be waited for. */
class Origin {
  /** Parts that there are. */
  edge = 12;
  /** Parts that there will be. */
  readonly end: number;
  readonly asked: string[] = [];
  /** Answers to give in place of the true ones. */
  readonly instead = new Map<string, number>();
  url = '';

  private constructor(end: number) {
    this.end = end;
  }

  static async start(end: number): Promise<Origin> {
    const origin = new Origin(end);
    const server = createServer((request, response) => origin.#answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    origin.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/index.m3u8`;
    return origin;
  }

  #answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
    this.asked.push(url);
    const { pathname, searchParams } = new URL(url, 'http://h');
    const body = this.#bodyOf(pathname, searchParams);
    const status = this.instead.get(pathname) ?? (body ? 200 : 404);
    const type = pathname.endsWith('.m3u8') ? 'application/vnd.apple.mpegurl' : 'video/mp4';
    response.writeHead(status, { 'Content-Type': type });
    response.end(status === 200 ? body : '');
  }

  #bodyOf(pathname: string, query: URLSearchParams): Uint8Array | string | undefined {
    const [, name, sequence, part] = /^\/([a-z]+)-?(\d+)?(?:\.(\d+))?\.\w+$/.exec(pathname) ?? [];
    if (name === 'index')
      return '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.640028,mp4a.40.2",RESOLUTION=2x2\nmedia.m3u8\n';
    if (name === 'init') return handmadeInit();
    if (name === 'media') {
      if (query.has('_HLS_msn')) this.edge = Math.min(this.end, this.edge + 1);
      return this.#playlist();
    }
    const first = PARTS * (Number(sequence) - 1);
    if (part !== undefined) return first + Number(part) < this.edge ? partOf(first + Number(part)) : undefined;
    return concatBytes(Array.from({ length: PARTS }, (_, index) => partOf(first + index)));
  }

  #playlist(): string {
    const lines = [
      '#EXTM3U',
      '#EXT-X-VERSION:9',
      '#EXT-X-TARGETDURATION:2',
      '#EXT-X-INDEPENDENT-SEGMENTS',
      '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.56',
      `#EXT-X-PART-INF:PART-TARGET=${PART}`,
      '#EXT-X-MEDIA-SEQUENCE:1',
      '#EXT-X-MAP:URI="init.mp4"',
    ];
    for (let index = 0; index < this.edge; index++) {
      const [sequence, part] = [1 + Math.floor(index / PARTS), index % PARTS];
      if (part === 0) lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(BEGIN + index * 520).toISOString()}`);
      const key = part === 0 ? ',INDEPENDENT=YES' : '';
      if (index - part > this.edge - LISTED)
        lines.push(`#EXT-X-PART:DURATION=${PART},URI="s-${sequence}.${part}.m4s"${key}`);
      if (part === PARTS - 1) lines.push(`#EXTINF:${PART * PARTS},`, `s-${sequence}.m4s`);
    }
    const next = `s-${1 + Math.floor(this.edge / PARTS)}.${this.edge % PARTS}.m4s`;
    lines.push(this.edge === this.end ? '#EXT-X-ENDLIST' : `#EXT-X-PRELOAD-HINT:TYPE=PART,URI="${next}"`);
    return `${lines.join('\n')}\n`;
  }
}

function partOf(index: number): Uint8Array {
  return handmadeFragment(index + 1, handmadeRuns(index * PART, PART, { key: index % PARTS === 0 }));
}

/** When its pictures are shown. ms */
const times = (watcher: HlsWatcher): number[] => watcher.pictures.map(({ timestamp }) => Math.round(timestamp));

test('a player that knows parts begins at a key frame near the end and gets every picture to the end', async () => {
  const origin = await Origin.start(24);
  const watcher = new HlsWatcher(origin.url, { thorough: false });
  await watcher.done;
  expect(watcher.ended).toBe('end');
  expect(watcher.jumps).toEqual([]);
  expect(times(watcher)[0]).toBe(Math.round(1000 * 8 * PART));
  expect(watcher.pictures.length).toBe(13 * 16);
  expect(new Set(times(watcher)).size).toBe(watcher.pictures.length);
  expect(origin.asked.some((url) => /_HLS_msn=4&_HLS_part=0/.test(url))).toBe(true);
  expect(watcher.arrivals.length).toBe(watcher.pictures.length + watcher.sounds.length);
});

test('an old player loads whole segments, and asks for nothing else', async () => {
  const origin = await Origin.start(12);
  const watcher = new HlsWatcher(origin.url, { lowLatency: false, thorough: false });
  await watcher.done;
  expect(watcher.ended).toBe('end');
  expect(watcher.pictures.length).toBe(13 * 12);
  expect(origin.asked.filter((url) => /s-\d+\.\d+\.m4s|_HLS/.test(url))).toEqual([]);
});

test('a player that finds a part missing goes on behind it and says so', async () => {
  const origin = await Origin.start(24);
  origin.instead.set('/s-5.1.m4s', 404);
  const watcher = new HlsWatcher(origin.url, { thorough: false });
  await watcher.done;
  expect(watcher.ended).toBe('end');
  expect(watcher.jumps.map(({ why, from }) => [why, from])).toEqual([['missing', { sequence: 5, parts: 1 }]]);
  expect(times(watcher).at(-1)).toBe(Math.round(1000 * 24 * PART) - 40);
});

test('what the player asked and got goes through the checker', async () => {
  const origin = await Origin.start(16);
  const watcher = new HlsWatcher(origin.url);
  await watcher.done;
  // The server of this test says nothing of caches and of origins.
  const rules = new Set(watcher.checker.faults.map(({ rule }) => rule));
  expect([...rules].filter((rule) => !/^C-HLS-(?:18|30)/.test(rule))).toEqual([]);
  expect(rules).toContain('C-HLS-18/origin');
});

test('a player whose playlist goes away looks once more for what is on, and gives up where nothing is', async () => {
  const origin = await Origin.start(16);
  origin.instead.set('/media.m3u8', 404);
  const watcher = new HlsWatcher(origin.url);
  await expect.poll(() => watcher.rejoined).toBeGreaterThan(0);
  origin.instead.set('/index.m3u8', 404);
  await watcher.done;
  expect(watcher.ended).toBe('no playlist: 200');
});

test('a player that is refused says so', async () => {
  const origin = await Origin.start(16);
  origin.instead.set('/index.m3u8', 403);
  const watcher = new HlsWatcher(origin.url);
  await watcher.done;
  expect([watcher.ended, watcher.status]).toEqual(['no playlist: 403', 403]);
});
