import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { Authority } from '../../../test/acme-authority.ts';
import { temporaryFolder } from '../../../test/output.ts';
import { VIRTUAL_START, VirtualScheduler } from '../../../test/virtual-scheduler.ts';
import type { TlsIdentity } from '../../io/tls/tls.ts';
import type { Logger } from '../../log.ts';
import { SECOND } from '../../media/time.ts';
import { AcmeFolder } from './acme-folder.ts';
import type { RenewalWindow } from './ca-answers.ts';
import { CaError } from './ca-error.ts';
import { CertificateKeeper, type Orders } from './certificate-keeper.ts';

const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
const DAY_MS = 24 * 3600 * 1000;
const authority = Authority.create();
/** Looks at a certificate in the longest of these tests, and more. */
const MAX_ROUNDS = 1000;

interface Line {
  level: string;
  fields: Record<string, unknown>;
  message: string;
}

/** A clock that knows when the newest timer is due. */
class Clock extends VirtualScheduler {
  due = 0;

  override after(us: number, run: () => void): () => void {
    this.due = this.now() + us;
    return super.after(us, run);
  }
}

/** A CA in the place of one: it says yes, or what it is told to. */
class PretendedCa implements Orders {
  readonly #scheduler: VirtualScheduler;
  /** Monotonic µs at which it was asked. */
  readonly asked: number[] = [];
  readonly attempts: number[] = [];
  readonly replaced: (string | undefined)[] = [];
  /** ms */
  life: number = 90 * DAY_MS;
  /** ms by which its clock is ahead of ours. */
  ahead = 0;
  error: Error | undefined;
  window: RenewalWindow | undefined;
  names: string[] = ['a.example'];
  /** Answers are held back until this is called. */
  hold = false;

  constructor(scheduler: VirtualScheduler) {
    this.#scheduler = scheduler;
  }

  async order(attempt: number, replaces: string | undefined): Promise<TlsIdentity> {
    this.asked.push(this.#scheduler.now());
    this.attempts.push(attempt);
    this.replaced.push(replaces);
    if (this.hold) await new Promise(() => {});
    if (this.error) throw this.error;
    return this.issue();
  }

  async renewalWindow(): Promise<RenewalWindow | undefined> {
    return this.window;
  }

  async issue(): Promise<TlsIdentity> {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const from = this.#scheduler.wall() + this.ahead;
    const spki = publicKey.export({ type: 'spki', format: 'der' });
    const P256 = { name: 'ECDSA', namedCurve: 'P-256' };
    const key = await webcrypto.subtle.importKey('spki', spki, P256, true, ['verify']);
    const cert = await (await authority).issue({ names: this.names, publicKey: key, from, until: from + this.life });
    return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
  }
}

interface Stage {
  scheduler: Clock;
  ca: PretendedCa;
  folder: AcmeFolder;
  keeper: CertificateKeeper;
  used: TlsIdentity[];
  log: Line[];
  /** Lets virtual time pass, and all that happens in it. */
  pass(us: number): Promise<void>;
  restart(): Promise<Stage>;
}

async function stage(
  prepare: (ca: PretendedCa, folder: AcmeFolder) => unknown = () => {},
  { scheduler = new Clock(), data = temporaryFolder(), domains = ['a.example'], begin = true } = {},
): Promise<Stage> {
  const ca = new PretendedCa(scheduler);
  const folder = new AcmeFolder(data, new URL('https://ca.test/dir'));
  await prepare(ca, folder);
  const used: TlsIdentity[] = [];
  const log: Line[] = [];
  const use = (identity: TlsIdentity): void => void used.push(identity);
  const keeper = new CertificateKeeper({
    domains,
    folder,
    orders: ca,
    use,
    scheduler,
    log: logger(log),
    random: () => 1,
  });
  await keeper.load();
  if (begin) keeper.begin();
  const pass = async (us: number): Promise<void> => {
    const end = scheduler.now() + us;
    await keeper.idle();
    for (let rounds = 0; scheduler.now() < end; rounds++) {
      if (rounds > MAX_ROUNDS) throw new Error('It does not rest.');
      scheduler.advanceTo(scheduler.due >= scheduler.now() ? Math.min(end, scheduler.due) : end);
      await keeper.idle();
    }
  };
  const restart = async (): Promise<Stage> => {
    await keeper.close();
    return stage((next) => Object.assign(next, { error: ca.error, life: ca.life }), { scheduler, data, domains });
  };
  onTestFinished(() => (ca.hold ? undefined : keeper.close()));
  await keeper.idle();
  return { scheduler, ca, folder, keeper, used, log, pass, restart };
}

function logger(lines: Line[]): Logger {
  const at =
    (level: string) =>
    (fields: object, message = ''): void =>
      void lines.push({ level, fields: { ...fields }, message });
  const made: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => made,
  };
  return made;
}

/** Days from the first to each further time that the CA was asked. */
function days({ ca }: Stage): number[] {
  return ca.asked.map((at) => (at - ca.asked[0]!) / DAY);
}

test('the first certificate is asked for at once, used and kept', async () => {
  const { ca, used, folder, log } = await stage();
  expect(ca.asked).toHaveLength(1);
  expect(used).toHaveLength(1);
  expect((await folder.certificate())?.key).toBe(used[0]!.key);
  expect(log).toEqual([
    {
      level: 'info',
      fields: { domains: ['a.example'], issuer: 'Roomcast tests Test issuer', until: '2026-04-01T00:00:01.000Z' },
      message: 'a new certificate is in use',
    },
  ]);
});

test('nothing is asked before everything listens', async () => {
  const { ca } = await stage(() => {}, { begin: false });
  expect(ca.asked).toEqual([]);
});

test('the next start uses what was kept, and asks nobody', async () => {
  const before = await stage();
  await before.pass(10 * DAY);
  const after = await before.restart();
  await after.pass(10 * DAY);
  expect(after.ca.asked).toEqual([]);
  expect(after.used.map(({ key }) => key)).toEqual([before.used[0]!.key]);
});

test('a certificate is renewed when a third of its life is left, and says what it replaces', async () => {
  const at = await stage();
  await at.pass(130 * DAY);
  const [first, second, third] = days(at);
  expect(first).toBe(0);
  expect(second).toBeGreaterThanOrEqual(60);
  expect(second).toBeLessThan(60.1);
  expect(third! - second!).toBeGreaterThanOrEqual(60);
  expect(at.used).toHaveLength(3);
  expect(at.ca.replaced[0]).toBeUndefined();
  expect(at.ca.replaced[1]).toMatch(/^[\w-]+\.[\w-]+$/);
});

test.each([1 / 288, 1, 6, 47, 398])('a certificate of %s days never ends in use', async (life) => {
  const at = await stage((ca) => (ca.life = life * DAY_MS));
  const start = at.scheduler.now();
  for (let step = 1; step <= 40; step++) {
    at.scheduler.advanceTo(start + (step * life * DAY) / 10);
    await at.keeper.idle();
    const newest = at.ca.asked.at(-1)!;
    expect(at.scheduler.now() - newest).toBeLessThan(life * DAY);
  }
  expect(at.ca.asked.length).toBeGreaterThanOrEqual(5);
  expect(at.ca.asked.length).toBeLessThanOrEqual(8);
});

test('a wall clock that is set forward is noticed within half a day', async () => {
  const at = await stage();
  await at.pass(DAY);
  at.scheduler.wallOffset = 70 * DAY;
  await at.pass(DAY / 2);
  expect(at.ca.asked).toHaveLength(2);
  await at.pass(30 * DAY);
  expect(at.ca.asked).toHaveLength(2);
});

test('a wall clock that is set back asks for nothing', async () => {
  const at = await stage();
  await at.pass(DAY);
  at.scheduler.wallOffset = -20 * 365 * DAY;
  await at.pass(50 * DAY);
  expect(at.ca.asked).toHaveLength(1);
});

test('a clock that stood in the past until the network was there brings no second certificate', async () => {
  const at = await stage((ca) => (ca.ahead = 50 * 365 * DAY_MS));
  at.scheduler.wallOffset = 50 * 365 * DAY;
  await at.pass(50 * DAY);
  expect(at.ca.asked).toHaveLength(1);
  expect(at.log.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
    'the certificate is not valid now: it is too old, or the clock of this machine is wrong',
  ]);
});

test('where our clock is far ahead the CA is asked once a day, not without end', async () => {
  const at = await stage((ca) => (ca.ahead = -50 * 365 * DAY_MS));
  await at.pass(10 * DAY);
  expect(at.ca.asked.length).toBeLessThanOrEqual(11);
});

test('failures are told once each, with the reason, the time of the next attempt and what to do', async () => {
  const problem = new CaError('a.example: No route. (connection)', { type: 'connection' });
  const at = await stage((ca) => (ca.error = problem));
  expect(at.log).toEqual([
    {
      level: 'error',
      fields: { code: 'protocol-error', domains: ['a.example'], next: '2026-01-01T00:01:01.000Z' },
      message:
        'no new certificate (there is none that is valid): a.example: No route. (connection). The records A and AAAA of ' +
        'the domain have to name this server, and its port 80 or 443 has to be reached from the internet.',
    },
  ]);
  await at.pass(10 * DAY);
  expect(at.log).toHaveLength(at.ca.asked.length);
});

test('a CA that always refuses is asked ever more rarely, at last once a day', async () => {
  const at = await stage((ca) => (ca.error = new CaError('no')));
  await at.pass(60 * DAY);
  const minutes = at.ca.asked.map((asked) => Math.round((asked - at.ca.asked[0]!) / (60 * SECOND)));
  expect(minutes.slice(0, 5)).toEqual([0, 1, 5, 21, 85]);
  expect(at.ca.asked.length).toBeLessThan(68);
  expect(at.ca.attempts.slice(0, 3)).toEqual([0, 1, 2]);
});

test('what Let’s Encrypt asks of accounts holds over restarts: five failures an hour are never reached', async () => {
  let at = await stage((ca) => (ca.error = new CaError('no')));
  const asked = [...at.ca.asked];
  for (let restarts = 0; restarts < 60; restarts++) {
    at.scheduler.advance(60 * SECOND);
    await at.keeper.idle();
    asked.push(...at.ca.asked.filter((time) => !asked.includes(time)));
    at = await at.restart();
    asked.push(...at.ca.asked);
  }
  for (const [index, time] of asked.entries())
    expect((asked[index + 4] ?? Infinity) - time).toBeGreaterThanOrEqual(HOUR - 2000);
  expect(asked.length).toBeGreaterThanOrEqual(4);
});

test('a process that dies while it asks has asked in vain', async () => {
  const { ca, folder, keeper } = await stage((pretended) => (pretended.hold = true), { begin: false });
  keeper.begin();
  await expect.poll(() => ca.asked).toHaveLength(1);
  expect(await folder.failures()).toHaveLength(1);
});

test('failures that a clock of the future has written count as new ones, no longer than an hour', async () => {
  const future = VIRTUAL_START + 1000 * DAY_MS;
  const at = await stage((ca, folder) => folder.keepFailures([future, future, future, future]));
  expect(at.ca.asked).toEqual([]);
  expect(at.log).toEqual([
    {
      level: 'warn',
      fields: { domains: ['a.example'], next: '2026-01-01T01:00:01.000Z' },
      message: 'too many attempts at a certificate were in vain within the hour: the next one waits',
    },
  ]);
  await at.pass(HOUR);
  expect(at.ca.asked).toHaveLength(1);
});

test('the patience that a CA asks for is kept', async () => {
  const at = await stage((ca) => (ca.error = new CaError('too many', { type: 'rateLimited', retryAfter: 40_000 })));
  await at.pass(12 * HOUR);
  expect(at.ca.asked.map((asked) => (asked - at.ca.asked[0]!) / SECOND)).toEqual([0, 40_000]);
});

test('the certificate in use stays until its end while no other is had, and the next one comes when the CA is well again', async () => {
  const at = await stage();
  at.ca.error = new CaError('broken');
  await at.pass(85 * DAY);
  expect(at.used).toHaveLength(1);
  expect(new Set(at.log.slice(1).map(({ level }) => level))).toEqual(new Set(['warn']));
  await at.pass(10 * DAY);
  expect(at.log.at(-1)!.level).toBe('error');
  at.ca.error = undefined;
  await at.pass(DAY);
  expect(at.used).toHaveLength(2);
  expect(await at.folder.failures()).toEqual([]);
});

test('a short certificate is tried for more often: several attempts fit into its last third', async () => {
  const at = await stage((ca) => (ca.life = 6 * DAY_MS));
  at.ca.error = new CaError('broken');
  await at.pass(6 * DAY);
  expect(at.ca.asked.length).toBeGreaterThan(5);
});

test('a CA that wants its certificate back gets it renewed', async () => {
  const at = await stage();
  await at.pass(5 * DAY);
  const wall = at.scheduler.wall();
  at.ca.window = { start: wall - DAY_MS, end: wall };
  await at.pass(DAY / 2);
  expect(at.ca.asked).toHaveLength(2);
});

test('a CA cannot put a renewal off, nor have one a minute', async () => {
  const late = await stage();
  late.ca.window = { start: VIRTUAL_START + 1000 * DAY_MS, end: VIRTUAL_START + 1000 * DAY_MS };
  await late.pass(61 * DAY);
  expect(late.ca.asked).toHaveLength(2);
  const early = await stage();
  early.ca.window = { start: 0, end: 0 };
  await early.pass(10 * DAY);
  expect(early.ca.asked.length).toBeLessThanOrEqual(11);
});

test('other domains need another certificate; the old one is used until then', async () => {
  const before = await stage();
  await before.keeper.close();
  const { scheduler } = before;
  const data = join(before.folder.path, '..', '..');
  const names = ['a.example', 'b.example'];
  const after = await stage((ca) => (ca.names = names), { scheduler, data, domains: names });
  expect(after.used).toHaveLength(2);
  expect(after.used[0]!.key).toBe(before.used[0]!.key);
});

test('what is damaged in the folder is told, and asked for anew', async () => {
  const at = await stage((_ca, folder) => folder.keepCertificate({ cert: 'x', key: 'y' }));
  expect(at.log.map(({ level, message }) => [level, message])).toEqual([
    ['warn', 'the stored certificate is damaged; another one is asked for'],
    ['info', 'a new certificate is in use'],
  ]);
});

test('nothing is ordered that could not be kept', async () => {
  const at = await stage((_ca, folder) => mkdirSync(join(folder.path, 'failures.json'), { recursive: true }));
  await at.pass(2 * DAY);
  expect(at.ca.asked).toEqual([]);
  expect(at.log[0]).toMatchObject({ level: 'error', fields: { code: 'store-failed' } });
});

test('a certificate that cannot be kept after all is used, and told', async () => {
  const at = await stage((_ca, folder) => mkdirSync(join(folder.path, 'certificate.pem.new'), { recursive: true }));
  expect(at.used).toHaveLength(1);
  expect(at.log.at(-1)).toMatchObject({ level: 'error', fields: { code: 'store-failed' } });
  await at.pass(50 * DAY);
  expect(at.ca.asked).toHaveLength(1);
});

test('a certificate for nobody is a failure like others', async () => {
  const at = await stage((ca) => (ca.issue = async () => ({ cert: 'x', key: 'y' })));
  expect(at.used).toEqual([]);
  await at.pass(DAY);
  expect(at.ca.asked.length).toBeLessThan(8);
});

test('no key is ever logged', async () => {
  const at = await stage();
  at.ca.error = new Error('unexpected');
  await at.pass(70 * DAY);
  const secret = at.used[0]!.key.split('\n')[1]!;
  expect(JSON.stringify(at.log)).not.toContain(secret);
  expect(readFileSync(join(at.folder.path, 'certificate.pem'), 'utf8')).toContain(secret);
});
