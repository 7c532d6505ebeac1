import { onTestFinished } from 'vitest';
import type { Options } from '../../../src/config/settings.ts';
import type { Publisher } from '../../../src/live/publisher.ts';
import type { Frame } from '../../../src/media/frame.ts';
import { MILLISECOND, SECOND } from '../../../src/media/time.ts';
import type { App } from '../../../src/plugin.ts';
import { plugins } from '../../../src/plugins.ts';
import { type LogLine, startServer, type TestServer } from '../../servers.ts';
import { settle, VirtualScheduler } from '../../virtual-scheduler.ts';
import type { Server } from '../../../src/server.ts';
import { type Protocol, type Question, suffixOf, Viewer } from './viewer.ts';

/** The path that is played unless another is named. */
export const PATH = 'live/lobby';

/** A publisher that is no connection: what the test writes into it is on air. */
export function publishFrames({ hub }: Server): Promise<Publisher> {
  return hub.publish({
    action: 'publish',
    protocol: 'test',
    path: PATH,
    credentials: {},
    remote: { address: '192.0.2.1' },
    close() {},
    traffic: () => ({ in: 0, out: 0 }),
  });
}

/** A server with real sockets in virtual time, whose publishers are frames. Closed after the test. */
export class HttpStage {
  readonly scheduler: VirtualScheduler;
  readonly server: Server;
  /** What the server’s plugins have. */
  readonly app: App;
  readonly log: readonly LogLine[];
  readonly #base: string;

  private constructor(at: TestServer, scheduler: VirtualScheduler, app: App) {
    this.scheduler = scheduler;
    this.app = app;
    this.server = at.server;
    this.log = at.log;
    this.#base = at.http;
  }

  static async start(options: Options = {}): Promise<HttpStage> {
    const scheduler = new VirtualScheduler();
    let known: App | undefined;
    const probe = {
      name: 'probe',
      async start(app: App) {
        known = app;
        return { close: async () => {} };
      },
    };
    const environment = { scheduler, plugins: [...plugins, probe] };
    const at = await startServer({ merge: 0, drain: 0, ...options }, environment);
    onTestFinished(async () => {
      const closed = at.server.close();
      scheduler.advance(SECOND);
      await closed;
    });
    return new HttpStage(at, scheduler, known!);
  }

  get port(): number {
    return this.server.http.port;
  }

  get viewers(): number {
    return this.server.hub.viewers(PATH);
  }

  publish(): Promise<Publisher> {
    return publishFrames(this.server);
  }

  /** Writes frames at the distances that stand in them; the clock ends behind the last, when all of them were sent. */
  async run(by: Publisher, frames: readonly Frame[]): Promise<void> {
    const start = this.scheduler.now();
    const first = frames[0]!.dts;
    for (const frame of frames) {
      this.scheduler.advanceTo(start + frame.dts - first);
      by.write(frame);
      await Promise.resolve();
    }
    await this.pass(20 * MILLISECOND);
  }

  /** Lets time go by, and everything happen that is due in it. */
  async pass(us: number): Promise<void> {
    await this.scheduler.pass(us, Math.min(us, SECOND));
    await this.round();
  }

  /** Waits until what was written to any socket has arrived: another connection has asked and was answered. */
  async round(): Promise<void> {
    for (let turn = 0; turn < 4; turn++) await settle();
    await (await fetch(`${this.#base}/healthz`)).text();
  }

  watch(protocol: Protocol, question: Question & { alive?: boolean; path?: string } = {}): Promise<Viewer> {
    return Viewer.open(this.port, protocol, question.path ?? `/${PATH}${suffixOf(protocol)}`, question);
  }
}
