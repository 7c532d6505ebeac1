import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

/** What gets smaller by it; pictures and fonts are compressed already. */
const TEXT = /\.(?:html|js|css|json|webmanifest|svg|txt)$/;
/** Bytes below which it costs more than it saves. */
const LEAST = 512;

/** Writes each text of the page beside itself as Brotli and as gzip, at their best, so that no server has to compress it. */
export function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    async writeBundle({ dir }, bundle) {
      const names = Object.keys(bundle).filter((name) => TEXT.test(name));
      await Promise.all(names.map((name) => compress(join(dir!, name))));
    },
  };
}

async function compress(file: string): Promise<void> {
  const bytes = await readFile(file);
  if (bytes.length < LEAST) return;
  const forms = { br: promisify(brotliCompress)(bytes), gz: promisify(gzip)(bytes, { level: 9 }) };
  for (const [ending, form] of Object.entries(forms)) await writeFile(`${file}.${ending}`, await form);
}
