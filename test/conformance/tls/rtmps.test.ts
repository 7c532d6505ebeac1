import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemScheduler } from '../../../src/io/scheduler.ts';
import type { MediaEvent } from '../../../src/containers/demuxer.ts';
import { connectRtmp, type RtmpClient, type RtmpClientOptions } from '../../../src/protocols/rtmp/client.ts';
import { probe } from '../../../src/probe/probe.ts';
import { push, type Push } from '../../../src/push/push.ts';
import { root, startServer } from '../../servers.ts';
import { filesOf, fingerprintOf } from '../../tls.ts';
import { type SecureServer, shake, startSecureServer } from './stage.ts';

/** Programs of this process believe in the authority of a server, until the end of the test. */
function trust({ authority }: SecureServer): void {
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, authority.cert]);
  onTestFinished(() => setDefaultCACertificates(before));
}

async function client(
  url: string,
  action: RtmpClientOptions['action'],
  media?: (event: MediaEvent) => void,
): Promise<RtmpClient> {
  const made = await connectRtmp({ url, action, scheduler: systemScheduler(), ...(media && { media }) });
  onTestFinished(() => made.destroy());
  return made;
}

/** Publishes a film until the test is over, once it is on. */
async function publish(url: string): Promise<Push> {
  const pushing = push(join(root, 'assets/demo.flv'), url, { loop: true });
  pushing.done.catch(() => {});
  onTestFinished(() => pushing.stop());
  await new Promise<void>((resolve, reject) => {
    pushing.on('link', ({ state }) => void (state === 'live' && resolve()));
    pushing.done.catch(reject);
  });
  return pushing;
}

describe('a stream over TLS', () => {
  test('is published, and played over TLS and without', async () => {
    const server = await startSecureServer();
    trust(server);
    const pushing = await publish(`${server.rtmps}/live/lobby`);
    for (const base of [server.rtmps, server.rtmp]) {
      const kinds = new Set<string>();
      await client(
        `${base}/live/lobby`,
        'play',
        (event) => void (event.type === 'frame' && kinds.add(event.frame.track.kind)),
      );
      await expect.poll(() => [...kinds]).toEqual(expect.arrayContaining(['audio', 'video']));
    }
    const [session] = server.server.hub.sessions.values();
    expect(session).toMatchObject({ path: 'live/lobby', access: { action: 'publish', protocol: 'rtmp' } });
    await pushing.stop();
    await expect.poll(() => server.server.hub.sessionsOf('live/lobby')[Symbol.iterator]().next().done).toBe(true);
  });

  test.each(['rtmps', 'https'] as const)('is probed over %s', async (how) => {
    const server = await startSecureServer();
    trust(server);
    await publish(`${server.rtmps}/live/lobby`);
    const address = how === 'rtmps' ? `${server.rtmps}/live/lobby` : `${server.https}/live/lobby.flv`;
    const { tracks } = await probe(address);
    expect(tracks.map(({ codec }) => codec)).toEqual(['h264', 'aac']);
  });

  test.each(['rtmps', 'https'] as const)(
    'from a server that nobody vouches for is refused over %s, with what to do',
    async (how) => {
      const server = await startSecureServer();
      const address = how === 'rtmps' ? `${server.rtmps}/live/lobby` : `${server.https}/live/lobby.flv`;
      await expect(probe(address)).rejects.toThrow(/The certificate of 127\.0\.0\.1:\d+ .*NODE_EXTRA_CA_CERTS=FILE\.$/);
    },
  );
});

describe('a client of RTMPS', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s, with or without a name', async (version) => {
    const { rtmpsPort, identity } = await startSecureServer();
    for (const servername of ['live.example.org', undefined]) {
      const options = { minVersion: version, maxVersion: version, ...(servername && { servername }) };
      const socket = await shake(rtmpsPort, options);
      expect(socket.getPeerCertificate().fingerprint256).toBe(fingerprintOf(identity));
      expect(socket.getProtocol()).toBe(version);
    }
  });

  test('that names a protocol came for another server', async () => {
    const { rtmpsPort } = await startSecureServer();
    for (const offered of [['h2', 'http/1.1'], ['rtmp']])
      await expect(shake(rtmpsPort, { ALPNProtocols: offered })).rejects.toThrow(/no application protocol/i);
  });

  test('that speaks RTMP without TLS is closed, as is one whose handshake is of another kind', async () => {
    const { rtmpsPort } = await startSecureServer();
    for (const bytes of [Buffer.concat([Buffer.of(3), Buffer.alloc(1536)]), Buffer.from('GET / HTTP/1.1\r\n\r\n')]) {
      const socket = connect(rtmpsPort, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(bytes);
      await once(socket.resume(), 'close');
    }
  });

  test('has after its handshake as long as without TLS until it publishes or plays', async () => {
    const { rtmpsPort } = await startSecureServer({ limits: { handshakeTime: 1, handshakeIdle: 1 } });
    const socket = await shake(rtmpsPort);
    const start = performance.now();
    await once(socket.resume(), 'close');
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

test('where nobody has a certificate, nothing listens over TLS', async () => {
  const { server } = await startServer();
  expect([server.https, server.rtmps]).toEqual([undefined, undefined]);
});

test('a new certificate is shown to who comes, while a publisher and a viewer stay', async () => {
  const server = await startSecureServer();
  trust(server);
  await publish(`${server.rtmps}/live/lobby`);
  let frames = 0;
  const viewer = await client(
    `${server.rtmps}/live/lobby`,
    'play',
    (event) => void (event.type === 'frame' && frames++),
  );
  await expect.poll(() => frames).toBeGreaterThan(0);
  const next = await server.authority.issue();
  filesOf(next, server.files.cert.replace(/[\\/][^\\/]+$/, ''));
  await server.server.reloadCertificate();
  for (const port of [server.httpsPort, server.rtmpsPort])
    expect((await shake(port)).getPeerCertificate().fingerprint256).toBe(fingerprintOf(next));
  const before = frames;
  await expect.poll(() => frames).toBeGreaterThan(before + 30);
  await viewer.leave();
});
