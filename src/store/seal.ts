import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { constants as fileSystem } from 'node:fs';
import { copyFile, link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RoomcastError } from '../errors.ts';
import { failed } from './folder.ts';

/** The file that holds the secret; without it a copy of the database tells no key. */
export const SECRET_FILE = 'secret';
const KEY_BYTES = 32;
/** Nonce and tag of AES-GCM (NIST SP 800-38D). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** First byte of what is sealed, so that the way of sealing can change. */
const VERSION = 1;

/** Keeps secrets readable for their owner only: AES-256-GCM under the data folder's secret file. */
export interface Seal {
  /** `purpose` must be given again to open it, so that one sealed value cannot stand in for another. */
  seal(text: string, purpose: string): Uint8Array;
  /** Throws `store-failed` for what was sealed with another secret, for another purpose, or changed since. */
  open(sealed: Uint8Array, purpose: string): string;
  /** What proves that this server wrote a text for a purpose (HMAC-SHA256, RFC 2104, under a key of the purpose's own). */
  mac(text: string, purpose: string): Uint8Array;
}

/** Reads the data folder's secret, which is made at the first start. */
export async function openSeal(folder: string): Promise<Seal> {
  const file = join(folder, SECRET_FILE);
  const key = (await readSecret(file)) ?? (await makeSecret(file)) ?? (await readSecret(file));
  if (!key) throw new RoomcastError('store-failed', `${file} went away while it was read.`);
  const keys = new Map<string, Uint8Array>();
  const keyOf = (purpose: string): Uint8Array => {
    let own = keys.get(purpose);
    if (!own) keys.set(purpose, (own = keyFor(key, purpose)));
    return own;
  };
  return {
    seal: (text, purpose) => seal(key, text, purpose),
    open: (sealed, purpose) => unseal(key, sealed, purpose),
    mac: (text, purpose) => createHmac('sha256', keyOf(purpose)).update(text).digest(),
  };
}

async function readSecret(file: string): Promise<Buffer | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw failed(`${file} cannot be read`, error);
  }
  const key = Buffer.from(text.trim(), 'hex');
  if (key.length === KEY_BYTES) return key;
  throw new RoomcastError(
    'store-failed',
    `${file} is damaged: it should be one line of ${KEY_BYTES * 2} hex digits. Restore it from a backup; without it the stream keys cannot be read.`,
  );
}

/** Undefined when another process was faster. The file appears whole or not at all. */
async function makeSecret(file: string): Promise<Buffer | undefined> {
  const key = randomBytes(KEY_BYTES);
  const draft = `${file}.${crypto.randomUUID()}`;
  try {
    await writeWhole(draft, `${key.toString('hex')}\n`);
    // Unlike a rename, a link never replaces what another process has put there.
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw error;
      return copyFile(draft, file, fileSystem.COPYFILE_EXCL); // file systems without links
    });
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw failed(`${file} cannot be written`, error);
  } finally {
    await rm(draft, { force: true });
  }
}

async function writeWhole(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A key of its own for each purpose (HKDF, RFC 5869). Purposes are few and never come from a peer. */
function keyFor(key: Buffer, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', `roomcast ${purpose}`, KEY_BYTES));
}

function seal(key: Buffer, text: string, purpose: string): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([Uint8Array.of(VERSION), nonce, cipher.getAuthTag(), body]);
}

function unseal(key: Buffer, sealed: Uint8Array, purpose: string): string {
  try {
    const bytes = Buffer.from(sealed);
    if (bytes[0] !== VERSION) throw new Error('unknown version');
    const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
    const tag = bytes.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(purpose)).setAuthTag(tag);
    const body = bytes.subarray(1 + NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new RoomcastError(
      'store-failed',
      `A stored secret cannot be read: the file “${SECRET_FILE}” of the data folder is not the one that sealed it. Restore that file, or make a new key.`,
      { cause },
    );
  }
}
