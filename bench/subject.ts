import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { workFolder } from './clip.ts';
import { type Protocol, ways } from './load/request.ts';
import { SERVER_CPU } from './network.ts';
import { peerFile } from './peer.ts';
import { freePort, listening, loadProgram, Program } from './program.ts';

/** A server that is measured: ours, a floor, or another. */
export interface Subject {
  program: Program;
  /** Where the clip is published; undefined where the server makes its own stream. */
  publishPort: number | undefined;
  playPort(protocol: Protocol): number;
  stop(): Promise<void>;
}

export type StartSubject = (options: { clip: string; profile: string | undefined }) => Promise<Subject>;

/** Where nginx modules are found by the packages of common systems. */
const NGINX_MODULES = [
  '/usr/lib/nginx/modules',
  '/usr/lib64/nginx/modules',
  '/usr/local/lib/nginx',
  '/opt/homebrew/lib/nginx/modules',
];
const root = fileURLToPath(new URL('..', import.meta.url));

export interface RoomcastOptions {
  /** Listens for TLS, too, with a certificate of its own. */
  secure?: boolean;
  /** Other options, by the names of their environment variables. */
  env?: Record<string, string>;
  /** It says how late its event loop is, when it is asked. */
  watched?: boolean;
}

/** The server of this repository, started as people start it, with a merge window: `auto` or ms. */
export function roomcast(
  merge: string,
  { secure = false, env = {}, watched = false }: RoomcastOptions = {},
): StartSubject {
  return async ({ profile }) => {
    const data = folder('data');
    const [http, rtmp, https, rtmps] = [await freePort(), await freePort(), await freePort(), await freePort()];
    const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    const watch = watched ? ['--import', join(root, 'bench', 'load', 'loop-watch.ts')] : [];
    const plain = ['--http', `127.0.0.1:${http}`, '--rtmp', `127.0.0.1:${rtmp}`];
    const tls = ['--tls-self-signed', '--https', `127.0.0.1:${https}`, '--rtmps', `127.0.0.1:${rtmps}`];
    const listen = ['--data', data, ...plain, ...(secure ? tls : [])];
    const program = new Program({
      command: [process.execPath, ...flags, ...watch, join(root, 'bin', 'roomcast.js'), ...listen],
      cpu: SERVER_CPU,
      ahead: true,
      cwd: data,
      env: { ROOMCAST_PUBLISH: 'open', ROOMCAST_MERGE: merge, ROOMCAST_LOG_LEVEL: 'warn', ...env },
    });
    const playPort = (protocol: Protocol): number => {
      const way = ways[protocol];
      return way.over === 'rtmp' ? rtmp : way.secure ? https : http;
    };
    return ready({ program, publishPort: rtmp, ports: secure ? [http, rtmp, https] : [http, rtmp], playPort, data });
  };
}

/** The floor with a window in ms; 0 is one write per picture. */
export function floor(window: number): StartSubject {
  return async ({ clip }) => {
    const port = await freePort();
    const program = loadProgram('./load/floor.ts', { port, clip, window }, { cpu: SERVER_CPU, ahead: true });
    return ready({ program, publishPort: undefined, ports: [port], playPort: () => port });
  };
}

/** The least that a Node server keeps for a request that it has not answered. */
export async function holdingFloor(): Promise<Subject> {
  const port = await freePort();
  const program = loadProgram('./load/holding-floor.ts', { port }, { cpu: SERVER_CPU, ahead: true });
  return ready({ program, publishPort: undefined, ports: [port], playPort: () => port });
}

/** nginx with its RTMP module, as the distribution has it. */
export async function nginx(): Promise<Subject> {
  const port = await freePort();
  const prefix = folder('nginx');
  const load = `load_module ${nginxModule()};`;
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  writeFileSync(
    join(prefix, 'nginx.conf'),
    `${load} ${user} worker_processes 1; daemon off; pid nginx.pid; error_log error.log error; worker_rlimit_nofile 20000;
     events { worker_connections 20000; }
     rtmp { access_log off; server { listen 127.0.0.1:${port}; chunk_size 4096; application live { live on; } } }\n`,
  );
  const program = new Program({
    command: ['nginx', '-p', prefix, '-e', 'error.log', '-c', 'nginx.conf'],
    cpu: SERVER_CPU,
  });
  return ready({ program, publishPort: port, ports: [port], playPort: () => port, data: prefix });
}

/** node-media-server, with what it does by default but its console. */
export async function nodeMediaServer(): Promise<Subject> {
  const [http, rtmp] = [await freePort(), await freePort()];
  const data = folder('peer');
  const file = join(data, 'config.json');
  const config = {
    bind: '127.0.0.1',
    rtmp: { port: rtmp },
    http: { port: http },
    store: { path: data },
    webadmin: { enable: false },
  };
  writeFileSync(file, JSON.stringify(config));
  const program = new Program({
    command: [process.execPath, nodeMediaServerFile()!, '--config', file],
    cpu: SERVER_CPU,
    ahead: true,
    cwd: data,
  });
  const playPort = (protocol: Protocol): number => (protocol === 'rtmp' ? rtmp : http);
  return ready({ program, publishPort: rtmp, ports: [http, rtmp], playPort, data });
}

/** Path of its program, or undefined where it cannot be measured. */
export function nodeMediaServerFile(): string | undefined {
  return peerFile('node-media-server', 'bin/app.js');
}

/** Path of the RTMP module, or undefined where nginx cannot be measured. */
export function nginxModule(): string | undefined {
  return NGINX_MODULES.map((path) => join(path, 'ngx_rtmp_module.so')).find((path) => existsSync(path));
}

interface Started {
  program: Program;
  publishPort: number | undefined;
  /** Where it listens. */
  ports: readonly number[];
  playPort(protocol: Protocol): number;
  data?: string;
}

async function ready({ program, publishPort, ports, playPort, data }: Started): Promise<Subject> {
  const stop = async (): Promise<void> => {
    await program.stop();
    if (data) rmSync(data, { recursive: true, force: true });
  };
  try {
    for (const port of ports) await listening(program, port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { program, publishPort, playPort, stop };
}

/** A fresh folder. */
export function folder(name: string): string {
  mkdirSync(workFolder, { recursive: true });
  return mkdtempSync(join(workFolder, `${name}-`));
}
