#!/usr/bin/env node
// The command line. A published package holds built JavaScript, a clone its sources.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from '../scripts/node-runtime.js';

const source = join(root, 'src', 'cli.ts');
await run(existsSync(source) ? source : join(root, 'dist', 'cli.js'), process.argv.slice(2));
