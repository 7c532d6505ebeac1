import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { SiteFile } from './site-file.ts';

/** What may be served; a file of another kind stays where it is. */
const TYPES: ReadonlyMap<string, { type: string; compressible: boolean }> = new Map([
  ['.html', { type: 'text/html; charset=utf-8', compressible: true }],
  ['.js', { type: 'text/javascript; charset=utf-8', compressible: true }],
  ['.css', { type: 'text/css; charset=utf-8', compressible: true }],
  ['.json', { type: 'application/json', compressible: true }],
  ['.webmanifest', { type: 'application/manifest+json', compressible: true }],
  ['.svg', { type: 'image/svg+xml', compressible: true }],
  ['.txt', { type: 'text/plain; charset=utf-8', compressible: true }],
  ['.ico', { type: 'image/x-icon', compressible: false }],
  ['.png', { type: 'image/png', compressible: false }],
  ['.webp', { type: 'image/webp', compressible: false }],
  ['.jpg', { type: 'image/jpeg', compressible: false }],
  ['.woff2', { type: 'font/woff2', compressible: false }],
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
    const kind = TYPES.get(extname(entry.name));
    if (!entry.isFile() || !kind) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = await unlessGone(readFile(file));
    if (bytes) site.set(relative(folder, file).split(sep).join('/'), new SiteFile({ bytes, ...kind }));
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
