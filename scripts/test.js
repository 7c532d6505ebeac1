// `npm test [-- STAGE …]`: sets up what is missing, then runs every stage, or those named.
import { runTests } from './test-stages.js';

process.exitCode = await runTests({ wanted: process.argv.slice(2) });
