import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { FlvReader } from '../flv-reader.ts';
import { temporaryFolder } from '../output.ts';
import { publish } from '../publish.ts';
import { Program, program, runProgram, testWith } from '../programs.ts';
import { freePort, root, until } from '../servers.ts';
import { startTestServer } from '../test-server.ts';
import { Authority, type Files, filesOf } from '../tls.ts';
import { openStage } from './stage.ts';

const VIEWER = '127.0.0.7';
const FORGED = { 'X-Forwarded-For': '203.0.113.1', 'X-Real-IP': '203.0.113.2' };

/** nginx with the file that we hand out before a server that listens on `behind`; without files, without TLS. Gives its port. */
async function startProxy(behind: number, files?: Files): Promise<number> {
  const [folder, port] = [temporaryFolder(), await freePort()];
  const text = readFileSync(join(root, 'deploy', 'nginx.conf'), 'utf8')
    .replaceAll(/^ *listen \[.*$/gm, '')
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${behind}`);
  const ours = files
    ? text
        .replace('listen 443 ', `listen 127.0.0.1:${port} `)
        .replace(/ssl_certificate .*;/, `ssl_certificate ${files.cert};`)
        .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${files.key};`)
    : text.replace('listen 443 ssl http2;', `listen 127.0.0.1:${port};`).replaceAll(/^ *ssl_.*$/gm, '');
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
  await until('nginx listens', async () => {
    const socket = connect(port, '127.0.0.1');
    return once(socket, 'connect').then(
      () => Boolean(socket.destroy()),
      () => false,
    );
  });
  return port;
}

/** What comes from an address over HTTP/2 within some seconds, by curl. */
async function download(url: string, seconds: number): Promise<{ version: string; text: string }> {
  const file = join(temporaryFolder(), 'body');
  const args = ['-s', '-k', '--http2', '--compressed', '-m', String(seconds), '-o', file, '-w', '%{http_version}', url];
  const { stdout } = await runProgram(program('curl'), args, { limitMs: 1000 * seconds + 5000 });
  return { version: stdout, text: readFileSync(file, 'latin1') };
}

testWith(
  ['nginx'],
  'deploy/nginx.conf passes on media and sockets as they come, who asks, and nothing that clients make up',
  {},
  async () => {
    const server = await startTestServer({ trustedProxies: ['127.0.0.1'], publicUrl: 'http://live.example.org' });
    onTestFinished(() => server.close());
    const port = await startProxy(server.port);
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

testWith(
  ['nginx', 'ffmpeg', 'ffprobe', 'curl'],
  'deploy/nginx.conf passes on every output over HTTP/2, and a held list as soon as there is more in it',
  {},
  async () => {
    const stage = await openStage({ trustedProxies: ['127.0.0.1'] });
    const port = await startProxy(stage.server.http.port, filesOf(await (await Authority.create()).issue()));
    const at = `https://127.0.0.1:${port}/${stage.path}`;
    const live = stage.live(2);
    await publish('plain', stage.rtmpUrl, { loop: true });
    await live;
    const codecs = async (input: string): Promise<string> => {
      const args = ['-v', 'error', '-tls_verify', '0', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', input];
      const { stdout, stderr } = await runProgram(program('ffprobe'), args, { limitMs: 20_000 });
      return [...new Set(stdout.match(/\w+/g))].toSorted().join() || stderr;
    };
    const endless = ['flv', 'ts', 'mp4'].map(async (form) => {
      const { version, text } = await download(`${at}.${form}`, 5);
      expect([form, version, await codecs(`${at}.${form}`)]).toEqual([form, '2', 'aac,h264']);
      expect(text.length).toBeGreaterThan(10_000);
    });
    const sockets = ['flv', 'mp4'].map(async (form) => {
      const socket = new WebSocket(`${at.replace('https', 'wss')}.${form}`, { rejectUnauthorized: false });
      for (let left = 5; left > 0; left--) await once(socket, 'message');
      socket.terminate();
    });
    await Promise.all([...endless, ...sockets]);
    for (const list of ['index.m3u8', 'ts.m3u8']) expect(await codecs(`${at}/${list}`)).toBe('aac,h264');

    const names = (text: string): string[] => text.split('\n').filter((line) => /^[^#]/.test(line));
    const [media] = names((await download(`${at}/index.m3u8`, 20)).text);
    const list = `${at}/${media}`;
    const before = names((await download(list, 20)).text).length;
    const first = Number(/MEDIA-SEQUENCE:(\d+)/.exec((await download(list, 20)).text)?.[1]);
    const held = await download(`${list}?_HLS_msn=${first + before}&_HLS_part=0`, 20);
    expect(names(held.text).length).toBeGreaterThanOrEqual(before);
    expect(held.text).toMatch(new RegExp(`-${first + before}\\.0\\.m4s`));
  },
);
