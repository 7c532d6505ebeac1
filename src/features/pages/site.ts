import { readdirSync, readFileSync } from 'node:fs';
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
export function readSite(folder: string): Site {
  const site = new Map<string, SiteFile>();
  const entries = unlessGone(() => readdirSync(folder, { recursive: true, withFileTypes: true })) ?? [];
  const files = new Set(
    entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name)),
  );
  const read = (file: string): Uint8Array | undefined =>
    files.has(file) ? unlessGone(() => readFileSync(file)) : undefined;
  for (const file of files) {
    const type = TYPES.get(extname(file));
    if (type === undefined) continue;
    const bytes = read(file);
    if (!bytes) continue;
    const encoded = new Map<Encoding, Uint8Array>();
    for (const [encoding, ending] of ENCODINGS) {
      const form = read(file + ending);
      if (form) encoded.set(encoding, form);
    }
    site.set(relative(folder, file).split(sep).join('/'), new SiteFile({ bytes, type, encoded }));
  }
  return site;
}

/** Undefined for what is not there, or goes away because the page is being built right now. */
function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
