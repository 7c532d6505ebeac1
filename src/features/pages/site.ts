import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { type Encoding, SiteFile } from './site-file.ts';

/** What may be served; a file of another kind stays where it is. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json'],
  ['.webmanifest', 'application/manifest+json'],
  ['.svg', 'image/svg+xml'],
  ['.txt', 'text/plain; charset=utf-8'],
  ['.ico', 'image/x-icon'],
  ['.png', 'image/png'],
  ['.webp', 'image/webp'],
  ['.jpg', 'image/jpeg'],
  ['.woff2', 'font/woff2'],
]);

/** The endings of what the build has compressed. */
const ENCODINGS: ReadonlyMap<Encoding, string> = new Map([
  ['br', '.br'],
  ['gzip', '.gz'],
]);

/** The built page, by the names of its files (`index.html`, `assets/index-….js`). */
export type Site = ReadonlyMap<string, SiteFile>;

/**
 * Reads the built page into memory. A request is then a look-up in this map and never a path on the disk, so there is
 * nothing to climb out of. Empty when the page was not built.
 */
export async function readSite(folder: string): Promise<Site> {
  const site = new Map<string, SiteFile>();
  for (const entry of (await unlessGone(readdir(folder, { recursive: true, withFileTypes: true }))) ?? []) {
    const type = TYPES.get(extname(entry.name));
    if (!entry.isFile() || type === undefined) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = await unlessGone(readFile(file));
    if (!bytes) continue;
    const encoded = new Map<Encoding, Uint8Array>();
    for (const [encoding, ending] of ENCODINGS) {
      const form = await unlessGone(readFile(file + ending));
      if (form) encoded.set(encoding, form);
    }
    site.set(relative(folder, file).split(sep).join('/'), new SiteFile({ bytes, type, encoded }));
  }
  return site;
}

/** Undefined for what is not there, or goes away because the page is being built right now. */
function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
}
