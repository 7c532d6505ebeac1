import { chmodSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where commands beside a running server find it, within the data folder. */
export const ADMIN_FILE = 'admin.json';

/** What is in that file: `url` is one that the same machine can reach. */
export interface AdminFile {
  url: string;
  token: string;
  pid: number;
}

/** Writes the file as a whole, readable for this user only. Returns what removes it, unless another server has replaced it. */
export function writeAdminFile(folder: string, content: AdminFile): () => void {
  const file = join(folder, ADMIN_FILE);
  const draft = `${file}.${content.pid}`;
  const text = `${JSON.stringify(content)}\n`;
  rmSync(draft, { force: true });
  writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
  return () => {
    try {
      if (readFileSync(file, 'utf8') === text) rmSync(file);
    } catch {
      // It is gone already.
    }
  };
}
