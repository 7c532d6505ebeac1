import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { Authority } from '../acme-authority.ts';
import { acmePlace, DOMAINS, startAcmeServer } from '../acme-stage.ts';
import { temporaryFolder } from '../output.ts';
import { Program, program, runProgram, testWith } from '../programs.ts';
import { freePort, until } from '../servers.ts';

const LIMIT_MS = 60_000;
const needs = ['pebble', 'pebbleDns', 'openssl'] as const;

/** Pebble: a CA for tests by the makers of Let's Encrypt. Every name leads to this machine. */
async function startPebble(ports: { httpPort: number; tlsPort: number }): Promise<string> {
  const folder = temporaryFolder();
  const authority = await Authority.create();
  authority.trust();
  const { cert, key } = await authority.identity(['127.0.0.1']);
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const run = (path: string, args: readonly string[]): Program => {
    // One nonce in ten is refused, and nothing waits for longer than it has to.
    const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '10' };
    const started = new Program(path, args, { limitMs: LIMIT_MS, cwd: folder, env });
    onTestFinished(async () => void (await started.stop()));
    return started;
  };
  const dns = `127.0.0.1:${await freePort()}`;
  const quiet = ['-http01', '', '-https01', '', '-tlsalpn01', '', '-management', `127.0.0.1:${await freePort()}`];
  run(program('pebbleDns'), [...quiet, '-dns01', dns, '-defaultIPv4', '127.0.0.1', '-defaultIPv6', '']);
  const listenAddress = `127.0.0.1:${await freePort()}`;
  const pebble = {
    listenAddress,
    managementListenAddress: `127.0.0.1:${await freePort()}`,
    certificate: file('cert.pem', cert),
    privateKey: file('key.pem', key),
    ...ports,
  };
  const server = run(program('pebble'), [
    '-config',
    file('pebble.json', JSON.stringify({ pebble })),
    ...['-dnsserver', dns, '-strict'],
  ]);
  await server.says(/ACME directory available/);
  return `https://${listenAddress}/dir`;
}

/** What a port shows, by the word of OpenSSL: who issued it, for whom, and how many certificates come with it. */
async function shownAt(port: number): Promise<{ issuer: string; names: string; count: number; serial: string }> {
  const ask = ['s_client', '-connect', `127.0.0.1:${port}`, '-servername', DOMAINS[0], '-showcerts'];
  const { stdout } = await runProgram(program('openssl'), ask, { limitMs: 5000, input: '' });
  const read = ['x509', '-noout', '-issuer', '-serial', '-ext', 'subjectAltName'];
  const { stdout: facts } = await runProgram(program('openssl'), read, { limitMs: 5000, input: stdout });
  return {
    issuer: /^issuer=(.*)$/m.exec(facts)?.[1] ?? '',
    names: /DNS:.*/.exec(facts)?.[0] ?? '',
    count: stdout.match(/BEGIN CERTIFICATE/g)?.length ?? 0,
    serial: /^serial=(.*)$/m.exec(facts)?.[1] ?? '',
  };
}

/** Somewhere that nobody listens, so that only the other kind of challenge can succeed. */
const NOWHERE = 1;

testWith(needs, 'pebble gives a certificate by TLS-ALPN-01; it is kept, and renewed', {}, async () => {
  const place = await acmePlace('');
  const { tlsPort, clock } = place;
  place.directory = await startPebble({ httpPort: NOWHERE, tlsPort });
  const first = await startAcmeServer(place);
  await until('the certificate of pebble is shown', async () => (await shownAt(tlsPort)).issuer.includes('Pebble'));
  const shown = await shownAt(tlsPort);
  expect(shown).toMatchObject({ names: DOMAINS.map((domain) => `DNS:${domain}`).join(', '), count: 2 });
  expect(await shownAt(first.server.rtmps!.port)).toEqual(shown);
  await first.server.close();

  const second = await startAcmeServer(place);
  expect(await shownAt(tlsPort)).toEqual(shown);
  // Those of pebble are good for five years.
  clock.ahead = 4 * 365 * 24 * 3600 * 1000;
  await until('it is renewed', async () => (await shownAt(tlsPort)).serial !== shown.serial);
  expect((await shownAt(tlsPort)).issuer).toBe(shown.issuer);
  expect(second.log.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
});

testWith(needs, 'pebble gives a certificate by HTTP-01 where it cannot reach the port of https', {}, async () => {
  const place = await acmePlace('');
  place.directory = await startPebble({ httpPort: place.httpPort, tlsPort: NOWHERE });
  const { log } = await startAcmeServer(place);
  const { tlsPort } = place;
  await until('the certificate of pebble is shown', async () => (await shownAt(tlsPort)).issuer.includes('Pebble'));
  const told = log.filter(({ level }) => level === 'error').map(({ message }) => message);
  expect(told).toHaveLength(1);
  expect(told[0]).toContain('Failed to connect to 127.0.0.1:1 for the tls-alpn-01 challenge');
});
