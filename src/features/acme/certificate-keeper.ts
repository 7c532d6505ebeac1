import type { TlsIdentity } from '../../io/tls/tls.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Logger } from '../../log.ts';
import { SECOND } from '../../media/time.ts';
import { toRoomcastError } from '../../errors.ts';
import type { AcmeFolder } from './acme-folder.ts';
import { Attempts } from './attempts.ts';
import type { RenewalWindow } from './ca-answers.ts';
import { adviceOn, CaError } from './ca-error.ts';
import { type Certificate, readCertificate } from './certificate.ts';
import { renewalId } from './renewal-id.ts';

const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;
/** A certificate is looked at about twice a day, because its CA may want it renewed early, and clocks may be set. */
const LOOK_EVERY = 12 * HOUR;

/** Asks the CA; what it throws is told. */
export interface Orders {
  /** `attempt`: how often it was in vain before, in a row. `replaces`: the id of the certificate that is renewed. */
  order(attempt: number, replaces: string | undefined): Promise<TlsIdentity>;
  /** When the CA wants this certificate renewed; undefined where it does not say such things. */
  renewalWindow(id: string): Promise<RenewalWindow | undefined>;
}

export interface KeeperOptions {
  domains: readonly string[];
  folder: AcmeFolder;
  orders: Orders;
  /** Shows a certificate from now on. */
  use: (identity: TlsIdentity) => void;
  scheduler: Scheduler;
  log: Logger;
  /** 0 to 1 */
  random: () => number;
}

/** Keeps a certificate in use: the stored one at the start, a new one in time. What fails is tried again, ever more rarely. */
export class CertificateKeeper {
  readonly #options: KeeperOptions;
  #attempts: Attempts;
  #certificate: Certificate | undefined;
  #cancel: () => void = () => {};
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#attempts = new Attempts(options);
  }

  /** Takes the stored certificate into use, without asking anybody. Throws `store-failed` where it cannot be read. */
  async load(): Promise<void> {
    const { folder, scheduler, log, random } = this.#options;
    const [now, wall] = [scheduler.now(), scheduler.wall()];
    // A failure of the future is one before the clock was set back.
    const failures = (await folder.failures()).map((at) => now - Math.max(0, wall - at) * 1000);
    this.#attempts = new Attempts({ failures, random });
    const stored = await folder.certificate();
    if (!stored) return;
    try {
      this.#show(readCertificate(stored), 'the certificate is in use');
    } catch {
      log.warn({ folder: folder.path }, 'the stored certificate is damaged; another one is asked for');
    }
  }

  /** Begins to look whether it is time; from here on the CA may be asked. */
  begin(): void {
    const { scheduler, log, domains } = this.#options;
    const wait = this.#untilNextLook;
    if (this.#isDue && wait > 0) {
      const next = isoTime(scheduler.wall() + wait / 1000);
      log.warn(
        { domains, next },
        'too many attempts at a certificate were in vain within the hour: the next one waits',
      );
    }
    if (wait > 0) this.#lookIn(wait);
    else this.#look();
  }

  /** Resolves when no certificate is asked for just now. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Resolves when nothing runs any more; what asks the CA has been told to stop. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel();
    await this.idle();
  }

  /** By the wall clock, which may have been set: nothing here is worked out in advance. */
  get #isDue(): boolean {
    const certificate = this.#certificate;
    if (!certificate?.covers(this.#options.domains)) return true;
    return this.#options.scheduler.wall() >= certificate.renewal;
  }

  /** µs */
  get #untilNextLook(): number {
    const { scheduler, random } = this.#options;
    const now = scheduler.now();
    const wait = Math.max(0, this.#attempts.next - now);
    if (this.#isDue) return wait;
    const usual = LOOK_EVERY * (0.75 + 0.25 * random());
    const due = ((this.#certificate?.renewal ?? 0) - scheduler.wall()) * 1000;
    return Math.max(wait, Math.min(usual, due));
  }

  #lookIn(us: number): void {
    this.#cancel();
    if (!this.#closed) this.#cancel = this.#options.scheduler.after(us, () => this.#look());
  }

  #look(): void {
    this.#running = this.#renewWhereDue()
      .catch((error: unknown) => this.#failed(error))
      .then(() => this.#lookIn(this.#untilNextLook));
  }

  async #renewWhereDue(): Promise<void> {
    const { scheduler, orders } = this.#options;
    if (scheduler.now() < this.#attempts.next) return;
    const replaces = this.#certificate && renewalId(this.#certificate.identity.cert);
    if (!this.#isDue && !(await this.#isWantedBack(replaces))) return;
    if (this.#closed) return;
    // Counted before it is made: a server that dies of it, again and again, does not hammer the CA. And where nothing can
    // be written nothing is ordered that could not be kept.
    await this.#keepFailures([...this.#attempts.failures, scheduler.now()]);
    try {
      const certificate = readCertificate(await orders.order(this.#attempts.inARow, replaces));
      this.#show(certificate, 'a new certificate is in use');
      this.#attempts.succeeded(scheduler.now(), restOf(certificate));
    } catch (error) {
      if (!this.#closed) throw error;
      await this.#keepFailures(this.#attempts.failures);
      return;
    }
    await this.#keep();
  }

  /** What cannot be kept is in use all the same; the next start asks for another one. */
  async #keep(): Promise<void> {
    const { folder, log } = this.#options;
    try {
      if (this.#certificate) await folder.keepCertificate(this.#certificate.identity);
      await folder.keepFailures([]);
    } catch (error) {
      log.error({ code: 'store-failed' }, toRoomcastError(error).message);
    }
  }

  /** Whether the CA wants the certificate renewed before the next look: it may have to be revoked (RFC 9773 §4.2). */
  async #isWantedBack(id: string | undefined): Promise<boolean> {
    const { orders, scheduler, random, log } = this.#options;
    if (id === undefined) return false;
    try {
      const window = await orders.renewalWindow(id);
      if (!window) return false;
      const chosen = window.start + (window.end - window.start) * random();
      return chosen <= scheduler.wall() + LOOK_EVERY / 1000;
    } catch (error) {
      log.debug({ error: toRoomcastError(error).message }, 'the CA does not say when it wants certificates renewed');
      return false;
    }
  }

  #failed(error: unknown): void {
    const { scheduler, log, domains } = this.#options;
    const now = scheduler.now();
    const patience = error instanceof CaError ? (error.retryAfter ?? 0) * SECOND : 0;
    this.#attempts.failed(now, { patience, most: this.#certificate ? longestWait(this.#certificate) : DAY });
    const wall = scheduler.wall();
    const known = toRoomcastError(error);
    const next = isoTime(wall + this.#untilNextLook / 1000);
    const valid = this.#certificate && wall < this.#certificate.until;
    const facts = {
      code: known.code,
      domains,
      next,
      ...(this.#certificate ? { until: isoTime(this.#certificate.until) } : {}),
      ...(known.code === 'internal' ? { err: error } : {}),
    };
    const state = valid ? 'the one in use stays' : 'there is none that is valid';
    const advice = error instanceof CaError ? adviceOn(error.type) : '';
    log[valid ? 'warn' : 'error'](facts, `no new certificate (${state}): ${known.message}${advice}`);
  }

  /** The file has wall time: monotonic time ends with the process. */
  #keepFailures(failures: readonly number[]): Promise<void> {
    const { folder, scheduler } = this.#options;
    const [now, wall] = [scheduler.now(), scheduler.wall()];
    return folder.keepFailures(failures.map((at) => Math.round(wall - (now - at) / 1000)));
  }

  #show(certificate: Certificate, words: string): void {
    const { use, log, domains, scheduler } = this.#options;
    use(certificate.identity);
    this.#certificate = certificate;
    const { issuer, from, until } = certificate;
    log.info({ domains, issuer, until: isoTime(until) }, words);
    const wall = scheduler.wall();
    if (wall < from || wall >= until) {
      log.warn(
        { from: isoTime(from), until: isoTime(until), now: isoTime(wall) },
        'the certificate is not valid now: it is too old, or the clock of this machine is wrong',
      );
    }
  }
}

/** µs for which a new certificate is left alone, even where our clock says that it is over already. */
function restOf({ from, until }: Certificate): number {
  return Math.min(DAY, Math.max(SECOND, ((until - from) * 1000) / 6));
}

/** The longest wait between two attempts: several fit into the last third of a life, however short it is. */
function longestWait({ from, until }: Certificate): number {
  return Math.min(DAY, Math.max(HOUR, ((until - from) * 1000) / 12));
}
