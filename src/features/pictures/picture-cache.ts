import type { PictureType } from '../../media/images/picture.ts';

/** Bytes of pictures that are at hand: a crowd that comes at once asks the database once. */
const MAX_BYTES = 32 * 1024 * 1024;

interface Entry {
  readonly reading: Promise<Uint8Array | undefined>;
  /** 0 until it was read. */
  size: number;
}

/** A picture as it is served. */
export interface ServedPicture {
  readonly type: PictureType;
  readonly bytes: Uint8Array;
}

/** The pictures that were asked for last. */
export class PictureCache {
  /** In the order of their last use. */
  readonly #entries = new Map<string, Entry>();
  #total = 0;

  /**
   * The picture of an address that ends with a hash, of what is known by the rest of it, its `key`; undefined where that is another
   * by now. `read`: its row, which may be newer than what is known.
   */
  async picture(
    { key, known, hash }: { key: string; known: { hash: string; type: PictureType } | undefined; hash: string },
    read: () => Promise<{ hash: string; bytes: Uint8Array } | undefined>,
  ): Promise<ServedPicture | undefined> {
    if (known?.hash !== hash) return undefined;
    const bytes = await this.#get(`${key} ${hash}`, async () => {
      const row = await read();
      return row?.hash === hash ? row.bytes : undefined;
    });
    return bytes && { type: known.type, bytes };
  }

  /** The bytes under a key, which never change. Undefined where there are none. */
  #get(key: string, read: () => Promise<Uint8Array | undefined>): Promise<Uint8Array | undefined> {
    const entry = this.#entries.get(key) ?? { reading: read(), size: 0 };
    if (!this.#entries.delete(key)) this.#watch(key, entry);
    this.#entries.set(key, entry);
    return entry.reading;
  }

  #watch(key: string, entry: Entry): void {
    const forget = (): void => void this.#entries.delete(key);
    entry.reading.then((bytes) => {
      if (!bytes) return forget();
      entry.size = bytes.length;
      this.#total += entry.size;
      this.#trim();
    }, forget);
  }

  #trim(): void {
    for (const [key, { size }] of this.#entries) {
      if (this.#total <= MAX_BYTES) break;
      if (size === 0) continue;
      this.#total -= size;
      this.#entries.delete(key);
    }
  }
}
