// Joins libraries that consist of hundreds of small modules into one file each, because finding and loading those takes
// most of the time of a start. Runs under the pinned Node after an installation; `node-runtime.js` uses the result.
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { libraries, packedFolder, root } from './node-runtime.js';

/** Starts threads from files of its own. */
const external = ['pino'];

for (const name of libraries) {
  const bundle = await rolldown({ input: name, external, cwd: root, platform: 'node', logLevel: 'silent' });
  await bundle.write({ file: join(packedFolder, `${name}.mjs`), format: 'esm' });
}
