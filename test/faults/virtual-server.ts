import { frameOf, sample } from '../../src/containers/contract-samples.ts';
import { systemScheduler } from '../../src/io/scheduler.ts';
import { connectRtmp, type RtmpClient } from '../../src/protocols/rtmp/client.ts';
import type { Server } from '../../src/server.ts';
import type { Options } from '../../src/config/settings.ts';
import { startVirtualServer } from '../servers.ts';
import { settle, type VirtualScheduler } from '../virtual-scheduler.ts';
import { RtmpWatcher } from './rtmp-watcher.ts';

/** The server looks at its time-outs this often; µs. */
const TICK = 500_000;
/** One picture, µs. */
const STEP = 40_000;
/** Turns of the event loop in which bytes get from a publisher to a viewer. */
const TURNS = 4;
/** Pictures come within this much of the virtual clock; µs. */
const PATIENCE = 20_000_000;

/** A server with real sockets whose clock moves only when it is told to. */
export class VirtualServer {
  readonly #scheduler: VirtualScheduler;
  readonly #server: Server;
  #paths = 0;

  private constructor(server: Server, scheduler: VirtualScheduler) {
    this.#server = server;
    this.#scheduler = scheduler;
  }

  static async start(options: Options = {}): Promise<VirtualServer> {
    const { server, scheduler } = await startVirtualServer(options);
    return new VirtualServer(server, scheduler);
  }

  /** A new stream, at a moment from which time-outs are counted exactly. */
  stream(): VirtualStream {
    this.#scheduler.advanceTo(Math.ceil(this.#scheduler.now() / TICK) * TICK);
    return new VirtualStream(this.#server, this.#scheduler, `run-${++this.#paths}`);
  }
}

/** One path of it. */
export class VirtualStream {
  readonly #server: Server;
  readonly #scheduler: VirtualScheduler;
  readonly #url: string;
  readonly #path: string;

  constructor(server: Server, scheduler: VirtualScheduler, name: string) {
    this.#server = server;
    this.#scheduler = scheduler;
    this.#path = `live/${name}`;
    this.#url = `rtmp://127.0.0.1:${server.rtmp.port}/${this.#path}`;
  }

  get state(): string {
    return this.#server.hub.stream(this.#path)?.state ?? 'idle';
  }

  advance(us: number): void {
    this.#scheduler.advance(us);
  }

  publish(): Promise<RtmpClient> {
    return connectRtmp({ url: this.#url, action: 'publish', scheduler: systemScheduler() });
  }

  /** A viewer that was admitted. */
  async watch(): Promise<RtmpWatcher> {
    const viewer = new RtmpWatcher(this.#url);
    await viewer.client.ready;
    return viewer;
  }

  /** Publishes one picture, and sound with it unless told otherwise; the stream begins. */
  async begin(by: RtmpClient, { sound = true }: { sound?: boolean } = {}): Promise<void> {
    by.announce(sample.video);
    if (sound) by.announce(sample.audio);
    write(by, 0, sound);
    const state = sound ? 'live' : 'starting';
    await promptly(`${this.#path} is ${state}`, () => this.state === state);
  }

  /** The publisher's connection breaks. */
  async cut(by: RtmpClient): Promise<void> {
    by.destroy();
    await promptly(`${this.#path} waits`, () => this.state === 'waiting');
  }

  /** Publishes at the pace of the virtual clock until something is so. Gives the ms of that clock that it took. */
  async playUntil(by: RtmpClient, isSo: () => boolean): Promise<number> {
    by.announce(sample.video);
    by.announce(sample.audio);
    const start = this.#scheduler.now();
    for (let time = 0; !isSo(); time += STEP) {
      if (time > PATIENCE) throw new Error(`A viewer of ${this.#path} has no pictures.`);
      write(by, time, true);
      this.#scheduler.advance(STEP);
      for (let turn = 0; turn < TURNS; turn++) await settle();
    }
    return (this.#scheduler.now() - start) / 1000;
  }
}

/** A picture, each 25th of them a key frame, and a sound. */
function write(by: RtmpClient, time: number, sound: boolean): void {
  const ms = time / 1000;
  by.write(frameOf(sample.video, { ms, key: (time / STEP) % 25 === 0 }));
  if (sound) by.write(frameOf(sample.audio, { ms: ms + 10 }));
}

/** Waits as `until` does, without a pause: thousands of runs have no time for one. */
async function promptly(what: string, isSo: () => boolean): Promise<void> {
  const end = performance.now() + 5000;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`Not in time: ${what}`);
    await settle();
  }
}
