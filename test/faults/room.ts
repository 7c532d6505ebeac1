import { expect, onTestFinished } from 'vitest';
import type { Options } from '../../src/config/settings.ts';
import { publish } from '../publish.ts';
import type { ClipName } from '../clips.ts';
import type { Program } from '../programs.ts';
import { startServer, type TestServer, until } from '../servers.ts';
import { Watcher } from '../watch.ts';
import { HlsClient } from '../hls/hls-client.ts';
import { readPlaylist } from '../hls/playlist-reader.ts';
import { HlsWatcher } from '../hls/watcher.ts';
import { BodyWatcher } from './body-watcher.ts';
import { Control, stepsOf, type Viewer } from './control.ts';
import { Metronome } from './metronome.ts';
import { RtmpWatcher } from './rtmp-watcher.ts';

const KEY = 'rk_aaaabbbbccccddddeeeeffff';
const CONTROL_KEY = 'rk_ggggbbbbccccddddeeeeffff';
const PATH = 'live/lobby';
/** A gap is as long in the stream's time as by the clock, up to this much. ms */
const DRIFT = 500;
/** What the machine took before that has been caught up with. ms */
const CATCH_UP = 5000;

/** A room that is published with its key, and everything that happens to its stream. */
export class Room {
  readonly at: TestServer;
  /** What happened, in order: `publish`, `replaced`, `lost`, `live`, `waiting`, … and when by the monotonic clock. */
  readonly told: { what: string; at: number }[] = [];

  readonly metronome: Metronome = new Metronome(process.pid);

  private constructor(at: TestServer) {
    this.at = at;
    const tell = (what: string): void => void this.told.push({ what, at: performance.now() });
    const { events } = at.server.hub;
    events.on('stream', ({ path, state }) => path === PATH && this.told.at(-1)?.what !== state && tell(state));
    events.on('session-start', ({ action, path }) => action === 'publish' && path === PATH && tell('publish'));
    events.on('session-end', ({ session, reason }) => {
      if (session.action === 'publish' && session.path === PATH) tell(reason);
    });
    events.on('refused', ({ action, error }) => action === 'publish' && tell(`refused ${error.code}`));
  }

  static async open(options: Options = {}): Promise<Room> {
    const rooms = { lobby: { key: KEY }, control: { key: CONTROL_KEY } };
    // An old player of HLS is segments behind: it would be waited for.
    const at = await startServer({ publish: 'key', rooms, hls: { segment: 1 }, ...options });
    onTestFinished(() => expectNoError(at));
    return new Room(at);
  }

  /** A healthy stream in the room next door. */
  control(): Promise<Control> {
    return Control.beside(this.at, { path: 'live/control', name: CONTROL_KEY });
  }

  /** Where encoders send to: the server, or what stands before it. */
  address(port: number = this.at.server.rtmp.port): string {
    return `rtmp://127.0.0.1:${port}/live/${KEY}`;
  }

  async publish(port?: number, film: ClipName = 'short-gop'): Promise<Program> {
    const program = await publish(film, this.address(port), { loop: true });
    this.metronome.follow(program.child.pid!);
    return program;
  }

  /** A viewer of each protocol. */
  watch(): Viewers {
    const { http, ws, rtmp } = this.at;
    return {
      'http-flv': new Watcher(`${http}/${PATH}.flv`),
      'ws-flv': new Watcher(`${ws}/${PATH}.flv`),
      rtmp: new RtmpWatcher(`${rtmp}/${PATH}`),
      'http-ts': new BodyWatcher(`${http}/${PATH}.ts`),
      'http-mp4': new BodyWatcher(`${http}/${PATH}.mp4`),
      'ws-mp4': new BodyWatcher(`${ws}/${PATH}.mp4`),
    };
  }

  /** Two players of HLS: one with low latency, and an old one. */
  watchHls(): Record<HlsName, HlsWatcher> {
    const at = `${this.at.http}/${PATH}`;
    return {
      'index.m3u8': new HlsWatcher(`${at}/index.m3u8`),
      'ts.m3u8': new HlsWatcher(`${at}/ts.m3u8`, { lowLatency: false }),
    };
  }

  /** How many discontinuities the broadcast has had. */
  async discontinuities(name: HlsName): Promise<number> {
    const client = new HlsClient();
    onTestFinished(() => client.close());
    const entry = `${this.at.http}/${PATH}/${name}`;
    const multivariant = readPlaylist((await client.get(entry, 'multivariant')).bytes);
    if (multivariant.kind !== 'multivariant') throw new Error(`${entry} is no multivariant playlist.`);
    const media = readPlaylist((await client.get(new URL(multivariant.variants[0]!.uri, entry).href, 'media')).bytes);
    if (media.kind !== 'media') throw new Error(`${entry} lists no media playlist.`);
    return (media.open ?? media.segments.at(-1)!).continuity;
  }

  get state(): string {
    return this.at.server.hub.stream(PATH)?.state ?? 'idle';
  }

  get viewers(): number {
    return this.at.server.hub.viewers(PATH);
  }

  /** What was told, without the times. */
  get story(): string[] {
    return this.told.map(({ what }) => what);
  }

  /** When something was told for the n-th time. */
  when(what: string, nth = 1): number | undefined {
    return this.told.filter((each) => each.what === what)[nth - 1]?.at;
  }

  /** ms from one moment to another, those of the machine left away. */
  took(from: number, to: number = performance.now()): number {
    return this.metronome.between(from, to);
  }

  becomes(state: string, limitMs?: number): Promise<void> {
    return until(`the stream is ${state}`, () => this.state === state, limitMs);
  }
}

export type HlsName = 'index.m3u8' | 'ts.m3u8';
export type Viewers = Record<'http-flv' | 'ws-flv' | 'rtmp' | 'http-ts' | 'http-mp4' | 'ws-mp4', Viewer>;

/** Waits until every viewer has some more pictures. */
export async function getPictures(
  viewers: Readonly<Record<string, Pick<Viewer, 'pictures'> | HlsWatcher>>,
  count = 25,
  limitMs?: number,
): Promise<void> {
  const wanted = Object.entries(viewers).map(([name, viewer]) => ({
    name,
    viewer,
    count: viewer.pictures.length + count,
  }));
  for (const { name, viewer, count } of wanted) {
    await until(`${name} gets pictures`, () => viewer.pictures.length >= count, limitMs);
  }
}

/**
 * Nobody was closed, times never go back, and the stream's time went on as the clock did. Gives the longest pause in ms.
 * `expected`: how long one may be. ms
 */
export function expectContinued(viewers: Readonly<Record<string, Viewer>>, { metronome }: Room, expected = 0): number {
  let longest = 0;
  for (const [protocol, viewer] of Object.entries(viewers)) {
    expect(viewer.ended, `${protocol} keeps its connection`).toBeUndefined();
    const { pictures } = viewer;
    expect(Math.min(...stepsOf(pictures)), `${protocol}: times go on`).toBeGreaterThanOrEqual(0);
    const [first, last] = [pictures[0]!, pictures.at(-1)!];
    // The burst at the start was older by up to a GOP of two seconds.
    const [media, clock] = [last.timestamp - first.timestamp, last.at - first.at];
    const late = DRIFT + metronome.lost(last.at - CATCH_UP, last.at);
    expect(media - clock, `${protocol}: the stream's clock keeps up`).toBeGreaterThan(-late);
    expect(media - clock, `${protocol}: the stream's clock does not run ahead`).toBeLessThan(2000 + DRIFT);
    longest = Math.max(longest, metronome.longestGap(viewer.arrivals, expected));
  }
  return Math.round(longest);
}

/** Players of HLS went on where they were, with one discontinuity. Gives their longest pause in ms, of that with low latency. */
export async function expectOneDiscontinuity(
  players: Record<HlsName, HlsWatcher>,
  room: Room,
  expected = 0,
): Promise<number> {
  for (const [name, { ended, jumps, rejoined, checker, pictures }] of Object.entries(players)) {
    expect({ ended, jumps, rejoined }, name).toEqual({ ended: undefined, jumps: [], rejoined: 0 });
    expect(checker.complaints, name).toEqual([]);
    const times = pictures.map(({ timestamp }) => timestamp);
    expect(times, `${name}: times go on`).toEqual(times.toSorted((a, b) => a - b));
    expect(await room.discontinuities(name as HlsName), `discontinuities of ${name}`).toBe(1);
  }
  return Math.round(room.metronome.longestGap(players['index.m3u8'].arrivals, expected));
}

/** S-40, for a server in the test's own process: Vitest itself fails when something there is unhandled. */
function expectNoError({ log }: TestServer): void {
  expect(log.filter(({ level }) => level === 'error')).toEqual([]);
}
