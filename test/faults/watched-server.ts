import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { SessionRecord } from '../../src/live/session.ts';
import { freePort, type ProcessOptions, type ServerProcess, startProcess } from '../servers.ts';

/** How a server process is, after its garbage was collected. Sizes in bytes. */
export interface Health {
  /** Objects in the heap, without code. */
  heap: number;
  /** Memory of buffers, outside of the heap. */
  external: number;
  rss: number;
  /** What keeps the process busy, by kind: `TCPSocketWrap`, `Timeout`, … */
  handles: Record<string, number>;
  /** Timers that are set, also those that keep nothing busy, and listeners of the server's own events. */
  alive: Record<'timers' | 'listeners', number>;
  /** Uncaught exceptions and unhandled rejections since its start. */
  unhandled: number;
  /** Names of Node's warnings since its start. */
  warnings: string[];
  /** The longest time for which its event loop stood still since the last look. */
  loopDelayMs: number;
  descriptors: number;
  sessions: { publish: number; play: number };
  streams: number;
}

/** Ports of TLS. */
export interface Secure {
  readonly https: number;
  readonly rtmps: number;
}

/** What a process may never say, whatever its peers do. */
const FAULTS = /a fault of the server itself|a listener of an event failed|"level":"error"|"level":"fatal"|\n {4}at /;

/** A server in a process of its own that can be asked how it is. */
export class WatchedServer {
  readonly process: ServerProcess;
  readonly httpPort: number;
  readonly rtmpPort: number;
  /** Where it speaks TLS, if it does. */
  readonly secure: Secure | undefined;
  #looks = 0;

  private constructor(process: ServerProcess, secure?: Secure | undefined) {
    this.process = process;
    this.secure = secure;
    this.httpPort = Number(new URL(process.http).port);
    this.rtmpPort = Number(new URL(process.rtmp).port);
  }

  /** Everybody may publish. `args` are flags of `roomcast serve`. */
  static async start(
    args: readonly string[] = [],
    { secure, ...options }: ProcessOptions & { secure?: Secure | undefined } = {},
  ): Promise<WatchedServer> {
    // The collector forgets code that has not run for a while, which would look as if memory had been given back.
    const probe = ['--expose-gc', '--no-flush-bytecode', '--import', join(import.meta.dirname, 'probe.ts')];
    const nodeArgs = [...probe, ...(options.nodeArgs ?? [])];
    return new WatchedServer(await startProcess(args, { ...options, nodeArgs }), secure);
  }

  /** The same with TLS beside, by a certificate of its own making. */
  static async startSecure(options: ProcessOptions = {}): Promise<WatchedServer & { secure: Secure }> {
    const secure = { https: await freePort(), rtmps: await freePort() };
    const { https, rtmps } = secure;
    const addresses = ['--https', `127.0.0.1:${https}`, '--rtmps', `127.0.0.1:${rtmps}`];
    const server = await WatchedServer.start(['--tls-self-signed', ...addresses], { ...options, secure });
    return Object.assign(server, { secure });
  }

  get http(): string {
    return this.process.http;
  }

  get ws(): string {
    return this.process.ws;
  }

  get rtmp(): string {
    return this.process.rtmp;
  }

  /** Open files and sockets; costs the server nothing, so it may be asked again and again. */
  get descriptors(): number {
    return readdirSync(`/proc/${this.process.pid}/fd`).length;
  }

  /** How many there are of what it counts itself. */
  async counts(): Promise<Pick<Health, 'sessions' | 'streams'>> {
    const { sessions, streams } = await this.#ask('server');
    return { sessions, streams };
  }

  /** Collects its garbage, for which it stands still for a moment, and looks. */
  async health(): Promise<Health> {
    const { program, pid } = this.process;
    process.kill(pid, 'SIGUSR2');
    const [, seen] = await program.says(new RegExp(`^probe ${++this.#looks} (.*)$`, 'm'), 'stderr');
    const inside = JSON.parse(seen!) as Omit<Health, 'descriptors' | 'sessions' | 'streams'>;
    return { ...inside, descriptors: this.descriptors, ...(await this.counts()) };
  }

  /** Everyone who publishes or plays. */
  async sessions(): Promise<SessionRecord[]> {
    return (await this.#ask('sessions')).sessions;
  }

  async #ask<T extends keyof Answers>(what: T): Promise<Answers[T]> {
    const { token } = JSON.parse(readFileSync(join(this.process.data, 'admin.json'), 'utf8')) as { token: string };
    const headers = { Authorization: `Bearer ${token}`, Connection: 'close' };
    const response = await fetch(`${this.http}/api/v1/${what}`, { headers });
    if (!response.ok) throw new Error(`The server answers ${response.status}.`);
    return (await response.json()) as Answers[T];
  }
}

/** S-40: nothing was unhandled and nobody's fault was logged as our own; it stops when it is told to. */
export async function expectNoFault(server: WatchedServer): Promise<void> {
  const { unhandled, warnings } = await server.health();
  const { status, stderr } = await server.process.program.stop('SIGTERM');
  expect({ unhandled, warnings, status, fault: FAULTS.exec(stderr)?.[0] }, stderr.slice(-2000)).toEqual({
    unhandled: 0,
    warnings: [],
    status: 0,
    fault: undefined,
  });
}

interface Answers {
  server: { sessions: { publish: number; play: number }; streams: number };
  sessions: { sessions: SessionRecord[] };
}
