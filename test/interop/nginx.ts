import { existsSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { programs } from '../../scripts/programs.js';
import { temporaryFolder } from '../output.ts';
import { Program, program } from '../programs.ts';
import { freePort, until } from '../servers.ts';

export interface Nginx {
  program: Program;
  /** `rtmp://127.0.0.1:PORT` */
  rtmp: string;
  folder: string;
  /** Resolves when a publisher of its own, or a server that it pulled from, is gone and its recording is closed. */
  left(limitMs?: number): Promise<void>;
}

/** nginx with its RTMP module in a folder of its own, ended after the test. `application` is what stands in `peer { … }`. */
export async function startNginx(application: (folder: string) => string): Promise<Nginx> {
  const folder = temporaryFolder();
  const port = await freePort();
  const recorded = join(folder, 'recorded');
  const file = join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `load_module ${programs.nginx.file()};
daemon off;
master_process off;
${process.getuid?.() === 0 ? 'user root;' : ''}
pid ${join(folder, 'nginx.pid')};
error_log stderr error;
events { worker_connections 64; }
rtmp {
  server {
    listen 127.0.0.1:${port};
    access_log off;
    max_message 16M;
    application peer {
      live on;
      exec_record_done touch ${recorded};
      ${application(folder)}
    }
  }
}
`,
  );
  const nginx = new Program(program('nginx'), ['-p', folder, '-c', file], { limitMs: 120_000 });
  onTestFinished(async () => void (await nginx.stop()));
  await until('nginx listens', () => listens(port));
  const left = (limitMs?: number): Promise<void> =>
    until('nginx has closed its recording', () => existsSync(recorded), limitMs);
  return { program: nginx, rtmp: `rtmp://127.0.0.1:${port}`, folder, left };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
