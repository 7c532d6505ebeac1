import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AcmeFolder } from '../../src/features/acme/acme-folder.ts';
import type { TlsIdentity } from '../../src/io/tls/tls.ts';
import { type AcmeBehaviour, AcmeServer } from '../acme-server.ts';
import { type AcmePlace, acmePlace, DOMAINS, serialAt, startAcmeServer, visit } from '../acme-stage.ts';
import { temporaryFolder } from '../output.ts';
import { audioTrack, film, videoTrack } from '../media.ts';
import { RawSocket } from '../raw-socket.ts';
import { Program, runProgram } from '../programs.ts';
import { root, type TestServer, until } from '../servers.ts';

const DAY_MS = 24 * 3600 * 1000;

interface Stage {
  ca: AcmeServer;
  place: AcmePlace;
  server: TestServer;
}

/** A CA, and a server that gets its certificates there. `prepare` comes before the server. */
async function stage(
  behaviour: Partial<AcmeBehaviour> = {},
  prepare: (place: AcmePlace, ca: AcmeServer) => unknown = () => {},
): Promise<Stage> {
  const ca = await AcmeServer.start(behaviour);
  const place = await acmePlace(ca.directory);
  Object.assign(ca.behaviour, { httpPort: place.httpPort, tlsPort: place.tlsPort, ...behaviour });
  await prepare(place, ca);
  return { ca, place, server: await startAcmeServer(place) };
}

/** Takes a port away. */
async function occupy(port: number): Promise<void> {
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
}

async function isShown({ ca, place }: Stage, count = 1): Promise<void> {
  await until(`certificate ${count} is shown`, async () => {
    const serial = ca.issued[count - 1]?.serialNumber;
    return serial !== undefined && (await serialAt(place.tlsPort)) === serial;
  });
}

/** What the log says about certificates. */
function said({ server }: Stage): string[] {
  return server.log.filter(({ message }) => /certificate|challenge/.test(message)).map(({ message }) => message);
}

/** What plain HTTP answers: its head, and its body. */
async function ask(port: number, request: string): Promise<string> {
  const socket = await RawSocket.open(port);
  socket.socket.write(request);
  await until('the answer is there', () => socket.ended);
  return socket.received.toString('latin1');
}

describe('a certificate', () => {
  test.each(['tls-alpn-01', 'http-01'])('is had by %s, and shown by every listener for each domain', async (type) => {
    const at = await stage({ offers: ['dns-01', type], pending: 1, badNonces: 2 });
    await isShown(at);
    const { serialNumber } = at.ca.issued[0]!;
    for (const domain of DOMAINS) {
      expect(await serialAt(at.place.tlsPort, domain)).toBe(serialNumber);
      expect(await serialAt(at.server.server.rtmps!.port, domain)).toBe(serialNumber);
    }
    expect(at.ca.accounts).toMatchObject([{ contact: ['mailto:ann@example.test'] }]);
    expect(said(at)).toEqual(['a new certificate is in use']);
  });

  test('is had by the other kind of challenge where the first comes to nothing', async () => {
    const at = await stage({ tlsPort: 1 });
    await isShown(at);
    expect(said(at)).toHaveLength(2);
    expect(said(at)[0]).toContain(`Nobody answers for ${DOMAINS[0]} on port 443`);
  });

  test('is used by the next start without asking anybody', async () => {
    const at = await stage();
    await isShown(at);
    await at.server.server.close();
    const calls = at.ca.calls.length;
    const again = { ...at, server: await startAcmeServer(at.place) };
    expect(await serialAt(at.place.tlsPort)).toBe(at.ca.issued[0]!.serialNumber);
    expect(at.ca.calls).toHaveLength(calls);
    expect(said(again)).toEqual(['the certificate is in use']);
  });

  test('is renewed while a connection goes on, which does not notice', async () => {
    const at = await stage();
    await isShown(at);
    const publisher = await at.server.server.hub.publish({
      action: 'publish',
      protocol: 'test',
      path: 'live/lobby',
      credentials: {},
      remote: { address: '192.0.2.1' },
      close() {},
      traffic: () => ({ in: 0, out: 0 }),
    });
    const play = (from: number): void => {
      for (const each of film({ from, ms: 1000, video: videoTrack(), audio: audioTrack() })) publisher.write(each);
    };
    const viewer = await visit(at.place.tlsPort);
    let received = 0;
    viewer.on('data', (bytes: Buffer) => (received += bytes.length));
    viewer.write(`GET /live/lobby.flv HTTP/1.1\r\nHost: ${DOMAINS[0]}\r\n\r\n`);
    play(0);
    await until('the viewer gets the stream', () => received > 2000);
    // The clocks of the CA and of visitors stay, so the next one has to be long enough for all.
    at.ca.behaviour.life = 400 * DAY_MS;
    at.place.clock.ahead = 61 * DAY_MS;
    await isShown(at, 2);
    const before = received;
    play(1000);
    await until('the viewer gets more of it', () => received > before + 2000);
    expect(viewer.getPeerCertificate().serialNumber).toBe(at.ca.issued[0]!.serialNumber);
    viewer.destroy();
    await at.server.server.close();
    const again = await startAcmeServer(at.place);
    expect(await serialAt(again.server.https!.port)).toBe(at.ca.issued[1]!.serialNumber);
  });

  test('is renewed early where the CA wants it back', async () => {
    const at = await stage();
    await isShown(at);
    at.ca.behaviour.renewal = { start: Date.now() - DAY_MS, end: Date.now() };
    await isShown(at, 2);
    expect(at.ca.replaced).toHaveLength(1);
  });

  test('and its keys are for the user of the server only, and are never logged', async () => {
    const at = await stage({ badNonces: 7 });
    await isShown(at);
    const folder = join(at.place.data, 'acme');
    const [ca = ''] = readdirSync(folder);
    const files = ['account.pem', 'certificate.pem', 'failures.json'];
    await until('all is written', () => readdirSync(join(folder, ca)).join() === files.join());
    const log = JSON.stringify(at.server.log);
    for (const name of files) expect(statSync(join(folder, ca, name)).mode & 0o777).toBe(0o600);
    for (const name of files.slice(0, 2)) {
      const [, secret = ''] = readFileSync(join(folder, ca, name), 'utf8').split('\n');
      expect(secret.length).toBeGreaterThan(40);
      expect(log).not.toContain(secret);
    }
  });
});

test('the account’s key is replaced where it is damaged', async () => {
  const folder = (place: AcmePlace): AcmeFolder => new AcmeFolder(place.data, new URL(place.directory));
  const at = await stage({}, (place) => folder(place).keepAccount('damaged'));
  await isShown(at);
  expect(await folder(at.place).account()).toContain('PRIVATE KEY');
});

test('a certificate that is written while the process dies is the old one or the new one, whole', async () => {
  const data = temporaryFolder();
  const folder = new AcmeFolder(data, new URL('https://ca.test/'));
  const identity = (letter: string): TlsIdentity => ({
    cert: `-----BEGIN CERTIFICATE-----\n${letter.repeat(200_000)}\n-----END CERTIFICATE-----\n`,
    key: `-----BEGIN PRIVATE KEY-----\n${letter.repeat(100)}\n-----END PRIVATE KEY-----\n`,
  });
  const both = [identity('A'), identity('B')];
  const module = pathToFileURL(join(root, 'src', 'features', 'acme', 'acme-folder.ts')).href;
  const write = `
    const { AcmeFolder } = await import(${JSON.stringify(module)});
    const folder = new AcmeFolder(${JSON.stringify(data)}, new URL('https://ca.test/'));
    for (let count = 0; ; count++) {
      for (const identity of ${JSON.stringify(both)}) await folder.keepCertificate(identity);
      if (count === 2) console.log('writing');
    }`;
  for (let deaths = 0; deaths < 6; deaths++) {
    const writer = new Program(process.execPath, ['--input-type=module', '-'], { limitMs: 20_000, input: write });
    await writer.says(/writing/);
    await new Promise((resolve) => setTimeout(resolve, 10 * Math.random()));
    await writer.stop('SIGKILL');
    expect(both).toContainEqual(await folder.certificate());
  }
});

describe('a CA', () => {
  test('that limits us is told about in its own words, and left alone', async () => {
    const at = await stage({ rateLimit: 3600 });
    await until('it is told', () => said(at).length > 0);
    const [{ level, fields, message }] = at.server.log.filter(({ message }) => message.includes('certificate')) as [
      TestServer['log'][number],
    ];
    expect(level).toBe('error');
    expect(message).toBe('no new certificate (there is none that is valid): Too many certificates. (rateLimited)');
    expect(Date.parse(fields.next as string) - Date.now()).toBeGreaterThan(3500_000);
    expect((await fetch(`${at.server.http}/healthz`)).status).toBe(200);
  });

  test.each<[string, AcmeBehaviour['instead']]>([
    ['says nothing', () => true],
    ['talks nonsense', (_request, response) => Boolean(response.end('<html>'))],
    [
      'sends us elsewhere',
      (_request, response) => Boolean(response.writeHead(302, { Location: 'http://127.0.0.1/' }).end()),
    ],
  ])('that %s keeps no server from starting and stopping', async (_name, instead) => {
    const at = await stage({ instead });
    await until('it is asked', () => at.ca.calls.length > 0);
    expect((await fetch(`${at.server.http}/healthz`)).status).toBe(200);
    const start = performance.now();
    await at.server.server.close();
    expect(performance.now() - start).toBeLessThan(3000);
  });

  test('that never decides is not waited for by a server that stops', async () => {
    const at = await stage({ pending: Infinity });
    await until('it looks', () => at.ca.calls.some((call) => call.startsWith('POST /challenge')));
    const start = performance.now();
    await at.server.server.close();
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

describe('the plain port', () => {
  test('sends people to https under a name of ours, whatever they say', async () => {
    const { place } = await stage();
    const to = async (target: string, host: string): Promise<string | undefined> => {
      const answer = await ask(place.httpPort, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 307 /);
      return /^Location: (.*)\r$/m.exec(answer)?.[1];
    };
    const [first, second] = DOMAINS.map((domain) => `https://${domain}:${place.tlsPort}`);
    expect(await to('/lobby?play=hls', DOMAINS[1])).toBe(`${second}/lobby?play=hls`);
    expect(await to('/lobby', `${DOMAINS[1].toUpperCase()}:80`)).toBe(`${second}/lobby`);
    expect(await to('/lobby', 'evil.test')).toBe(`${first}/lobby`);
    expect(await to('//evil.test/', DOMAINS[0])).toBe(`${first}//evil.test/`);
    expect(await to('http://evil.test/lobby', 'evil.test')).toBe(`${first}/lobby`);
    expect(await to('*', DOMAINS[0])).toBe(`${first}/`);
  });

  test.each(['nothing', '../../../../etc/passwd', '..%2f..%2fetc%2fpasswd', ''])(
    'has no answer to a challenge that nobody asks: %s',
    async (token) => {
      const { place } = await stage({ instead: () => true });
      const answer = await ask(place.httpPort, `GET /.well-known/acme-challenge/${token} HTTP/1.1\r\nHost: a\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 404 /);
      expect(answer).toContain('There is no such challenge now.');
    },
  );

  test('closes on what is no request, and on headers without end', async () => {
    const { place } = await stage({ instead: () => true });
    expect(await ask(place.httpPort, 'garbage\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
    const long = `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(100_000)}`;
    expect(await ask(place.httpPort, long)).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('may be the one of the pages, which then answers, too', async () => {
    const at = await stage({ offers: ['http-01'] }, (place) => (place.isOnePort = true));
    await isShown(at);
    const answer = await fetch(`http://127.0.0.1:${at.place.httpPort}/.well-known/acme-challenge/nothing`);
    expect([answer.status, await answer.text()]).toEqual([404, 'There is no such challenge now.\n']);
    expect((await fetch(`http://127.0.0.1:${at.place.httpPort}/healthz`)).status).toBe(200);
  });

  test('is not needed where the other one is had, and what to do is said', async () => {
    const at = await stage({}, ({ httpPort }) => occupy(httpPort));
    await isShown(at);
    const { httpPort } = at.place;
    const [line] = at.server.log.filter(({ level }) => level === 'warn');
    expect(line!.fields).toMatchObject({ code: 'port-taken', port: httpPort });
    for (const words of [
      `Port ${httpPort} is used by another program.`,
      '(tls.acme.http)',
      `have ${httpPort} forwarded`,
    ])
      expect(line!.message).toContain(words);
  });
});

describe('the port of https', () => {
  test('answers a challenge only while there is one', async () => {
    const at = await stage();
    await isShown(at);
    const socket = connect({
      host: '127.0.0.1',
      port: at.place.tlsPort,
      servername: DOMAINS[0],
      ALPNProtocols: ['acme-tls/1'],
      rejectUnauthorized: false,
    });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('no application protocol');
  });

  test('is what a start fails for: what to do is said, and nobody is asked', async () => {
    const ca = await AcmeServer.start();
    const place = await acmePlace(ca.directory);
    await occupy(place.tlsPort);
    const error: unknown = await startAcmeServer(place).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'port-taken' });
    for (const words of ['is used by another program.', '(--https ADDR:PORT)', `have ${place.tlsPort} forwarded to it`])
      expect((error as Error).message).toContain(words);
    expect(ca.calls).toEqual([]);
    // What was opened by then is closed again.
    await occupy(place.httpPort);
  });

  test('of the system is refused to who has no right to it, in words and with status 1', async ({ skip }) => {
    skip(freePortsFrom() <= 443, 'every port is free to every user of this machine');
    const isRoot = process.getuid?.() === 0;
    const command = isRoot ? ['setpriv', '--bounding-set=-net_bind_service', process.execPath] : [process.execPath];
    const file = join(temporaryFolder(), 'roomcast.yaml');
    writeFileSync(
      file,
      JSON.stringify({ tls: { acme: { domains: [DOMAINS[0]], directory: 'https://127.0.0.1:1/' } } }),
    );
    const places = ['http', 'rtmp', 'rtmps'].flatMap((name) => [`--${name}`, '127.0.0.1:0']);
    const args = ['bin/roomcast.js', 'serve', '--config', file, '--data', temporaryFolder(), ...places];
    const [path, ...rest] = [...command, ...args];
    const { status, stdout, stderr } = await runProgram(path!, rest, { limitMs: 20_000, cwd: root });
    expect([status, stdout]).toEqual([1, '']);
    const [plain, secure] = [80, 443].map((port) => stderr.split('\n').find((line) => line.includes(`port ${port};`)));
    expect(JSON.parse(plain!)).toMatchObject({ level: 'warn', code: 'bad-config', port: 80 });
    expect(secure).toMatch(/^roomcast: This user may not listen on port 443;/);
    for (const line of [plain, secure])
      for (const way of ['AmbientCapabilities=CAP_NET_BIND_SERVICE', 'setcap', 'authbind', 'another port'])
        expect(line).toContain(way);
  });
});

/** The first port that any user may listen on. */
function freePortsFrom(): number {
  const file = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 1024;
}
