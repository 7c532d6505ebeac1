import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Servers of npm that are measured beside ours; they are not installed with it. */
const folder = fileURLToPath(new URL('peers', import.meta.url));
const INSTALL = ['ci', '--ignore-scripts', '--prefix', folder];
const INSTALL_WAIT_MS = 120_000;

/** Fetches them where they are not there. */
export function installPeers(): void {
  if (existsSync(join(folder, 'node_modules'))) return;
  spawnSync('npm', INSTALL, { stdio: 'ignore', timeout: INSTALL_WAIT_MS });
}

/** Path of a file of a peer's package; undefined where it is not installed. */
export function peerFile(name: string, file: string): string | undefined {
  try {
    const manifest = createRequire(join(folder, 'package.json')).resolve(`${name}/package.json`);
    const path = join(dirname(manifest), file);
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
