import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../output.ts';
import { type Outcome, Program, program, type ProgramName, testWith } from '../../programs.ts';
import { root } from '../../servers.ts';
import { keyHashOf } from '../../tls.ts';
import { type SecureServer, startSecureServer } from './stage.ts';

const LIMIT_MS = 60_000;

/** Runs a program to its end. */
function run(name: ProgramName, args: readonly string[], input = ''): Promise<Outcome> {
  return new Program(program(name), args, { limitMs: LIMIT_MS, input }).done;
}

/** The authority of a server as a file. */
function trusted({ authority }: SecureServer): string {
  const file = join(temporaryFolder(), 'ca.pem');
  writeFileSync(file, authority.cert);
  return file;
}

/** The demo clip, published by ffmpeg for as long as the test takes. */
async function publish(server: SecureServer, url: string): Promise<void> {
  const args = [
    '-v',
    'error',
    '-re',
    '-stream_loop',
    '-1',
    '-i',
    join(root, 'assets/demo.flv'),
    '-c',
    'copy',
    '-f',
    'flv',
  ];
  const sender = new Program(program('ffmpeg'), [...args, url], { limitMs: LIMIT_MS });
  onTestFinished(async () => void (await sender.stop('SIGKILL')));
  await expect.poll(() => server.server.hub.sessions.size, { timeout: 10_000 }).toBeGreaterThan(0);
}

describe('openssl', () => {
  test.each([
    ['TLSv1.2', 'https', '-tls1_2'],
    ['TLSv1.3', 'https', '-tls1_3'],
    ['TLSv1.2', 'rtmps', '-tls1_2'],
    ['TLSv1.3', 'rtmps', '-tls1_3'],
  ] as const)('verifies the chain by %s over %s', async (version, which, flag) => {
    const server = await startSecureServer();
    const port = which === 'https' ? server.httpsPort : server.rtmpsPort;
    const args = [
      's_client',
      '-connect',
      `127.0.0.1:${port}`,
      '-servername',
      'localhost',
      '-CAfile',
      trusted(server),
      flag,
    ];
    const { stdout } = await run('openssl', [...args, '-verify_return_error']);
    expect(stdout).toMatch(new RegExp(`(?:New, |Protocol *: )${version.replace('.', '\\.')}`));
    expect(stdout).toMatch(/Verify return code: 0 \(ok\)|Verification: OK/);
    expect(stdout).toContain('Secure Renegotiation');
  });

  test('agrees on a protocol, or is told that there is none', async () => {
    const server = await startSecureServer();
    const ask = (port: number, alpn: string): Promise<Outcome> =>
      run('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-alpn', alpn]);
    expect((await ask(server.httpsPort, 'h2,http/1.1')).stdout).toContain('ALPN protocol: h2');
    expect((await ask(server.httpsPort, 'http/1.1')).stdout).toContain('ALPN protocol: http/1.1');
    expect((await ask(server.rtmpsPort, 'h2')).stderr).toContain('no application protocol');
  });
});

testWith(['curl'], 'curl reads pages and the API by each version of HTTP', {}, async () => {
  const server = await startSecureServer();
  const ca = trusted(server);
  for (const [flag, version] of [
    ['--http1.0', '1.1'],
    ['--http1.1', '1.1'],
    ['--http2', '2'],
  ] as const) {
    for (const path of ['/lobby', '/api/v1/rooms']) {
      const format = '%{http_version} %{http_code} %{ssl_verify_result}';
      const { stdout } = await run('curl', [
        '-s',
        '--cacert',
        ca,
        flag,
        '-o',
        '/dev/null',
        '-w',
        format,
        server.https + path,
      ]);
      expect(stdout, `${flag} ${path}`).toBe(`${version} 200 0`);
    }
  }
});

testWith(['sslscan'], 'sslscan finds nothing weak', { timeout: LIMIT_MS }, async () => {
  const server = await startSecureServer();
  for (const port of [server.httpsPort, server.rtmpsPort]) {
    const { stdout } = await run('sslscan', ['--no-colour', `127.0.0.1:${port}`]);
    for (const old of ['SSLv2', 'SSLv3', 'TLSv1.0', 'TLSv1.1']) expect(stdout).toMatch(new RegExp(`${old} +disabled`));
    for (const now of ['TLSv1.2', 'TLSv1.3']) expect(stdout).toMatch(new RegExp(`${now} +enabled`));
    expect(stdout).toMatch(/Compression disabled|does not support compression/);
    expect(stdout).not.toMatch(/ 112 bits/);
    expect(stdout).toMatch(/Session renegotiation not supported/);
    expect(stdout).not.toMatch(/vulnerable to heartbleed\b(?<!not vulnerable to heartbleed)/);
    const ciphers = stdout.match(/^(?:Preferred|Accepted) .*$/gm)!;
    expect(ciphers.length).toBeGreaterThan(5);
    for (const line of ciphers) expect(line).toMatch(/GCM|CHACHA20/);
    const bits = ciphers.map((line) => Number(/(\d+) bits/.exec(line)![1]));
    expect(Math.min(...bits)).toBeGreaterThanOrEqual(128);
  }
});

testWith(['ffmpeg'], 'ffmpeg publishes over rtmps, and reads over rtmps and https', { timeout: LIMIT_MS }, async () => {
  const server = await startSecureServer();
  await publish(server, `${server.rtmps}/live/lobby`);
  const ca = trusted(server);
  const https = ['-tls_verify', '1', '-ca_file', ca, '-i', `${server.https}/live/lobby.flv`];
  for (const source of [['-i', `${server.rtmps}/live/lobby`], https]) {
    const { status, stderr } = await run('ffmpeg', ['-v', 'error', '-t', '2', ...source, '-f', 'null', '-']);
    expect([status, stderr]).toEqual([0, '']);
  }
});

testWith(
  ['chromium', 'ffmpeg'],
  'Chromium shows a room over https, with HTTP/2 and a WebSocket beside it',
  { timeout: LIMIT_MS },
  async () => {
    const server = await startSecureServer();
    await publish(server, `${server.rtmps}/live/lobby`);
    const browser = await chromium.launch({
      executablePath: program('chromium'),
      args: ['--mute-audio', `--ignore-certificate-errors-spki-list=${keyHashOf(server.identity)}`],
      chromiumSandbox: process.getuid?.() !== 0,
    });
    onTestFinished(() => browser.close());
    for (const way of ['ws', 'flv']) {
      const page = await browser.newPage();
      const sockets: string[] = [];
      page.on('websocket', (socket) => sockets.push(socket.url()));
      await page.goto(`${server.https}/lobby?play=${way}`);
      await expect
        .poll(() => page.evaluate<number>("document.querySelector('video')?.currentTime ?? 0"), { timeout: 20_000 })
        .toBeGreaterThan(0.5);
      expect(await page.evaluate<string>('performance.getEntriesByType("navigation")[0].nextHopProtocol')).toBe('h2');
      expect(await page.evaluate<boolean>('isSecureContext')).toBe(true);
      expect(sockets.every((url) => url.startsWith(`wss://127.0.0.1:${server.httpsPort}/`))).toBe(true);
      expect(sockets.some((url) => url.endsWith('.flv'))).toBe(way === 'ws');
      await page.close();
    }
  },
);
