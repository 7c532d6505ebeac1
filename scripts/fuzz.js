// `npm run fuzz -- TARGET SECONDS [SEED]`: fuzzes for as long as it is told to.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root, suitableNode } from './node-runtime.js';
import { setUp } from './set-up.js';

await setUp({ page: false });
const node = suitableNode();
const script = join(root, 'test', 'fuzz', 'run.ts');
const status = node ? spawnSync(node, [script, ...process.argv.slice(2)], { stdio: 'inherit' }).status : 1;
process.exitCode = status ?? 1;
