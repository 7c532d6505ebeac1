import { connect, type TLSSocket } from 'node:tls';
import { systemScheduler } from '../src/io/scheduler.ts';
import type { Scheduler } from '../src/live/scheduler.ts';
import { SECOND } from '../src/media/time.ts';
import { temporaryFolder } from './output.ts';
import { freePort, startServer, type TestServer } from './servers.ts';

/** The domains that the certificates are for. */
export const DOMAINS = ['live.example.test', 'www.example.test'] as const;
/** Whoever waits for longer waits for a second, in which all of that time passes. µs */
const LONG = 30 * SECOND;

/** What a server of these tests is told. */
export interface AcmePlace {
  /** The address of the CA's directory. */
  directory: string;
  /** Where it listens, so that the CA can be told before. */
  httpPort: number;
  tlsPort: number;
  /** The pages are on the port for plain HTTP, too. */
  isOnePort: boolean;
  /** Its data folder. */
  data: string;
  /** ms by which its wall clock is ahead. */
  clock: { ahead: number };
}

/** Free ports, an empty data folder and the right time. */
export async function acmePlace(directory: string): Promise<AcmePlace> {
  const [httpPort, tlsPort] = [await freePort(), await freePort()];
  return { directory, httpPort, tlsPort, isOnePort: false, data: temporaryFolder(), clock: { ahead: 0 } };
}

/** A server that gets its certificates from a CA on this machine. Time flies for it while it waits for long. */
export function startAcmeServer(place: AcmePlace): Promise<TestServer> {
  const { directory, httpPort, tlsPort, data, isOnePort } = place;
  const plain = `127.0.0.1:${httpPort}`;
  const acme = { domains: DOMAINS, email: 'ann@example.test', directory, http: plain };
  const addresses = {
    ...(isOnePort ? { http: plain } : {}),
    https: `127.0.0.1:${tlsPort}`,
    rtmps: '127.0.0.1:0',
  };
  return startServer({ data, drain: 1, ...addresses, tls: { acme } }, { scheduler: hurried(place.clock) });
}

function hurried(clock: AcmePlace['clock']): Scheduler {
  const real = systemScheduler();
  let skipped = 0;
  const now = (): number => real.now() + skipped;
  return {
    now,
    wall: () => real.wall() + skipped / 1000 + clock.ahead,
    after(us, run) {
      if (us <= LONG) return real.after(us, run);
      const due = now() + us;
      return real.after(SECOND, () => {
        skipped += Math.max(0, due - now());
        run();
      });
    },
    every: (us, run) => real.every(us, run),
  };
}

/** A connection over TLS of somebody who believes only whom the CA vouches for. Rejects where that is not the domain. */
export async function visit(port: number, servername: string = DOMAINS[0]): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, servername });
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  return socket;
}

/** The serial number of what a port shows; undefined where it is nothing that the CA has signed. */
export async function serialAt(port: number, servername: string = DOMAINS[0]): Promise<string | undefined> {
  try {
    const socket = await visit(port, servername);
    const { serialNumber } = socket.getPeerCertificate();
    socket.destroy();
    return serialNumber;
  } catch {
    return undefined;
  }
}
