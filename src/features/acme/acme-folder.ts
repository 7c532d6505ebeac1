import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { failed } from '../../store/folder.ts';
import type { TlsIdentity } from '../../io/tls/tls.ts';

/** Within the data folder: a folder for each CA that was ever used. */
const ACME_FOLDER = 'acme';
const ACCOUNT_FILE = 'account.pem';
/** The key and the chain in one file, so that they always belong together. */
const CERTIFICATE_FILE = 'certificate.pem';
const FAILURES_FILE = 'failures.json';
/** Only the user that runs the server may read them. */
const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;
/** Failures that are read; more are never written. */
const MAX_FAILURES = 100;
const PEM_KEY = /-----BEGIN PRIVATE KEY-----[A-Za-z0-9+/=\s]+-----END PRIVATE KEY-----\n?/;

/**
 * What is kept of one CA: the account's key, the newest certificate, recent failures. Each file is written beside the
 * old one and then takes its place, so that a death at any moment leaves one of the two, whole.
 */
export class AcmeFolder {
  readonly path: string;

  /** `data`: the data folder. `directory`: the address of the CA. */
  constructor(data: string, directory: URL) {
    this.path = join(data, ACME_FOLDER, nameOf(directory));
  }

  /** The account's private key in PEM; undefined where there is none yet. */
  account(): Promise<string | undefined> {
    return this.#read(ACCOUNT_FILE);
  }

  keepAccount(key: string): Promise<void> {
    return this.#write(ACCOUNT_FILE, key);
  }

  /** The certificate that was kept, as it is in the file; undefined where there is none. */
  async certificate(): Promise<TlsIdentity | undefined> {
    const text = await this.#read(CERTIFICATE_FILE);
    if (text === undefined) return undefined;
    const [key = ''] = PEM_KEY.exec(text) ?? [];
    return { cert: text.replace(key, ''), key };
  }

  keepCertificate({ cert, key }: TlsIdentity): Promise<void> {
    return this.#write(CERTIFICATE_FILE, `${key.trim()}\n${cert}`);
  }

  /** When it was last in vain, ms since 1970. What cannot be read is nothing: it only spares the CA. */
  async failures(): Promise<number[]> {
    try {
      const times: unknown = JSON.parse((await this.#read(FAILURES_FILE)) ?? '[]');
      return Array.isArray(times) ? times.slice(0, MAX_FAILURES).filter(Number.isFinite) : [];
    } catch {
      return [];
    }
  }

  keepFailures(times: readonly number[]): Promise<void> {
    return this.#write(FAILURES_FILE, `${JSON.stringify(times)}\n`);
  }

  async #read(name: string): Promise<string | undefined> {
    const file = join(this.path, name);
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw failed(`${file} cannot be read`, error);
    }
  }

  async #write(name: string, text: string): Promise<void> {
    const file = join(this.path, name);
    const draft = `${file}.new`;
    try {
      await mkdir(this.path, { recursive: true, mode: PRIVATE_FOLDER });
      const handle = await open(draft, 'w', PRIVATE_FILE);
      try {
        await handle.chmod(PRIVATE_FILE).catch(() => {}); // file systems without modes
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, file);
    } catch (error) {
      throw failed(`${file} cannot be written`, error);
    }
  }
}

/** A name that says which CA it is, and that no two have in common. */
function nameOf({ href, host, pathname }: URL): string {
  const readable = `${host}${pathname}`.replaceAll(/[^a-z0-9.]+/gi, '-').slice(0, 80);
  return `${readable}-${createHash('sha256').update(href).digest('hex').slice(0, 8)}`;
}
