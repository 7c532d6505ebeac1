import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createListener } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Options } from '../src/config/settings.ts';
import type { Logger } from '../src/log.ts';
import { SECOND } from '../src/media/time.ts';
import { createServer, type Environment, type Server } from '../src/server.ts';
import { temporaryFolder } from './output.ts';
import { Program } from './programs.ts';
import { VirtualScheduler } from './virtual-scheduler.ts';

export const root: string = join(import.meta.dirname, '..');

/** A line of the log. */
export interface LogLine {
  level: string;
  fields: Record<string, unknown>;
  message: string;
}

export interface TestServer {
  server: Server;
  /** `http://127.0.0.1:PORT` */
  http: string;
  /** `ws://127.0.0.1:PORT` */
  ws: string;
  /** `rtmp://127.0.0.1:PORT` */
  rtmp: string;
  log: LogLine[];
}

/** A server in this process on free ports with an empty data folder, closed after the test. Everybody may publish. */
export async function startServer(options: Options = {}, environment: Environment = {}): Promise<TestServer> {
  const log: LogLine[] = [];
  const logger = keeper(log);
  const server = await createServer(
    { data: temporaryFolder(), http: '127.0.0.1:0', rtmp: '127.0.0.1:0', publish: 'open', ...options },
    { logger, ...environment },
  );
  onTestFinished(() => server.close());
  const { http, rtmp } = server;
  return {
    server,
    http: `http://127.0.0.1:${http.port}`,
    ws: `ws://127.0.0.1:${http.port}`,
    rtmp: `rtmp://127.0.0.1:${rtmp.port}`,
    log,
  };
}

/** The same in virtual time: its clock moves only when it is told to. Its publishers and viewers use real sockets. */
export async function startVirtualServer(options: Options = {}): Promise<TestServer & { scheduler: VirtualScheduler }> {
  const scheduler = new VirtualScheduler();
  const started = await startServer({ drain: 0, ...options }, { scheduler });
  onTestFinished(async () => {
    const closed = started.server.close();
    scheduler.advance(SECOND);
    await closed;
  });
  return { ...started, scheduler };
}

export interface ServerProcess {
  program: Program;
  http: string;
  ws: string;
  rtmp: string;
  /** The link that it printed, with the owner's token. */
  link: string;
  pid: number;
  /** Its data folder. */
  data: string;
  /** Bytes of memory that it uses. */
  memory(): Promise<number>;
}

export interface ProcessOptions {
  /** How long it may live. ms */
  limitMs?: number;
  /** Whether everybody may publish; the default. */
  open?: boolean;
  nodeArgs?: readonly string[];
  /** A program with its arguments that starts the server in its own place: `prlimit`, `faketime`. */
  through?: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** Its data folder. Default: a new one. */
  data?: string;
}

/** `npm start` in a process of its own, as a user would have it, on free ports; ended after the test. */
export async function startProcess(args: readonly string[] = [], options: ProcessOptions = {}): Promise<ServerProcess> {
  const [http, rtmp] = [await freePort(), await freePort()];
  const folder = temporaryFolder();
  const data = options.data ?? join(folder, 'data');
  const open = (options.open ?? true) ? ['--publish', 'open'] : [];
  const addresses = ['--http', `127.0.0.1:${http}`, '--rtmp', `127.0.0.1:${rtmp}`];
  const [path, ...command] = [
    ...(options.through ?? []),
    ...[process.execPath, ...(options.nodeArgs ?? [])],
    ...[join(root, 'scripts', 'start.js'), '--data', data, ...addresses, ...open, ...args],
  ];
  const env = { ...process.env, ...options.env };
  const program = new Program(path!, command, { limitMs: options.limitMs ?? 300_000, cwd: folder, env });
  onTestFinished(async () => void (await program.stop()));
  const [, link] = await program.says(/^Open (\S+)$/m);
  const pid = program.child.pid!;
  return {
    program,
    http: `http://127.0.0.1:${http}`,
    ws: `ws://127.0.0.1:${http}`,
    rtmp: `rtmp://127.0.0.1:${rtmp}`,
    link: link!,
    pid,
    data,
    memory: () => memoryOf(pid),
  };
}

/** Systems give connections ports above these, so that none takes one between its choice and its use. */
const CHOSEN = { from: 20_000, count: 12_000 };

/** A port that nobody listens on right now. */
export async function freePort(): Promise<number> {
  const listener = createListener();
  for (;;) {
    const port = CHOSEN.from + Math.floor(Math.random() * CHOSEN.count);
    const isFree = await new Promise<boolean>((resolve) => {
      listener.once('error', () => resolve(false));
      listener.listen(port, '127.0.0.1', () => resolve(true));
    });
    listener.removeAllListeners();
    if (!isFree) continue;
    listener.close();
    await once(listener, 'close');
    return port;
  }
}

/** Resident bytes of a process, from the system. */
async function memoryOf(pid: number): Promise<number> {
  const ps = spawn('ps', ['-o', 'rss=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  ps.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(ps, 'close');
  return Number(text.trim()) * 1024;
}

/** Waits until something is so; fails with what it is about when it is not in time. */
export async function until(what: string, isSo: () => unknown, limitMs = 15_000): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    if (await isSo()) return;
    if (performance.now() > end) throw new Error(`Not within ${limitMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A logger that keeps what it is told. */
function keeper(log: LogLine[], inherited: Record<string, unknown> = {}): Logger {
  const keep =
    (level: string) =>
    (fields: object, message = ''): void =>
      void log.push({ level, fields: { ...inherited, ...fields }, message });
  const child = (fields: Record<string, unknown>): Logger => keeper(log, { ...inherited, ...fields });
  return { debug: keep('debug'), info: keep('info'), warn: keep('warn'), error: keep('error'), child };
}
