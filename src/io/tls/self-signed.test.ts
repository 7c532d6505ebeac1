import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../../test/output.ts';
import { VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { type Logger, silent } from '../../log.ts';
import { factsOf } from './identity.ts';
import { SELF_SIGNED_FILE, SelfSigned, type SelfSignedOptions } from './self-signed.ts';
import { Tls } from './tls.ts';

const DAY_MS = 86_400_000;
const DAY_US = 1000 * DAY_MS;

function own(options: Partial<SelfSignedOptions> = {}): { own: SelfSigned; folder: string; said: object[] } {
  const said: object[] = [];
  const keep = (fields: object): void => void said.push(fields);
  const log: Logger = { ...silent, info: keep, warn: keep, error: keep };
  const folder = options.folder ?? temporaryFolder();
  const scheduler = options.scheduler ?? new VirtualScheduler();
  const made = new SelfSigned({ names: [], log, scheduler, ...options, folder });
  onTestFinished(() => made.close());
  return { own: made, folder, said };
}

/** A scheduler whose day is another. */
function later(days: number): VirtualScheduler {
  const scheduler = new VirtualScheduler();
  scheduler.wallOffset = days * DAY_US;
  return scheduler;
}

test('it is for this machine by all its names, and for those of the operator', async () => {
  const { names } = factsOf(await own({ names: ['live.example.org'] }).own.open());
  expect(names).toEqual(
    expect.arrayContaining(['live.example.org', 'localhost', '127.0.0.1', hostname().toLowerCase()]),
  );
});

test('it is a server’s, signed by itself, good for a year, and of a kind that browsers take', async () => {
  const identity = await own().own.open();
  const certificate = new X509Certificate(identity.cert);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
  const { from, until } = factsOf(identity);
  expect(Math.round((until - from) / DAY_MS)).toBe(397);
});

test('it stays the same over restarts, in a file that is nobody else’s', async () => {
  const { own: first, folder } = own();
  const identity = await first.open();
  expect(statSync(join(folder, SELF_SIGNED_FILE)).mode & 0o777).toBe(0o600);
  expect((await own({ folder }).own.open()).cert.trim()).toBe(identity.cert.trim());
});

test.each([
  ['its end is near', { scheduler: later(397 - 31) }],
  ['its end is past', { scheduler: later(500) }],
  ['it lacks a name', { names: ['new.example.org'] }],
])('another is made where %s', async (_why, options) => {
  const { own: first, folder } = own();
  const { cert } = await first.open();
  const next = await own({ ...options, folder }).own.open();
  expect(next.cert).not.toBe(cert);
  expect(readFileSync(join(folder, SELF_SIGNED_FILE), 'utf8')).toContain(next.cert.trim());
});

test('another is made where the file is broken', async () => {
  const folder = temporaryFolder();
  for (const text of ['', 'nothing', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n']) {
    writeFileSync(join(folder, SELF_SIGNED_FILE), text);
    expect(factsOf(await own({ folder }).own.open()).names).toContain('localhost');
  }
});

test('a start tells its fingerprint, and a long life sees it renewed', async () => {
  const scheduler = new VirtualScheduler();
  const start = scheduler.wall();
  const { own: made, said } = own({ scheduler });
  const identity = await made.open();
  const tls = new Tls({ identity, scheduler });
  onTestFinished(() => tls.close());
  made.follow(tls);
  expect(said[0]).toMatchObject({ fingerprint: factsOf(identity).fingerprint });
  scheduler.advance(DAY_US);
  expect(tls.identity).toBe(identity);
  scheduler.wallOffset = 380 * DAY_US;
  scheduler.advance(DAY_US);
  await expect.poll(() => tls.identity.cert).not.toBe(identity.cert);
  expect(factsOf(tls.identity).until).toBeGreaterThan(start + 700 * DAY_MS);
});
