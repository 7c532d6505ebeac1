import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createPrivateKey } from 'node:crypto';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Authority, type Files, filesOf } from '../../../test/tls.ts';
import { factsOf, readIdentity } from './identity.ts';
import type { TlsIdentity } from './tls.ts';

let authority: Authority;
let good: TlsIdentity;
let other: TlsIdentity;
beforeAll(async () => {
  authority = await Authority.create();
  good = await authority.issue({ names: ['live.example.org', '192.0.2.1'] });
  other = await authority.issue();
});

async function failure(files: Files): Promise<{ code: string; message: string }> {
  const error: unknown = await readIdentity(files).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'bad-config' });
  return error as { code: string; message: string };
}

test.each(['ec', 'rsa'] as const)('a pair with a key of %s is read as it is', async (keyType) => {
  const identity = await (await Authority.create(keyType)).issue();
  expect(await readIdentity(filesOf(identity))).toEqual(identity);
});

test('the facts of an identity are those of its first certificate', () => {
  const { names, from, until, fingerprint } = factsOf(good);
  expect(names).toEqual(['live.example.org', '192.0.2.1']);
  expect(Math.round((until - from) / 86_400_000)).toBe(31);
  expect(fingerprint).toMatch(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/);
});

describe('a start is told in words when', () => {
  test.each(['cert', 'key'] as const)('the file of the %s is not there', async (name) => {
    const files = filesOf(good);
    rmSync(files[name]);
    expect((await failure(files)).message).toBe(`tls.${name}: ${files[name]} is not there.`);
  });

  test.each(['cert', 'key'] as const)('the file of the %s is a folder', async (name) => {
    const files = filesOf(good);
    rmSync(files[name]);
    mkdirSync(files[name]);
    expect((await failure(files)).message).toBe(`tls.${name}: ${files[name]} is a folder.`);
  });

  test('this user may not read the key', async () => {
    const files = filesOf(good);
    chmodSync(dirname(files.key), 0o755);
    chmodSync(files.key, 0o000);
    const script = `import { readIdentity } from ${JSON.stringify(join(import.meta.dirname, 'identity.ts'))};
      await readIdentity(${JSON.stringify(files)}).catch(({ message }) => console.log(message));`;
    // The superuser may read everything.
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const args = ['--input-type=module', '-e', script];
    const { stdout } = spawnSync(process.execPath, args, { ...nobody, cwd: '/', encoding: 'utf8' });
    expect(stdout).toMatch(/^tls\.key: .* may not be read by the user that runs the server\.\n$/);
  });

  test('the certificate is no PEM', async () => {
    const files = filesOf({ ...good, cert: 'nothing' });
    expect((await failure(files)).message).toMatch(/^tls\.cert: .* holds no certificate in PEM form/);
  });

  test('the key is no PEM, and what is in the file is not told', async () => {
    const files = filesOf({ ...good, key: 'a secret' });
    const { message } = await failure(files);
    expect(message).toMatch(/^tls\.key: .* holds no private key in PEM form/);
    expect(message).not.toContain('a secret');
  });

  test('both are in each other’s place', async () => {
    const { cert, key } = filesOf(good);
    expect((await failure({ cert: key, key: cert })).message).toMatch(/^tls\.cert: .* holds no certificate/);
  });

  test.each(['cert', 'key'] as const)('the file of the %s is cut short', async (name) => {
    const text = good[name];
    const end = text.indexOf('-----END');
    const cut = text.slice(0, end - 60) + text.slice(end);
    const files = filesOf({ ...good, [name]: cut });
    expect((await failure(files)).message).toMatch(/cannot be read; it may be cut short\.$/);
  });

  test('the key belongs to another certificate', async () => {
    const files = filesOf({ cert: good.cert, key: other.key });
    expect((await failure(files)).message).toBe(
      `tls.key: ${files.key} is the key of another certificate than the first in ${files.cert}.`,
    );
  });

  test('the certificate of the authority comes first', async () => {
    const [own, root] = good.cert.split(/(?<=-----END CERTIFICATE-----\n)/);
    const files = filesOf({ cert: root! + own!, key: good.key });
    expect((await failure(files)).message).toMatch(/has its certificates in the wrong order/);
  });

  test('the key has a password, and how it loses it', async () => {
    const key = createPrivateKey(good.key).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    });
    const files = filesOf({ cert: good.cert, key: String(key) });
    expect((await failure(files)).message).toMatch(/a key with a password.*openssl pkey -in FILE -out NEW/);
  });

  test('a file is no certificate by its size alone', async () => {
    const files = filesOf(good);
    writeFileSync(files.cert, good.cert + ' '.repeat(1024 * 1024));
    expect((await failure(files)).message).toMatch(/is far too large for one\.$/);
    expect(dirname(files.cert)).toBe(dirname(files.key));
  });
});
