import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { FlvReader } from '../flv-reader.ts';
import { temporaryFolder } from '../output.ts';
import { Program, program, testWith } from '../programs.ts';
import { freePort, root, until } from '../servers.ts';
import { startTestServer, type TestServer } from '../test-server.ts';

const VIEWER = '127.0.0.7';
const FORGED = { 'X-Forwarded-For': '203.0.113.1', 'X-Real-IP': '203.0.113.2' };

/** nginx with the file that we hand out, without TLS, before a server. Gives its port. */
async function startProxy(server: TestServer): Promise<number> {
  const [folder, port] = [temporaryFolder(), await freePort()];
  const ours = readFileSync(join(root, 'deploy', 'nginx.conf'), 'utf8')
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
    .replaceAll(/^ *(?:listen \[|ssl_).*$/gm, '')
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${server.port}`);
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`);
  const file = join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `daemon off; master_process off; pid nginx.pid; error_log stderr error;
${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http { access_log off; ${places.join(' ')}
${ours}
}
`,
  );
  const nginx = new Program(program('nginx'), ['-p', folder, '-c', file], { limitMs: 60_000 });
  onTestFinished(async () => void (await nginx.stop()));
  await until('nginx answers', () =>
    fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return port;
}

testWith(
  ['nginx'],
  'deploy/nginx.conf passes on media and sockets as they come, who asks, and nothing that clients make up',
  {},
  async () => {
    const server = await startTestServer({ trustedProxies: ['127.0.0.1'], publicUrl: 'http://live.example.org' });
    onTestFinished(() => server.close());
    const port = await startProxy(server);
    const addresses: string[] = [];
    server.server.hub.events.on('session-start', ({ action, access }) => {
      if (action === 'play') addresses.push(access.remote.address);
    });
    const overHttp = new FlvReader();
    const overSocket = new FlvReader();
    const from = { host: '127.0.0.1', port, localAddress: VIEWER, headers: { Host: 'live.example.org', ...FORGED } };
    const request = get({ ...from, path: '/live/lobby.flv', agent: false }, (response) => {
      response.on('data', (chunk: Buffer) => overHttp.push(chunk)).on('error', () => {});
    }).on('error', () => {});
    const socket = new WebSocket(`ws://127.0.0.1:${port}/live/lobby.flv`, from);
    socket.on('message', (data: Buffer) => overSocket.push(data)).on('error', () => {});
    await until('both wait', () => addresses.length === 2);
    expect(addresses).toEqual([VIEWER, VIEWER]);

    // A few frames, far fewer than any buffer holds.
    const publisher = await server.publish({ ms: 200 });
    const counts = (): number[] =>
      [overHttp, overSocket].flatMap((flv) => [flv.media('video').length, flv.media('audio').length]);
    await until('every frame is there while the publisher goes on', () => `${counts()}` === '5,10,5,10');
    expect(overHttp.bytes).toBe(overSocket.bytes);
    publisher.end('ended');
    request.destroy();
    socket.terminate();

    const ask = (path: string, headers = {}): Promise<number> =>
      fetch(`http://127.0.0.1:${port}${path}`, { headers }).then(({ status }) => status);
    expect(await ask('/metrics')).toBe(401);
    expect(await ask('/metrics', { Authorization: `Bearer ${server.bearer}` })).toBe(200);
    const page = { Cookie: server.cookie, Origin: 'http://live.example.org' };
    expect(await ask('/api/v1/sessions', page)).toBe(200);
  },
);
