import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FindingCode } from '../../src/client/messages.ts';
import type { StreamRecord } from '../../src/features/api/stream-record.ts';
import type { Publisher } from '../../src/live/publisher.ts';
import { push } from '../../src/push/push.ts';
import { clip, type ClipName } from '../clips.ts';
import { Stopwatch } from '../faults/stopwatch.ts';
import { Program, program, testWith } from '../programs.ts';
import { until as soon } from '../servers.ts';
import { startTestServer, type TestServer } from '../test-server.ts';
import { enhancedFilm } from './enhanced-films.ts';

/** Within which a finding has to come, and to go. ms of the stream: a machine that is busy makes its publisher slow. */
const WITHIN = 10_000;
/** Between two looks, and for how many times as long as a finding may take it is waited for. ms */
const [EVERY, PATIENCE] = [250, 2];
/** Where a publisher or the server had to wait for the machine for longer, it may be as uneven as it is told to be. ms */
const STARVED = 100;

/** A stream with a fault. */
interface Bad {
  room: string;
  code: FindingCode;
  what: string;
  /** Starts to publish; gives what stops it. */
  publish(url: string): Promise<() => Promise<unknown>>;
  values: object;
  /** What else is true of it. */
  beside?: readonly FindingCode[];
  /** ms; ten seconds or two GOPs, and where the fault does not begin with the stream, so much more. */
  within?: number;
}

/** ffmpeg that copies a film at its own pace, over and over. */
async function send(name: ClipName, url: string, options: readonly string[] = []): Promise<Program> {
  const args = ['-v', 'error', '-re', '-stream_loop', '-1', '-i', await clip(name), '-c', 'copy', ...options];
  return new Program(program('ffmpeg'), [...args, '-f', 'flv', url], { limitMs: 90_000 });
}

function film(name: ClipName, ...options: string[]): Bad['publish'] {
  return async (url) => {
    const sender = await send(name, url, options);
    return () => sender.stop('SIGKILL');
  };
}

/** Adds 100 s to every time stamp from the sixth second on. */
const JUMP = "setts=ts='TS+if(gte(TS*TB,6),100/TB,0)'";

const bads: readonly Bad[] = [
  {
    room: 'long',
    code: 'gop-long',
    what: 'a key frame every 10 s',
    publish: film('long-gop'),
    values: { seconds: expect.any(Number) },
    beside: ['b-frames'],
    within: 20_000,
  },
  {
    room: 'irregular',
    code: 'gop-irregular',
    what: 'key frames after 0.5 s and after 3 s by turns',
    publish: film('keys-at-random'),
    values: { shortest: 0.5, longest: 3 },
  },
  {
    room: 'uneven',
    code: 'frame-rate-variable',
    what: 'a rate that changes every second',
    publish: film('uneven'),
    values: { low: expect.closeTo(13, 0), high: 25 },
  },
  {
    room: 'swinging',
    code: 'bit-rate-unstable',
    what: 'noise and a still by turns of 2 s',
    publish: film('swinging'),
    values: { low: expect.any(Number), high: expect.any(Number), advised: expect.any(Number) },
    // It takes three swings to be one.
    within: WITHIN + 2000,
  },
  {
    room: 'high',
    code: 'bit-rate-high',
    what: '12 Mbit/s',
    publish: film('12-mbit'),
    values: { bitRate: expect.any(Number), limit: 8_000_000, advised: 6_000_000 },
  },
  { room: 'mute', code: 'audio-missing', what: 'no sound', publish: film('plain', '-an'), values: {} },
  { room: 'blind', code: 'video-missing', what: 'no picture', publish: film('plain', '-vn'), values: {} },
  {
    room: 'reordered',
    code: 'b-frames',
    what: 'B-frames',
    publish: film('b-frames'),
    values: { frames: 3, delay: 80 },
  },
  {
    room: 'hevc',
    code: 'codec-unplayable',
    what: 'H.265 from our own push',
    async publish(url) {
      const pushed = push(await enhancedFilm('hevc'), url, { loop: true });
      pushed.done.catch(() => {});
      return () => pushed.stop();
    },
    values: { codec: 'h265', kind: 'video', browsers: 'some' },
    beside: ['b-frames'],
  },
  {
    room: 'jumping',
    code: 'timestamps-jump',
    what: 'a clock that jumps by 100 s after six',
    publish: film('plain', '-bsf:v', JUMP, '-bsf:a', JUMP),
    values: { jumps: 1, seconds: expect.closeTo(100, 0) },
    within: WITHIN + 6000,
  },
  {
    room: 'locked',
    code: 'key-refused',
    what: 'a wrong key',
    publish: (url) => film('plain')(url.replace(/key=.*/, 'key=rk_wrongwrongwrongwrongwrongwrong')),
    values: { attempts: 1, seconds: expect.any(Number) },
  },
];

/** Films that are as they should be. */
const good: readonly ClipName[] = ['plain', 'defaults', '3-mbit', 'mp3'];

/** ffmpeg’s defaults have B-frames. */
function expectedIn(name: ClipName): FindingCode[] {
  return name === 'defaults' ? ['b-frames'] : [];
}

/** What became of a bad stream, ms of it; then of the good one that took its place, ms of that. */
interface Course {
  came: number | undefined;
  values: object | undefined;
  /** Other findings at that time. */
  beside: FindingCode[];
  went: number | undefined;
  /** What the good one had at the end. */
  left: FindingCode[];
}

const needs = ['ffmpeg'] as const;

describe('the doctor, before real streams', () => {
  let server: TestServer;
  const courses = new Map<string, Course>();
  const stops: (() => Promise<unknown>)[] = [];
  let clean: Map<ClipName, FindingCode[]>;

  async function ask<T>(path: string): Promise<T> {
    const headers = { Authorization: `Bearer ${server.bearer}` };
    return JSON.parse((await server.call('GET', path, { headers })).text) as T;
  }
  const findings = async (room: string): Promise<StreamRecord['findings']> =>
    (await ask<StreamRecord>(`/api/v1/streams/live/${room}`)).findings;
  const address = async (room: string): Promise<string> => {
    const { key } = await ask<{ key: string }>(`/api/v1/rooms/${room}/key`);
    return `rtmp://127.0.0.1:${server.server.rtmp.port}/live/${room}?key=${key}`;
  };

  /** ms of a room's stream so far, or of the clock where there is none. */
  const clockOf = (room: string): (() => number) => {
    const { hub } = server.server;
    const media = (): number | undefined => hub.stream(`live/${room}`)?.edge?.media;
    return media() === undefined ? () => performance.now() : () => (media() ?? 0) / 1000;
  };

  /** ms until a room's findings are so; undefined when it took too long. */
  async function until(
    room: string,
    isSo: (codes: FindingCode[]) => boolean,
    limit: number,
  ): Promise<number | undefined> {
    const clock = clockOf(room);
    const [start, begun] = [clock(), performance.now()];
    for (;;) {
      const passed = clock() - start;
      if (isSo((await findings(room)).map(({ code }) => code))) return passed;
      if (passed > limit || performance.now() - begun > PATIENCE * limit) return undefined;
      await new Promise((resolve) => setTimeout(resolve, EVERY));
    }
  }

  /** Waits until another publisher than this one is heard; programs take their time to start. */
  const begun = (room: string, other?: Publisher): Promise<void> =>
    soon(`a publisher of ${room}`, () => {
      const { hub } = server.server;
      const now = hub.publisher(`live/${room}`);
      return now !== undefined && now !== other && hub.stream(`live/${room}`)?.state === 'live';
    });

  async function run({ room, code, publish, within = WITHIN }: Bad): Promise<void> {
    const url = await address(room);
    const stop = await publish(url);
    stops.push(stop);
    if (code !== 'key-refused') await begun(room);
    const came = await until(room, (codes) => codes.includes(code), within + 3000);
    const found = await findings(room);
    // It takes over from the bad one at its first key frame, which is then closed by the server.
    const bad = server.server.hub.publisher(`live/${room}`);
    stops.push(await film('plain')(url));
    await begun(room, bad);
    const went = await until(room, (codes) => !codes.includes(code), WITHIN + 5000);
    await until(room, (codes) => codes.length === 0, WITHIN);
    await stop();
    const left = (await findings(room)).map((finding) => finding.code);
    const beside = found.map((finding) => finding.code).filter((other) => other !== code);
    courses.set(room, { came, values: found.find((finding) => finding.code === code)?.values, beside, went, left });
  }

  /** What is ever found in a film that is as it should be; once more where its publisher or the server was starved. */
  async function watch(name: ClipName, again = false): Promise<[ClipName, FindingCode[]]> {
    const sender = await send(name, await address(`clean-${name}`));
    stops.push(() => sender.stop('SIGKILL'));
    const begun = performance.now();
    const stopwatches = [sender.child.pid!, process.pid].map((pid) => new Stopwatch(pid));
    const seen = new Set<FindingCode>();
    await until(`clean-${name}`, (codes) => (codes.forEach((code) => seen.add(code)), false), 22_000);
    const starved = performance.now() - begun - Math.min(...stopwatches.map(({ ms }) => ms));
    await sender.stop('SIGKILL');
    const isClean = [...seen].every((code) => expectedIn(name).includes(code));
    return isClean || again || starved < STARVED ? [name, [...seen]] : watch(name, true);
  }

  beforeAll(async () => {
    const rooms = [...bads.map(({ room }) => room), ...good.map((name) => `clean-${name}`)];
    server = await startTestServer({ rooms: Object.fromEntries(rooms.map((room) => [room, {}])), kickTime: 1 });
    // Made before anything is measured.
    const names: ClipName[] = ['long-gop', 'keys-at-random', 'uneven', 'swinging', '12-mbit', 'b-frames', ...good];
    for (const name of names) await clip(name);
    await enhancedFilm('hevc');
    await Promise.all(bads.map((bad) => run(bad)));
    // Not beside those, whose publishers leave the others no time to be even.
    clean = new Map(await Promise.all(good.map((name) => watch(name))));
  }, 180_000);

  afterAll(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await server?.close();
  });

  for (const { room, code, what, values, beside = [], within = WITHIN } of bads) {
    testWith(needs, `finds ${code} in a stream with ${what}, until a good one takes its place`, {}, () => {
      const course = courses.get(room)!;
      expect(course.came, JSON.stringify(course)).toBeLessThan(within);
      expect(course.went, JSON.stringify(course)).toBeLessThan(WITHIN);
      expect([course.values, course.left]).toEqual([values, []]);
      expect(beside).toEqual(expect.arrayContaining(course.beside));
    });
  }

  testWith(needs, 'finds nothing in good ones, and in ffmpeg’s defaults that there are B-frames', {}, () => {
    expect(Object.fromEntries(clean)).toEqual(Object.fromEntries(good.map((name) => [name, expectedIn(name)])));
  });

  test('says so in the log, once for each change, and never tells a key', () => {
    const lines = server.log.filter((line) => line.includes('"code":"gop-long"'));
    expect(lines.map((line) => line.includes('"values"'))).toEqual([true, false]);
    expect(server.log.join('\n')).not.toContain('rk_wrong');
  });
});
