import { expect, onTestFinished } from 'vitest';
import type { Options } from '../../src/config/settings.ts';
import { publish } from '../publish.ts';
import type { ClipName } from '../clips.ts';
import type { Program } from '../programs.ts';
import { startServer, type TestServer, until } from '../servers.ts';
import { Watcher } from '../watch.ts';
import { Control, stepsOf } from './control.ts';
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
    const at = await startServer({ publish: 'key', rooms, ...options });
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

  async publish(port?: number, film: ClipName = 'plain'): Promise<Program> {
    const program = await publish(film, this.address(port), { loop: true });
    this.metronome.follow(program.child.pid!);
    return program;
  }

  /** A viewer of each protocol. */
  watch(): Record<'http-flv' | 'ws-flv' | 'rtmp', Watcher | RtmpWatcher> {
    const { http, ws, rtmp } = this.at;
    return {
      'http-flv': new Watcher(`${http}/${PATH}.flv`),
      'ws-flv': new Watcher(`${ws}/${PATH}.flv`),
      rtmp: new RtmpWatcher(`${rtmp}/${PATH}`),
    };
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

export type Viewers = ReturnType<Room['watch']>;

/** Waits until every viewer has some more pictures. */
export async function getPictures(viewers: Viewers, count = 25, limitMs?: number): Promise<void> {
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
export function expectContinued(viewers: Viewers, { metronome }: Room, expected = 0): number {
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

/** S-40, for a server in the test's own process: Vitest itself fails when something there is unhandled. */
function expectNoError({ log }: TestServer): void {
  expect(log.filter(({ level }) => level === 'error')).toEqual([]);
}
