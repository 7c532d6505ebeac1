import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/output.ts';
import { AcmeFolder } from './acme-folder.ts';

const directory = new URL('https://ca.test/dir');
const CERT = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const KEY = '-----BEGIN PRIVATE KEY-----\nBBBB\n-----END PRIVATE KEY-----\n';

test('what is kept is read again', async () => {
  const data = temporaryFolder();
  const folder = new AcmeFolder(data, directory);
  await folder.keepAccount('account');
  await folder.keepCertificate({ cert: CERT, key: KEY });
  await folder.keepFailures([1, 2, 3]);
  const again = new AcmeFolder(data, directory);
  expect(await again.account()).toBe('account');
  expect(await again.certificate()).toEqual({ cert: CERT, key: KEY });
  expect(await again.failures()).toEqual([1, 2, 3]);
});

test('an empty folder has nothing', async () => {
  const folder = new AcmeFolder(temporaryFolder(), directory);
  expect([await folder.account(), await folder.certificate(), await folder.failures()]).toEqual([
    undefined,
    undefined,
    [],
  ]);
});

test('only the user of the server may read it', async () => {
  const folder = new AcmeFolder(temporaryFolder(), directory);
  const umask = process.umask(0);
  try {
    await folder.keepAccount('account');
    await folder.keepCertificate({ cert: CERT, key: KEY });
  } finally {
    process.umask(umask);
  }
  const modes = readdirSync(folder.path).map((name) => [name, statSync(join(folder.path, name)).mode & 0o777]);
  expect(modes).toEqual([
    ['account.pem', 0o600],
    ['certificate.pem', 0o600],
  ]);
  expect(statSync(folder.path).mode & 0o777).toBe(0o700);
});

test('a draft that a dying process has left open to all is private when it becomes the file', async () => {
  const folder = new AcmeFolder(temporaryFolder(), directory);
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(join(folder.path, 'account.pem.new'), 'a longer draft than what is written over it', { mode: 0o644 });
  await folder.keepAccount('account');
  expect(statSync(join(folder.path, 'account.pem')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder.path, 'account.pem'), 'utf8')).toBe('account');
});

test('a draft that was not finished changes nothing', async () => {
  const folder = new AcmeFolder(temporaryFolder(), directory);
  await folder.keepCertificate({ cert: CERT, key: KEY });
  writeFileSync(join(folder.path, 'certificate.pem.new'), KEY);
  expect(await folder.certificate()).toEqual({ cert: CERT, key: KEY });
});

test('two CAs have two folders, with names that people can read', () => {
  const data = temporaryFolder();
  const names = ['https://ca.test/a-b', 'https://ca.test/a/b', 'https://ca.test:444/a/b', 'https://ca.test/a/b?c'].map(
    (url) => new AcmeFolder(data, new URL(url)).path.slice(join(data, 'acme').length + 1),
  );
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^ca\.test-[a-z0-9-]+$/);
});

test.each(['', 'nothing', '{}', '[null, "x", 5, 1e999]', `[${'1,'.repeat(500)}1]`])(
  'failures that cannot be read count for nothing: %.20s',
  async (text) => {
    const folder = new AcmeFolder(temporaryFolder(), directory);
    await folder.keepFailures([]);
    writeFileSync(join(folder.path, 'failures.json'), text);
    const failures = await folder.failures();
    expect(failures.length).toBeLessThanOrEqual(100);
    expect(failures.every(Number.isFinite)).toBe(true);
  },
);

test('a folder that cannot be used is named', async () => {
  const data = temporaryFolder();
  writeFileSync(join(data, 'acme'), 'a file');
  const folder = new AcmeFolder(data, directory);
  await expect(folder.keepAccount('account')).rejects.toMatchObject({ code: 'store-failed' });
  await expect(folder.account()).rejects.toMatchObject({ code: 'store-failed' });
});
