// `npm start [-- FLAGS]`: sets up what is missing, then runs the server. Plain JavaScript for Node 18 and newer.
import { join } from 'node:path';
import { root, run } from './node-runtime.js';
import { setUp } from './set-up.js';

await setUp();
await run(join(root, 'src', 'cli.ts'), process.argv.slice(2));
