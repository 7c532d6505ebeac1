// `npm run test:full [-- STAGE …]`: the same with heavier programs and longer runs.
import { runTests } from './test-stages.js';

process.exitCode = await runTests({ full: true, wanted: process.argv.slice(2) });
