// Tells cheaply whether files changed since something was made from them. Plain JavaScript for Node 18 and newer.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * What `paths` (files or folders) hold. Sizes and times are compared first; only when those differ is the content
 * read, because a checkout changes times of files that stay the same.
 */
export class Sources {
  constructor(root, paths, skip = /(?:^|[\\/])(?:node_modules|dist|\.[^\\/]*)$|\.test\.ts$/) {
    this.root = root;
    this.skip = skip;
    this.files = paths.flatMap((path) => this.#list(join(root, path))).sort();
  }

  /** True when `stampFile` was not written for these very contents. */
  changedSince(stampFile) {
    const stamp = readJson(stampFile);
    const look = this.#look();
    if (stamp?.look === look) return false;
    if (stamp === undefined || stamp.content !== this.#content()) return true;
    this.remember(stampFile);
    return false;
  }

  remember(stampFile) {
    mkdirSync(dirname(stampFile), { recursive: true });
    const temporary = `${stampFile}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify({ look: this.#look(), content: this.#content() }));
    renameSync(temporary, stampFile);
  }

  #list(path) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats || this.skip.test(path)) return [];
    if (!stats.isDirectory()) return [path];
    return readdirSync(path).flatMap((name) => this.#list(join(path, name)));
  }

  #look() {
    const rows = this.files.map((file) => {
      const { size, mtimeMs } = statSync(file);
      return `${relative(this.root, file)} ${size} ${mtimeMs}`;
    });
    return digest(rows.join('\n'));
  }

  #content() {
    return digest(this.files.map((file) => `${relative(this.root, file)} ${digest(readFileSync(file))}`).join('\n'));
  }
}

function digest(data) {
  return createHash('sha256').update(data).digest('hex');
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
