import { connect } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { film, sample } from '../../src/containers/contract-samples.ts';
import { families, MAX_PATHS } from '../../src/features/metrics/families.ts';
import type { Publisher } from '../../src/live/publisher.ts';
import { SECOND } from '../../src/media/time.ts';
import type { App, Plugin } from '../../src/plugin.ts';
import { plugins } from '../../src/plugins.ts';
import { createServer, type Server } from '../../src/server.ts';
import { temporaryFolder } from '../output.ts';
import { RawSocket } from '../raw-socket.ts';
import { freePort, startServer, until } from '../servers.ts';
import { VirtualScheduler } from '../virtual-scheduler.ts';
import { Watcher } from '../watch.ts';
import { type Scrape, scrape } from './metrics.ts';
import { player, publisher } from './rtmp/client.ts';

/** A publisher that is no connection, with one second of film. */
async function perform({ hub }: Server, path: string, count = 25): Promise<Publisher> {
  const publisher = await hub.publish({
    action: 'publish',
    protocol: 'test',
    path,
    credentials: {},
    remote: { address: '192.0.2.1' },
    close() {},
    traffic: () => ({ in: 0, out: 0 }),
  });
  for (const frame of film({ video: sample.video, audio: sample.audio, count })) publisher.write(frame);
  return publisher;
}

const bitratesOf = (seen: Scrape): string[] => seen.labelsOf(families.streamBitrate.name).map(({ path }) => path!);

describe('/metrics', () => {
  test('counts what is published and played over RTMP and HTTP-FLV, at once', async () => {
    const { http, rtmp } = await startServer({ merge: 0, grace: 0 });
    const sender = await publisher(`${rtmp}/live/lobby`);
    const overRtmp = await player(`${rtmp}/live/lobby`);
    const overHttp = new Watcher(`${http}/live/lobby.flv`);
    await until(
      'both watch',
      async () => (await scrape(http)).get('roomcast_sessions{protocol="http-flv",action="play"}') === 1,
    );
    for (const track of [sample.video, sample.audio]) sender.announce(track);
    for (const frame of film({ video: sample.video, audio: sample.audio, count: 50 })) sender.write(frame);
    await until('all have all', () => overRtmp.frames.length >= 100 && overHttp.flv.media('audio').length >= 50);

    const seen = await scrape(http);
    expect(seen.get('roomcast_sessions{protocol="rtmp",action="publish"}')).toBe(1);
    expect(seen.get('roomcast_sessions{protocol="rtmp",action="play"}')).toBe(1);
    expect(seen.get('roomcast_frames_total{kind="video"}')).toBe(50);
    expect(seen.get('roomcast_frames_total{kind="audio"}')).toBe(50);
    const [out, back] = [sender.traffic, overRtmp.client.traffic];
    expect(seen.get('roomcast_bytes_total{protocol="rtmp",direction="in"}')).toBe(out.out + back.out);
    expect(seen.get('roomcast_bytes_total{protocol="rtmp",direction="out"}')).toBe(out.in + back.in);
    const body = seen.get('roomcast_bytes_total{protocol="http-flv",direction="out"}')! - overHttp.flv.bytes;
    expect(body).toBeGreaterThan(0);
    expect(body).toBeLessThan(1000);
    expect(seen.get('roomcast_skips_total{protocol="http-flv"}')).toBe(0);
    expect(bitratesOf(seen)).toEqual(['live/lobby']);

    await sender.leave();
    await until('the viewers are gone', () => overHttp.ended !== undefined && overRtmp.ended !== undefined);
    const later = await scrape(http);
    expect(later.get('roomcast_sessions{protocol="http-flv",action="play"}')).toBe(0);
    expect(later.get('roomcast_sessions{protocol="rtmp",action="publish"}')).toBe(0);
    expect(later.get('roomcast_frames_total{kind="video"}')).toBe(50);
    for (const [name, before] of seen.series) {
      if (name.startsWith('roomcast_bytes')) expect(later.get(name), name).toBeGreaterThanOrEqual(before);
    }
    expect(bitratesOf(later)).toEqual([]);
  });

  test('has exactly the metrics and labels that are promised, and Node’s, in the form that Prometheus reads', async () => {
    const { server, http } = await startServer();
    await scrape(http);
    const publishing = await perform(server, 'live/lobby');
    const watching = new Watcher(`${http}/live/lobby.flv`);
    await fetch(`${http}/live/a/b.flv`);
    await until('it watches', () => watching.flv.tags.length > 0);
    await until(
      'a timer was looked at',
      async () => (await scrape(http)).get('roomcast_loop_delay_seconds_count')! > 0,
    );
    const seen = await scrape(http);
    const ours = [...seen.types].filter(([name]) => name.startsWith('roomcast_'));
    expect(Object.fromEntries(ours)).toEqual(
      Object.fromEntries(Object.values(families).map(({ name, type }) => [name, type])),
    );
    for (const { name, type, labels } of Object.values(families)) {
      const given = seen.labelsOf(type === 'histogram' ? `${name}_bucket` : name);
      expect(given.length, name).toBeGreaterThan(0);
      for (const set of given) expect(Object.keys(set), name).toEqual(type === 'histogram' ? ['le'] : labels);
    }
    expect(seen.get('roomcast_refused_total{code="bad-path"}')).toBe(1);
    expect(seen.get('roomcast_loop_delay_seconds_bucket{le="+Inf"}')).toBe(
      seen.get('roomcast_loop_delay_seconds_count'),
    );
    for (const name of ['process_cpu_seconds_total', 'nodejs_heap_size_used_bytes', 'nodejs_eventloop_lag_p99_seconds'])
      expect(seen.types.has(name), name).toBe(true);
    expect(seen.type).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(seen.unreadable).toEqual([]);
    publishing.end('ended');
  });

  test('keeps its series few when ten thousand names come and go', { timeout: 60_000 }, async () => {
    const { server, http } = await startServer({ grace: 0 });
    const labels = new Set<string>();
    const on: Publisher[] = [];
    let series = 0;
    for (let i = 0; i < 10_000; i++) {
      on.push(await perform(server, `live/name-${i}`, 1));
      if (on.length > MAX_PATHS + 50) on.shift()!.end('ended');
      if (i % 2000 !== 1999) continue;
      const seen = await scrape(http);
      series = seen.series.size;
      for (const path of bitratesOf(seen)) labels.add(path);
      expect(bitratesOf(seen)).toContain('other');
      expect(seen.get('roomcast_frames_total{kind="video"}')).toBe(i + 1);
    }
    expect(labels.size).toBe(MAX_PATHS + 1);
    expect(series).toBeLessThan(MAX_PATHS + 200);
    for (const publisher of on) publisher.end('ended');
    expect(bitratesOf(await scrape(http))).toEqual([]);
  });

  test('tells of one server only what is its own', async () => {
    const [one, two] = [await startServer(), await startServer()];
    await perform(one.server, 'live/one');
    await perform(two.server, 'live/two', 5);
    for (const [{ http }, path, frames] of [
      [one, 'live/one', 25],
      [two, 'live/two', 5],
    ] as const) {
      const seen = await scrape(http);
      expect(bitratesOf(seen)).toEqual([path]);
      expect(seen.get('roomcast_frames_total{kind="video"}')).toBe(frames);
    }
  });

  test('is refused while the server stops, and leaves no timer behind', async () => {
    const scheduler = new VirtualScheduler();
    const { server } = await startServer({ drain: 0 }, { scheduler });
    const peer = await RawSocket.open(server.http.port);
    // When the first is answered, the second has begun.
    peer.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET /metrics HTTP/1.1\r\nHost: a\r\n');
    expect((await peer.head()).status).toBe(200);
    peer.received = Buffer.alloc(0);
    const closed = server.close();
    peer.write('\r\n');
    expect((await peer.head()).status).toBe(503);
    peer.destroy();
    await closed;
    expect(scheduler.pending).toBe(0);
  });

  test('does not warn, whatever Node thinks of how its figures are taken', async () => {
    const warnings: Error[] = [];
    const listener = (warning: Error): number => warnings.push(warning);
    process.on('warning', listener);
    const { http } = await startServer();
    await scrape(http);
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listener);
    expect(warnings).toEqual([]);
  });
});

describe('/healthz and /readyz', () => {
  const ask = async (url: string): Promise<[number, unknown]> => {
    const response = await fetch(url);
    return [response.status, await response.json()];
  };
  const refusal = (code: string, words: RegExp): object => ({ error: { code, message: expect.stringMatching(words) } });

  test('are not there while the server starts, and ready from the first moment that they are', async () => {
    const port = await freePort();
    const gate = Promise.withResolvers<void>();
    const entered = Promise.withResolvers<void>();
    const slow: Plugin = {
      name: 'slow',
      async start() {
        entered.resolve();
        await gate.promise;
        return { close: async () => {} };
      },
    };
    const starting = createServer(
      { data: temporaryFolder(), http: `127.0.0.1:${port}`, rtmp: '127.0.0.1:0' },
      { plugins: [...plugins, slow] },
    );
    await entered.promise;
    const answer = await new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code));
      socket.on('connect', () => resolve('connected'));
    });
    expect(answer).toBe('ECONNREFUSED');
    gate.resolve();
    const server = await starting;
    expect(await ask(`http://127.0.0.1:${port}/readyz`)).toEqual([200, { status: 'ready' }]);
    expect(await ask(`http://127.0.0.1:${port}/healthz`)).toEqual([200, { status: 'ok' }]);
    await server.close();
  });

  test('say while the server stops that it lives and takes nobody', async () => {
    const { server } = await startServer();
    const peers = await Promise.all(
      ['/healthz', '/readyz'].map(async (path) => {
        const peer = await RawSocket.open(server.http.port);
        // When the first is answered, the second has begun.
        peer.write(`GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nGET ${path} HTTP/1.1\r\nHost: a\r\n`);
        expect((await peer.head()).status).toBe(200);
        peer.received = Buffer.alloc(0);
        return peer;
      }),
    );
    const closed = server.close();
    const statuses: number[] = [];
    for (const peer of peers) {
      peer.write('\r\n');
      const { status, headers } = await peer.head();
      statuses.push(status);
      if (status === 503) {
        expect(headers['retry-after']).toBe('5');
        await until('the words came', () => peer.received.includes('}}'));
        expect(JSON.parse(peer.received.toString())).toEqual(refusal('shutting-down', /stopping/));
      }
      peer.destroy();
    }
    expect(statuses).toEqual([200, 503]);
    await closed;
  });

  test('say of a full server that it lives and takes nobody', async () => {
    const { server, http } = await startServer({ limits: { sessions: 1 } });
    const publisher = await perform(server, 'live/lobby');
    expect(await ask(`${http}/readyz`)).toEqual([503, refusal('busy', /full: limits\.sessions/)]);
    expect((await ask(`${http}/healthz`))[0]).toBe(200);
    publisher.end('ended');
    expect((await ask(`${http}/readyz`))[0]).toBe(200);
  });

  test('say of a server whose database is gone that it lives and takes nobody, and log it once', async () => {
    let app: App | undefined;
    const probe: Plugin = {
      name: 'probe',
      async start(started) {
        app = started;
        return { close: async () => {} };
      },
    };
    const scheduler = new VirtualScheduler();
    const { http, log } = await startServer({ drain: 0 }, { plugins: [...plugins, probe], scheduler });
    expect((await ask(`${http}/readyz`))[0]).toBe(200);
    const queries = vi.spyOn(app!.store.db, 'getExecutor');
    for (let i = 0; i < 20; i++) await ask(`${http}/readyz`);
    expect(queries).not.toHaveBeenCalled();
    await app!.store.db.destroy();
    for (let i = 0; i < 3; i++) {
      scheduler.advance(SECOND);
      expect(await ask(`${http}/readyz`)).toEqual([503, refusal('store-failed', /database/)]);
    }
    expect(queries).toHaveBeenCalled();
    expect((await ask(`${http}/healthz`))[0]).toBe(200);
    expect(log.filter(({ message }) => message.includes('does not answer')).map(({ level }) => level)).toEqual([
      'error',
    ]);
  });
});
