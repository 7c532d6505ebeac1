import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { factsOf } from '../../../src/io/tls/identity.ts';
import { temporaryFolder } from '../../output.ts';
import { Program } from '../../programs.ts';
import { freePort, root, startProcess } from '../../servers.ts';
import { Authority, filesOf, fingerprintOf } from '../../tls.ts';
import { shake } from './stage.ts';

const loopback = async (): Promise<string[]> => [
  '--https',
  `127.0.0.1:${await freePort()}`,
  '--rtmps',
  `127.0.0.1:${await freePort()}`,
];

/** What a start that fails says. */
async function failure(args: readonly string[]): Promise<string> {
  const data = join(temporaryFolder(), 'data');
  const line = [
    join(root, 'bin/roomcast.js'),
    'serve',
    '--data',
    data,
    '--http',
    '127.0.0.1:0',
    '--rtmp',
    '127.0.0.1:0',
  ];
  const { status, stderr } = await new Program(process.execPath, [...line, ...args], { limitMs: 20_000 }).done;
  expect(status).toBe(1);
  return stderr;
}

test(
  'a start with a self-signed certificate tells its fingerprint, and keeps it for the next',
  { timeout: 90_000 },
  async () => {
    const data = temporaryFolder();
    const args = [...(await loopback()), '--tls-self-signed', '--data', data];
    const fingerprint = async (): Promise<string> => {
      const { program, link } = await startProcess(args);
      expect(link).toMatch(/^https:\/\//);
      const [, told] = await program.says(/"fingerprint":"([0-9A-F:]+)".*self-signed: browsers warn/, 'stderr');
      const socket = await shake(Number(new URL(link).port));
      expect(socket.getPeerCertificate().fingerprint256).toBe(told);
      await program.stop();
      return told!;
    };
    expect(await fingerprint()).toBe(await fingerprint());
  },
);

test(
  'a server shows a new certificate soon after its files change, and at once when it is told to',
  { timeout: 90_000 },
  async () => {
    const authority = await Authority.create();
    const [first, second, third] = [await authority.issue(), await authority.issue(), await authority.issue()];
    const files = filesOf(first);
    const { program, link } = await startProcess([
      ...(await loopback()),
      '--tls-cert',
      files.cert,
      '--tls-key',
      files.key,
    ]);
    const port = Number(new URL(link).port);
    const shown = async (): Promise<string> => (await shake(port)).getPeerCertificate().fingerprint256;
    expect(await shown()).toBe(fingerprintOf(first));
    writeFileSync(files.cert, second.cert);
    writeFileSync(files.key, second.key);
    await expect.poll(shown, { timeout: 10_000 }).toBe(fingerprintOf(second));
    writeFileSync(files.cert, third.cert);
    writeFileSync(files.key, third.key);
    program.child.kill('SIGHUP');
    await program.says(/the certificate is read again/, 'stderr');
    await expect.poll(shown, { timeout: 10_000 }).toBe(fingerprintOf(third));
    expect(factsOf(third).names).toContain('localhost');
    expect((await program.stop()).status).toBe(0);
  },
);

describe('a start is told in words', () => {
  test('that a file is not there', async () => {
    const { key } = filesOf(await (await Authority.create()).issue());
    const missing = join(temporaryFolder(), 'no.pem');
    const words = await failure([...(await loopback()), '--tls-cert', missing, '--tls-key', key]);
    expect(words).toBe(`roomcast: tls.cert: ${missing} is not there.\n`);
  });

  test('that one is missing of two', async () => {
    expect(await failure(['--tls-cert', 'a.pem'])).toMatch(/“tls\.cert” needs “tls\.key” beside it/);
  });

  test.each(['--https', '--rtmps'])(
    'that the port of %s is taken, and which flag chooses another',
    { timeout: 90_000 },
    async (flag) => {
      const { http } = await startProcess();
      const { port } = new URL(http);
      const words = await failure(['--tls-self-signed', ...(await loopback()), flag, `127.0.0.1:${port}`]);
      expect(words).toContain(`Port ${port} is used by another program. Choose another with ${flag} ADDR:PORT.`);
    },
  );
});
