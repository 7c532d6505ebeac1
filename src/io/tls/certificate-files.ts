import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import { type RoomcastError, toRoomcastError } from '../../errors.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import { isoTime } from '../../live/wall-time.ts';
import type { Logger } from '../../log.ts';
import { SECOND } from '../../media/time.ts';
import { factsOf, type IdentityFiles, readIdentity } from './identity.ts';
import type { Tls, TlsIdentity } from './tls.ts';

/** Certificate and key are written one after the other; both have come when nothing more does for so long. */
const SETTLE = SECOND;
/** For file systems that tell of no change, and mounts behind which files are exchanged. */
const LOOK = 3600 * SECOND;

/** A certificate and its key in files that somebody else renews. */
export class CertificateFiles {
  readonly #files: IdentityFiles;
  readonly #log: Logger;
  readonly #scheduler: Scheduler;
  readonly #watchers: FSWatcher[] = [];
  #tls: Tls | undefined;
  #cancel: (() => void) | undefined;
  #cancelLook: (() => void) | undefined;
  /** What was said of a pair that cannot be used, so that it is said once. */
  #complaint: string | undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor(options: { files: IdentityFiles; log: Logger; scheduler: Scheduler }) {
    this.#files = options.files;
    this.#log = options.log;
    this.#scheduler = options.scheduler;
  }

  /** What they hold now. Throws `bad-config`. */
  async read(): Promise<TlsIdentity> {
    const identity = await readIdentity(this.#files);
    this.#warn(identity);
    return identity;
  }

  /** From now on a new pair is shown soon after it is there. Folders are watched, because certbot exchanges links. */
  follow(tls: Tls): void {
    this.#tls = tls;
    this.#cancelLook = this.#scheduler.every(LOOK, () => void this.reload());
    for (const folder of new Set([dirname(this.#files.cert), dirname(this.#files.key)])) {
      try {
        const watcher = watch(folder, { persistent: false }, () => this.#changed());
        watcher.on('error', () => watcher.close());
        this.#watchers.push(watcher);
      } catch (error) {
        this.#log.warn({ err: error, folder }, 'changes of the certificate are seen once an hour only');
      }
    }
  }

  /** Reads the files again. A pair that cannot be used changes nothing; that is said once. */
  reload(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read());
    return this.#reading;
  }

  close(): void {
    this.#cancel?.();
    this.#cancelLook?.();
    for (const watcher of this.#watchers) watcher.close();
    this.#tls = undefined;
  }

  #changed(): void {
    this.#cancel?.();
    this.#cancel = this.#scheduler.after(SETTLE, () => void this.reload());
  }

  async #read(): Promise<void> {
    try {
      const identity = await readIdentity(this.#files);
      this.#complaint = undefined;
      const before = this.#tls?.identity;
      if (!before || (before.cert === identity.cert && before.key === identity.key)) return;
      this.#tls!.use(identity);
      this.#warn(identity);
      const { fingerprint, until } = factsOf(identity);
      this.#log.info({ fingerprint, until: isoTime(until) }, 'a new certificate is in use');
    } catch (error) {
      this.#complain(toRoomcastError(error));
    }
  }

  #complain({ code, message }: RoomcastError): void {
    if (message === this.#complaint) return;
    this.#complaint = message;
    this.#log.error({ code }, `${message} The certificate of before stays in use.`);
  }

  #warn(identity: TlsIdentity): void {
    const { from, until } = factsOf(identity);
    const now = this.#scheduler.wall();
    const { cert } = this.#files;
    if (now > until)
      this.#log.warn({ cert, until: isoTime(until) }, 'the certificate has expired: browsers and players refuse it');
    else if (now < from)
      this.#log.warn({ cert, from: isoTime(from) }, 'the certificate is not valid yet: browsers and players refuse it');
  }
}
