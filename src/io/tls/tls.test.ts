import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { connect, type ConnectionOptions } from 'node:tls';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Authority, fingerprintOf } from '../../../test/tls.ts';
import { VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import { SECOND } from '../../media/time.ts';
import { Tls, type TlsIdentity } from './tls.ts';

let [first, second, answer]: TlsIdentity[] = [];
beforeAll(async () => {
  const authority = await Authority.create();
  first = await authority.issue();
  second = await authority.issue();
  answer = await authority.issue({ names: ['live.example.org'] });
});

interface Shown {
  tls: Tls;
  scheduler: VirtualScheduler;
  port: number;
  /** Fingerprint and protocol that a client is shown, or why it is shown none. */
  ask(options?: ConnectionOptions): Promise<[string, string | false | null] | string>;
}

async function show(): Promise<Shown> {
  const scheduler = new VirtualScheduler();
  const tls = new Tls({ identity: first!, scheduler });
  const handshakes = tls.server(['h2', 'http/1.1']);
  handshakes.on('tlsClientError', () => {}).on('secureConnection', (socket) => socket.end());
  const listener = createServer((socket) => void handshakes.emit('connection', socket)).listen(0, '127.0.0.1');
  onTestFinished(() => {
    listener.close();
    tls.close();
  });
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const ask: Shown['ask'] = async (options = {}) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    try {
      await once(socket, 'secureConnect');
      return [socket.getPeerCertificate().fingerprint256, socket.alpnProtocol];
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      socket.destroy();
    }
  };
  return { tls, scheduler, port, ask };
}

test('an identity that is exchanged is shown to who comes next', async () => {
  const { tls, ask } = await show();
  expect(await ask()).toEqual([fingerprintOf(first!), false]);
  tls.use(second!);
  expect(tls.identity).toBe(second);
  expect(await ask()).toEqual([fingerprintOf(second!), false]);
});

test('an identity that cannot be used leaves the one before in force', async () => {
  const { tls, ask } = await show();
  for (const broken of [
    { ...first!, key: second!.key },
    { cert: '', key: '' },
    { ...first!, cert: 'x' },
  ]) {
    expect(() => tls.use(broken)).toThrow(expect.objectContaining({ code: 'bad-config' }));
    expect(() => tls.challenge('a', broken)).toThrow(expect.objectContaining({ code: 'bad-config' }));
  }
  expect(await ask()).toEqual([fingerprintOf(first!), false]);
});

describe('the answer to a challenge', () => {
  const versions = ['TLSv1.2', 'TLSv1.3'] as const;

  test.each(versions)('is shown to who asks for its name in its protocol, by %s', async (version) => {
    const { tls, ask } = await show();
    tls.challenge('Live.Example.org', answer);
    const options = { servername: 'live.example.ORG', minVersion: version, maxVersion: version };
    expect(await ask({ ...options, ALPNProtocols: ['acme-tls/1'] })).toEqual([fingerprintOf(answer!), 'acme-tls/1']);
  });

  test.each(versions)('is shown to nobody else, by %s', async (version) => {
    const { tls, ask } = await show();
    tls.challenge('live.example.org', answer);
    const options = { servername: 'live.example.org', minVersion: version, maxVersion: version };
    const own = fingerprintOf(first!);
    expect(await ask(options)).toEqual([own, false]);
    expect(await ask({ ...options, ALPNProtocols: ['h2'] })).toEqual([own, 'h2']);
    expect(await ask({ ...options, ALPNProtocols: ['h2', 'acme-tls/1'] })).toEqual([own, 'h2']);
    const none = 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL';
    expect(await ask({ ...options, servername: 'example.org', ALPNProtocols: ['acme-tls/1'] })).toBe(none);
    const { servername: _name, ...nameless } = options;
    expect(await ask({ ...nameless, ALPNProtocols: ['acme-tls/1'] })).toBe(none);
  });

  test('is gone when it is taken back', async () => {
    const { tls, ask } = await show();
    tls.challenge('live.example.org', answer);
    tls.challenge('live.example.org', undefined);
    const asked = await ask({ servername: 'live.example.org', ALPNProtocols: ['acme-tls/1'] });
    expect(asked).toBe('ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL');
  });
});

test('a client that comes back need not do the whole handshake, unless it took a day', async () => {
  const { tls, scheduler, port } = await show();
  const come = async (session?: Buffer): Promise<[Buffer, boolean]> => {
    const options = { port, host: '127.0.0.1', rejectUnauthorized: false, maxVersion: 'TLSv1.2' } as const;
    const socket = connect({ ...options, ...(session && { session }) });
    await once(socket, 'secureConnect');
    const result: [Buffer, boolean] = [socket.getSession()!, socket.isSessionReused()];
    socket.destroy();
    return result;
  };
  const [session] = await come();
  tls.use(second!);
  expect((await come(session))[1]).toBe(true);
  scheduler.advance(24 * 3600 * SECOND);
  expect((await come(session))[1]).toBe(false);
});
