// `npm run build`: what a published package holds instead of sources: JavaScript with types in `dist`, and the page.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, suitableNode } from './node-runtime.js';
import { step } from './progress.js';
import { buildPage, setUp } from './set-up.js';

await setUp({ page: false });
const node = suitableNode();
if (!node) process.exit(1);
await buildPage({ always: true });
rmSync(join(root, 'dist'), { recursive: true, force: true });
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const { status, stdout, stderr } = await step('Compiling', () =>
  spawnSync(node, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, encoding: 'utf8' }),
);
if (status !== 0) {
  process.stderr.write(`${stdout}${stderr}`);
  process.exit(1);
}
