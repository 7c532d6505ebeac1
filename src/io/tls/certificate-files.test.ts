import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../../test/output.ts';
import { Authority, type Files, filesOf, fingerprintOf } from '../../../test/tls.ts';
import { VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { type Logger, silent } from '../../log.ts';
import { SECOND } from '../../media/time.ts';
import { CertificateFiles } from './certificate-files.ts';
import { Tls, type TlsIdentity } from './tls.ts';

let authority: Authority;
let first: TlsIdentity;
let second: TlsIdentity;
beforeAll(async () => {
  authority = await Authority.create();
  [first, second] = [await authority.issue(), await authority.issue()];
});

interface Followed {
  files: CertificateFiles;
  tls: Tls;
  scheduler: VirtualScheduler;
  said: string[];
  /** Lets as much time pass as files may need to settle, again and again until this holds. */
  until(condition: () => boolean): Promise<void>;
}

async function follow(files: Files): Promise<Followed> {
  const said: string[] = [];
  const keep = (_fields: object, message = ''): void => void said.push(message);
  const log: Logger = { ...silent, info: keep, warn: keep, error: keep };
  const scheduler = new VirtualScheduler();
  scheduler.wallOffset = Date.now() * 1000 - scheduler.wall() * 1000;
  const watched = new CertificateFiles({ files, log, scheduler });
  const tls = new Tls({ identity: await watched.read(), scheduler });
  watched.follow(tls);
  onTestFinished(() => {
    watched.close();
    tls.close();
  });
  const until = (condition: () => boolean): Promise<void> =>
    expect
      .poll(
        () => {
          scheduler.advance(SECOND);
          return condition();
        },
        { timeout: 10_000 },
      )
      .toBe(true);
  return { files: watched, tls, scheduler, said, until };
}

test('a pair that is written anew is in use soon after', async () => {
  const files = filesOf(first);
  const { tls, said, until } = await follow(files);
  writeFileSync(files.cert, second.cert);
  writeFileSync(files.key, second.key);
  await until(() => tls.identity.cert === second.cert);
  expect(said).toEqual(['a new certificate is in use']);
});

test('a pair behind links that are exchanged, as certbot has them, is in use soon after', async () => {
  const folder = temporaryFolder();
  const live = join(folder, 'live');
  mkdirSync(live);
  const link = (name: string, number: number): void => {
    symlinkSync(join('..', `archive${number}`, name), join(live, `${name}.new`));
    renameSync(join(live, `${name}.new`), join(live, name));
  };
  for (const [number, identity] of [first, second].entries()) {
    mkdirSync(join(folder, `archive${number}`));
    filesOf(identity, join(folder, `archive${number}`));
  }
  for (const name of ['fullchain.pem', 'privkey.pem']) link(name, 0);
  const { tls, until } = await follow({ cert: join(live, 'fullchain.pem'), key: join(live, 'privkey.pem') });
  expect(tls.identity).toEqual(first);
  for (const name of ['fullchain.pem', 'privkey.pem']) link(name, 1);
  await until(() => tls.identity.cert === second.cert);
});

test('a pair that does not belong together leaves the one before in use, which is said once', async () => {
  const files = filesOf(first);
  const { files: watched, tls, said, until } = await follow(files);
  writeFileSync(files.key, second.key);
  await until(() => said.length > 0);
  await watched.reload();
  await watched.reload();
  expect(said).toEqual([expect.stringMatching(/^tls\.key: .* The certificate of before stays in use\.$/)]);
  expect(tls.identity).toEqual(first);
  writeFileSync(files.cert, second.cert);
  await until(() => tls.identity.cert === second.cert);
});

test('files that are gone leave the certificate in use', async () => {
  const files = filesOf(first);
  const { files: watched, tls, said } = await follow(files);
  rmSync(files.cert);
  await watched.reload();
  expect([tls.identity, said.length]).toEqual([first, 1]);
});

test('where no change is told, the files are looked at once an hour', async () => {
  const files = filesOf(first);
  const { files: watched, tls, scheduler } = await follow(files);
  writeFileSync(files.cert, second.cert);
  writeFileSync(files.key, second.key);
  scheduler.advance(3600 * SECOND);
  await watched.reload();
  expect(fingerprintOf(tls.identity)).toBe(fingerprintOf(second));
});

test.each([
  [{ until: -1, from: -10 }, 'the certificate has expired: browsers and players refuse it'],
  [{ until: 10, from: 1 }, 'the certificate is not valid yet: browsers and players refuse it'],
])('a certificate whose time is not now is used, with a warning', async (time, warning) => {
  const { said } = await follow(filesOf(await authority.issue(time)));
  expect(said).toEqual([warning]);
});
