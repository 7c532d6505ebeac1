import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Options } from '../src/config/settings.ts';
import { systemScheduler } from '../src/io/scheduler.ts';
import type { Access } from '../src/live/access.ts';
import type { Publisher } from '../src/live/publisher.ts';
import type { Scheduler } from '../src/live/scheduler.ts';
import type { Logger } from '../src/log.ts';
import type { App } from '../src/plugin.ts';
import { plugins } from '../src/plugins.ts';
import { createServer, type Server } from '../src/server.ts';
import { audioTrack, film, videoTrack } from './media.ts';

/** A whole server on loopback, with its own data folder, for tests that talk to it as strangers do. */
export interface TestServer {
  readonly server: Server;
  readonly app: App;
  /** `http://127.0.0.1:PORT`, which is also the origin of its pages. */
  readonly base: string;
  readonly port: number;
  readonly folder: string;
  /** Everything that was logged, at level debug. */
  readonly log: string[];
  /** The Cookie header of a browser that opened the owner's link. */
  readonly cookie: string;
  /** A bearer token of the owner. */
  readonly bearer: string;
  /** The publish key of `lobby`. */
  readonly key: string;
  /** µs by which the wall clock is ahead. */
  readonly clock: { ahead: number };
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Publishes pictures and sound of so many ms into a path, by the key of `lobby` when it is that room's. */
  publish(options?: Partial<Access> & { ms?: number }): Promise<Publisher>;
  close(): Promise<void>;
}

export interface CallOptions {
  headers?: Record<string, string>;
  /** An object is JSON. */
  body?: string | object | Uint8Array;
}

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The code of an error, if it is one. */
  code: string | undefined;
}

/** `logger`: told in place of `log` what is logged. */
export async function startTestServer(options: Options = {}, logger?: Logger): Promise<TestServer> {
  const folder = options.data ?? (await mkdtemp(join(tmpdir(), 'roomcast-test-')));
  const log: string[] = [];
  const clock = { ahead: 0 };
  const real = systemScheduler();
  const scheduler: Scheduler = { ...real, wall: () => real.wall() + clock.ahead / 1000 };
  let app: App | undefined;
  const probe = {
    name: 'probe',
    async start(started: App) {
      app = started;
      return { async close() {} };
    },
  };
  const settings = { data: folder, http: '127.0.0.1:0', rtmp: '127.0.0.1:0', drain: 1, ...options };
  const server = await createServer(settings, {
    logger: logger ?? recorder(log),
    scheduler,
    plugins: [...plugins, probe],
  });
  const { port } = server.http;
  const base = `http://127.0.0.1:${port}`;

  const call = async (method: string, path: string, { headers = {}, body }: CallOptions = {}): Promise<Answer> => {
    const json = typeof body === 'object' && !(body instanceof Uint8Array);
    const response = await fetch(base + path, {
      method,
      redirect: 'manual',
      headers: { ...(json ? { 'Content-Type': 'application/json' } : {}), ...headers },
      ...(body === undefined ? {} : { body: json ? JSON.stringify(body) : (body as string | Uint8Array<ArrayBuffer>) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, code: codeOf(text) };
  };

  const publish: TestServer['publish'] = async ({ ms = 500, ...access } = {}) => {
    const publisher = await server.hub.publish({
      action: 'publish',
      protocol: 'test',
      path: 'live/lobby',
      credentials: { key },
      remote: { address: '192.0.2.1' },
      close() {},
      traffic: () => ({ in: 0, out: 0 }),
      ...access,
    });
    for (const frame of film({ ms, video: videoTrack(), audio: audioTrack() })) publisher.write(frame);
    return publisher;
  };

  const { token: bearer } = JSON.parse(await readFile(join(folder, 'admin.json'), 'utf8')) as { token: string };
  const claimed = await call('POST', '/api/v1/claim', {
    headers: { Origin: base },
    body: { token: (await server.link()).split('#owner=')[1]! },
  });
  const cookie = claimed.headers.get('set-cookie')!.split(';')[0]!;
  const answer = await call('GET', '/api/v1/rooms/lobby/key', { headers: { Authorization: `Bearer ${bearer}` } });
  const { key } = JSON.parse(answer.text) as { key: string };

  const close = async (): Promise<void> => {
    await server.close();
    if (options.data === undefined) await rm(folder, { recursive: true, force: true });
  };
  return { server, app: app!, base, port, folder, log, cookie, bearer, key, clock, call, publish, close };
}

function codeOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { error?: { code?: string } }).error?.code;
  } catch {
    return undefined;
  }
}

/** Keeps every line with all of its fields, as a careless destination would. */
function recorder(lines: string[]): Logger {
  const write = (fields: object, message?: string): void => {
    const text = JSON.stringify(fields, (_name, value: unknown) =>
      value instanceof Error
        ? { name: value.name, message: value.message, stack: value.stack, cause: value.cause }
        : value,
    );
    lines.push(`${text} ${message ?? ''}`);
  };
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger };
  return logger;
}
