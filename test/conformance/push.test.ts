import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Frame } from '../../src/media/frame.ts';
import { SECOND } from '../../src/media/time.ts';
import { probe } from '../../src/probe/probe.ts';
import { type Push, push, type PushOptions } from '../../src/push/push.ts';
import { FakeFfmpeg, HANG } from '../fake-ffmpeg.ts';
import { temporaryFolder } from '../output.ts';
import { Program, type RunOptions } from '../programs.ts';
import { Relay } from '../relay.ts';
import { codecFilms, demoFilm } from '../push-films.ts';
import { freePort, root, startServer, until } from '../servers.ts';
import { VirtualScheduler } from '../virtual-scheduler.ts';
import { player } from './rtmp/client.ts';

const KEY = 'rk_aaaabbbbccccddddeeeeffff';
const keyed = { publish: 'key', rooms: { lobby: { key: KEY } } } as const;

/** Gone after the test. */
function pushed(path: string, url: string, options: PushOptions = {}): Push {
  const pushing = push(path, url, options);
  onTestFinished(() => pushing.stop());
  pushing.done.catch(() => {});
  return pushing;
}

const count = (frames: readonly Frame[], kind: string): number =>
  frames.filter(({ track }) => track.kind === kind).length;

describe('a file that is pushed', () => {
  test('arrives whole at a player who waited for it, and ends its broadcast', async () => {
    const { rtmp, server } = await startServer();
    const film = demoFilm(2);
    const viewer = await player(`${rtmp}/live/film`);
    const { reason, progress } = await pushed(film.path, `${rtmp}/live/film`).done;
    await until('the player is told of the end', () => viewer.ended);
    expect(reason).toBe('done');
    expect(progress.frames).toBe(film.frames.length);
    for (const kind of ['video', 'audio']) expect(count(viewer.frames, kind)).toBe(count(film.frames, kind));
    expect(viewer.ended).toEqual({ reason: 'ended' });
    expect(server.hub.stream('live/film')?.state).not.toBe('waiting');
  });

  test('arrives whole in every codec that RTMP carries', async () => {
    const { rtmp } = await startServer();
    const told = await Promise.all(
      codecFilms().map(async ({ codec, film }) => {
        const viewer = await player(`${rtmp}/live/${codec}`);
        await pushed(film.path, `${rtmp}/live/${codec}`).done;
        await until('the player is told of the end', () => viewer.ended);
        const seen = ['video', 'audio'].map((kind) => {
          const frames = viewer.frames.filter(({ track }) => track.kind === kind);
          return `${frames[0]?.track.codec} ${frames.length}`;
        });
        const sent = film.tracks.map(({ codec: name, kind }) => `${name} ${count(film.frames, kind)}`);
        return { codec, sent, seen };
      }),
    );
    expect(told.map(({ codec, seen }) => ({ codec, seen }))).toEqual(
      told.map(({ codec, sent }) => ({ codec, seen: sent })),
    );
    expect(told.length).toBeGreaterThanOrEqual(9);
  });

  test('goes round three times in a loop without a gap', async () => {
    const { rtmp } = await startServer();
    const film = demoFilm(1);
    const viewer = await player(`${rtmp}/live/film`);
    const pushing = pushed(film.path, `${rtmp}/live/film`, { loop: true });
    await until('three turns are over', () => (viewer.frames.at(-1)?.dts ?? 0) > 3.2 * SECOND);
    await pushing.stop();
    await until('the player is told of the end', () => viewer.ended);
    for (const kind of ['video', 'audio']) {
      const times = viewer.frames.filter(({ track }) => track.kind === kind).map(({ dts }) => dts / 1000);
      const steps = times.slice(1).map((time, index) => time - times[index]!);
      expect(Math.max(...steps)).toBeLessThanOrEqual(34 + 22); // a frame, and what one track is longer than the other
      expect(Math.min(...steps)).toBeGreaterThanOrEqual(20);
    }
    expect(count(viewer.frames, 'video')).toBeGreaterThan(3 * count(film.frames, 'video'));
    const pictures = viewer.tracks.filter(({ kind }) => kind === 'video');
    expect(pictures).toHaveLength(1);
  });

  test('is not sent with a wrong key, which is tried once and not repeated in words', async () => {
    const { rtmp, log } = await startServer(keyed);
    const wrong = KEY.replaceAll('f', 'g');
    const pushing = pushed(demoFilm(1).path, `${rtmp}/live/${wrong}`);
    const links: string[] = [];
    pushing.on('link', ({ state }) => links.push(state));
    await expect(pushing.done).rejects.toMatchObject({ code: 'wrong-key' });
    await expect(pushing.done).rejects.toThrow(/^(?!.*rk_).*refused/);
    expect(links).toEqual(['connecting']);
    expect(JSON.stringify(log)).not.toContain(wrong);
  });

  test('is ended for good when its session is kicked', async () => {
    const { rtmp, server } = await startServer(keyed);
    const pushing = pushed(demoFilm(5).path, `${rtmp}/live/lobby?key=${KEY}`);
    await until('it publishes', () => server.hub.stream('live/lobby')?.state === 'live');
    server.hub.kick([...server.hub.sessions.keys()][0]!);
    await expect(pushing.done).rejects.toMatchObject({ code: 'kicked' });
  });

  test('comes back to a server that starts anew, and goes on where real time is', async () => {
    const port = await freePort();
    const options = { rtmp: `127.0.0.1:${port}`, data: temporaryFolder(), drain: 1 };
    const first = await startServer(options);
    const pushing = pushed(demoFilm(10).path, `rtmp://127.0.0.1:${port}/live/film`, { random: () => 0 });
    const links: string[] = [];
    pushing.on('link', ({ state }) => links.push(state));
    await until('it publishes', () => first.server.hub.stream('live/film')?.state === 'live');
    await first.server.close();
    const second = await startServer(options);
    await until('it publishes again', () => second.server.hub.stream('live/film')?.state === 'live');
    expect(links.slice(0, 3)).toEqual(['connecting', 'live', 'waiting']);
    expect(links.at(-1)).toBe('live');
    await pushing.stop();
  });

  test('comes back when the network has cut it, and its viewers stay', async () => {
    const { rtmp, server } = await startServer({ grace: 15 });
    const relay = await Relay.to(server.rtmp.port);
    const viewer = await player(`${rtmp}/live/film`);
    const pushing = pushed(demoFilm(10).path, `rtmp://127.0.0.1:${relay.port}/live/film`, { random: () => 0 });
    await until('pictures come', () => count(viewer.frames, 'video') > 10);
    relay.cut();
    await until('the stream waits', () => server.hub.stream('live/film')?.state === 'waiting');
    const before = count(viewer.frames, 'video');
    await until('the picture goes on', () => count(viewer.frames, 'video') > before + 10);
    const times = viewer.frames.filter(({ track }) => track.kind === 'video').map(({ dts }) => dts);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(viewer.ended).toBeUndefined();
    await pushing.stop();
    await until('the player is told of the end', () => viewer.ended);
  });
});

describe('a stream that is looked at', () => {
  test('is told by RTMP and HTTP-FLV alike, and left', async () => {
    const { rtmp, http, server } = await startServer();
    const film = demoFilm(16);
    pushed(film.path, `${rtmp}/live/film`, { loop: true });
    await until('it publishes', () => server.hub.stream('live/film')?.state === 'live');
    const reports = await Promise.all([probe(`${rtmp}/live/film`), probe(`${http}/live/film.flv`)]);
    expect(reports.map(({ format }) => format)).toEqual(['rtmp', 'http-flv']);
    for (const { tracks, duration, bitRate } of reports) {
      expect(duration).toBeUndefined();
      expect(bitRate).toBeGreaterThan(100_000);
      expect(tracks).toMatchObject([
        { id: 1, kind: 'video', codec: 'h264', codecs: expect.stringMatching(/^avc1\./), gop: 2, width: 1280 },
        { id: 2, kind: 'audio', codec: 'aac', codecs: 'mp4a.40.2', sampleRate: 48_000 },
      ]);
      expect(tracks[0]!.frameRate).toBeCloseTo(30, 0);
    }
    await until('nobody watches', () => server.hub.viewers('live/film') === 0);
  });

  test('in which nothing is live is left after ten seconds, in words', async () => {
    const { rtmp, http, server } = await startServer();
    for (const url of [`${rtmp}/live/film`, `${http}/live/film.flv`]) {
      const scheduler = new VirtualScheduler();
      const looking = probe(url, { scheduler });
      looking.catch(() => {});
      await until('somebody waits', () => server.hub.viewers('live/film') === 1);
      scheduler.advance(10 * SECOND);
      await until('nobody waits', () => server.hub.viewers('live/film') === 0);
      scheduler.advance(10 * SECOND);
      await expect(looking).rejects.toMatchObject({ code: 'time-out' });
      await expect(looking).rejects.toThrow(/Neither picture nor sound/);
    }
  });

  test('that is not there, or is something else, is refused in words', async () => {
    const { rtmp, http } = await startServer({ publish: 'key' });
    await expect(probe(`${rtmp}/live/nowhere`)).rejects.toMatchObject({ code: 'not-found' });
    await expect(probe(`${http}/live/nowhere.flv`)).rejects.toMatchObject({ code: 'not-found' });
    await expect(probe(`${http}/healthz`)).rejects.toThrow(/neither FLV nor MP4 nor MPEG-TS/);
    const port = await freePort();
    await expect(probe(`rtmp://127.0.0.1:${port}/live/x`)).rejects.toThrow(`Nothing listens at 127.0.0.1:${port}.`);
    await expect(probe(`http://127.0.0.1:${port}/x.flv`)).rejects.toThrow(`Nothing listens at 127.0.0.1:${port}.`);
  });
});

describe('an HTTP server that says no', () => {
  test.each([
    [404, 'not-found'],
    [403, 'denied'],
    [400, 'bad-request'],
    [429, 'busy'],
    [500, 'busy'],
    [504, 'time-out'],
  ])('with %i is told by the code %s, even where its words have no end', async (status, code) => {
    const server = createHttpServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      const words = setInterval(() => response.write('a word '.repeat(1000)), 1);
      response.once('close', () => clearInterval(words));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    const looking = probe(`http://127.0.0.1:${(server.address() as AddressInfo).port}/x.flv`, {
      scheduler: new VirtualScheduler(),
    });
    await expect(looking).rejects.toMatchObject({ code, message: expect.stringContaining(String(status)) });
  });
});

describe('the command line', () => {
  const start = (options: Partial<RunOptions>, ...args: string[]): Program => {
    const cli = join(root, 'src', 'cli.ts');
    const program = new Program(process.execPath, [cli, ...args], { limitMs: 30_000, ...options });
    onTestFinished(async () => void (await program.stop('SIGKILL')));
    return program;
  };
  const run = (...args: string[]): Program => start({}, ...args);

  test('pushes a file to its end with status 0, and is stopped by SIGINT with status 0', async () => {
    const { rtmp, server } = await startServer();
    const viewer = await player(`${rtmp}/live/film`);
    const film = demoFilm(1);
    const done = await run('push', film.path, `${rtmp}/live/film`).done;
    expect([done.status, done.stdout]).toEqual([0, '']);
    expect(done.stderr).toMatch(/^Publishing to 127.0.0.1:\d+\.\nDone: 0:00:0\d, \d+ frames\n$/);
    await until('the player is told of the end', () => viewer.ended);
    expect(count(viewer.frames, 'video')).toBe(count(film.frames, 'video'));

    const endless = run('push', film.path, `${rtmp}/live/film`, '--loop');
    await until('it publishes', () => server.hub.stream('live/film')?.state === 'live');
    const stopped = await endless.stop('SIGINT');
    expect(stopped.status).toBe(0);
    expect(stopped.stderr).toMatch(/Stopped: /);
    await until('the broadcast is over', () => server.hub.stream('live/film')?.state !== 'live');
    expect(server.hub.stream('live/film')?.state).not.toBe('waiting');
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'ends the broadcast and its ffmpeg on %s, even while nothing comes from it',
    async (signal) => {
      const { rtmp, server } = await startServer();
      const ffmpeg = new FakeFfmpeg(`process.stdout.write(demo.subarray(0, 600_000)); ${HANG}`);
      const env = { ...process.env, PATH: ffmpeg.folder };
      const pushing = start({ env }, 'push', demoFilm(1).path, `${rtmp}/live/film`, '--transcode');
      await until('it publishes', () => server.hub.stream('live/film')?.state === 'live');
      const stopped = await pushing.stop(signal);
      expect([stopped.status, stopped.stderr]).toEqual([0, expect.stringMatching(/Stopped: /)]);
      await until('the broadcast is over', () => server.hub.stream('live/film')?.state !== 'live');
      expect(server.hub.stream('live/film')?.state).not.toBe('waiting');
      expect(ffmpeg.isRunning).toBe(false);
    },
  );

  test('ends at once with a second signal', async () => {
    const { rtmp, server } = await startServer();
    const ffmpeg = new FakeFfmpeg(
      `process.on('SIGTERM', () => {}); process.stdout.on('error', () => {}).write(demo.subarray(0, 600_000)); ${HANG}`,
    );
    const env = { ...process.env, PATH: ffmpeg.folder };
    const pushing = start({ env }, 'push', demoFilm(1).path, `${rtmp}/live/film`, '--transcode');
    await until('it publishes', () => server.hub.stream('live/film')?.state === 'live');
    pushing.kill('SIGINT');
    await until('the broadcast is over', () => server.hub.stream('live/film')?.state !== 'live');
    await new Promise((resolve) => setTimeout(resolve, 600)); // signals closer together are one
    expect((await pushing.stop('SIGINT')).status).toBe(130);
  });

  test('ends the broadcast when nobody reads how it goes any more', async () => {
    const { server } = await startServer();
    const relay = await Relay.to(server.rtmp.port);
    const pushing = run('push', demoFilm(4).path, `rtmp://127.0.0.1:${relay.port}/live/film`, '--loop');
    await until('it publishes', () => server.hub.stream('live/film')?.state === 'live');
    relay.cut();
    await pushing.says(/Trying again/, 'stderr');
    pushing.child.stderr!.destroy();
    // It has to tell that it publishes again.
    expect((await pushing.done).status).toBe(1);
    await until('the broadcast is over', () => server.hub.stream('live/film')?.state !== 'live');
    expect(server.hub.stream('live/film')?.state).not.toBe('waiting');
  });

  test('has nothing to do with the options of a server, which may be wrong', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'roomcast.yaml'), 'no: such option');
    const env = { ...process.env, ROOMCAST_HTTP: 'nonsense' };
    const looked = await start({ cwd, env }, 'probe', demoFilm(1).path).done;
    expect([looked.status, looked.stderr]).toEqual([0, '']);
  });

  test('looks no further after a signal, and says so with status 1', async () => {
    const { rtmp, server } = await startServer();
    const looking = run('probe', `${rtmp}/live/film`);
    await until('somebody waits', () => server.hub.viewers('live/film') === 1);
    const { status, stdout, stderr } = await looking.stop('SIGINT');
    expect([status, stdout, stderr]).toEqual([1, '', 'roomcast: It was interrupted.\n']);
  });

  test('fails with status 1 and words, or with 2 where it was used wrongly', async () => {
    const film = demoFilm(1).path;
    const port = await freePort();
    const cases: [string[], number, RegExp][] = [
      [['push', '/no/such/film.mp4', `rtmp://127.0.0.1:${port}/live/x`], 1, /There is no file \/no\/such\/film.mp4/],
      [['push', film, `rtmp://127.0.0.1:${port}/live/rk_secret`], 1, /Nothing listens at/],
      [['push', film, 'http://127.0.0.1/live/rk_secret'], 2, /of the form rtmp:/],
      [['probe'], 2, /Usage: roomcast probe/],
    ];
    const outcomes = await Promise.all(cases.map(([args]) => run(...args).done));
    for (const [index, [args, status, words]] of cases.entries()) {
      const outcome = outcomes[index]!;
      expect([args, outcome.status, outcome.stderr]).toEqual([args, status, expect.stringMatching(words)]);
      expect(outcome.stderr).not.toMatch(/rk_secret|\n\s+at /);
    }
  });

  test('tells what is in a file as JSON, and in a table', async () => {
    const { path } = demoFilm(4);
    const [json, table] = await Promise.all([run('probe', path, '--json').done, run('probe', path).done]);
    expect(json.status).toBe(0);
    const report = JSON.parse(json.stdout) as Record<string, unknown>;
    expect(Object.keys(report)).toEqual(['format', 'duration', 'bitRate', 'tracks']);
    expect(report).toMatchObject({
      format: 'flv',
      tracks: [
        { id: 1, gop: 2 },
        { id: 2, channels: 2 },
      ],
    });
    expect(report['duration']).toBeCloseTo(4, 1);
    expect(table.stdout).toMatch(/^flv · 0:00:0\d .*\ntrack +kind .*\n1 +video +h264 .* 2 s\n2 +audio +aac /);
  });
});
