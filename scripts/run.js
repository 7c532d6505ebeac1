// `node scripts/run.js FILE [ARGUMENTS]`: runs a TypeScript program of this repository, once what it needs is set up.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root, suitableNode } from './node-runtime.js';
import { setUp } from './set-up.js';

await setUp({ page: false });
const [file, ...args] = process.argv.slice(2);
const node = suitableNode();
const { status } = node ? spawnSync(node, [join(root, file), ...args], { stdio: 'inherit' }) : { status: 1 };
process.exitCode = status ?? 1;
