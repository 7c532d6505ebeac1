// `npm run check [-- NAME …]`: everything that can be said of the code without starting a server, in less than a minute.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root, suitableNode } from './node-runtime.js';
import { setUp } from './set-up.js';

const bin = (workspace, script) => join(root, workspace, 'node_modules', script);

/** Each is one program; its output is shown only when it fails. The slowest come first. */
const checks = [
  {
    name: 'unit',
    what: 'unit tests and import rules',
    script: bin('', 'vitest/vitest.mjs'),
    args: ['run', '--reporter=default'],
  },
  {
    name: 'page',
    what: 'types of the page',
    script: bin('web', 'svelte-check/bin/svelte-check'),
    args: ['--tsconfig', './tsconfig.json'],
    cwd: 'web',
  },
  { name: 'types', what: 'types', script: bin('', 'typescript/bin/tsc'), args: ['--noEmit', '-p', 'tsconfig.json'] },
  {
    name: 'unused',
    what: 'unused files, exports and packages',
    script: bin('', 'knip/bin/knip.js'),
    args: ['--no-config-hints'],
  },
  {
    name: 'svelte',
    what: 'format of components',
    script: bin('', 'prettier/bin/prettier.cjs'),
    args: ['--check', '--log-level=warn', 'web/src/**/*.svelte'],
  },
  { name: 'lint', what: 'lint', script: bin('', 'oxlint/bin/oxlint'), args: [] },
  { name: 'format', what: 'format', script: bin('', 'oxfmt/bin/oxfmt'), args: ['--check'] },
  { name: 'docs', what: 'generated documents in sync', script: join(root, 'scripts', 'docs.js'), args: ['--check'] },
];

await setUp({ page: false, tests: true });
const node = suitableNode();
if (!node) process.exit(1);
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !checks.some((check) => check.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no check “${unknown.join(', ')}”. There are: ${checks.map((check) => check.name).join(', ')}.\n`,
  );
  process.exit(2);
}
const queue = checks.filter((check) => wanted.length === 0 || wanted.includes(check.name));
const failed = [];
const started = Date.now();
const total = queue.length;
await Promise.all(Array.from({ length: Math.min(4, Math.max(2, availableParallelism())) }, work));
const seconds = Math.round((Date.now() - started) / 1000);
process.stdout.write(`${total - failed.length} passed, ${failed.length} failed, ${seconds} s\n`);
process.exit(failed.length > 0 ? 1 : 0);

async function work() {
  for (let check = queue.shift(); check; check = queue.shift()) {
    const begun = Date.now();
    const { status, output } = await run(check);
    const time = `${((Date.now() - begun) / 1000).toFixed(1)} s`;
    process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'}  ${check.name.padEnd(7)} ${check.what} (${time})\n`);
    if (status === 0) continue;
    failed.push(check.name);
    process.stdout.write(`${output.trimEnd()}\n\n`);
  }
}

function run({ script, args, cwd = '.' }) {
  return new Promise((resolve) => {
    const child = spawn(node, [script, ...args], {
      cwd: join(root, cwd),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ status: 1, output: error.message }));
    child.on('close', (status) => resolve({ status: status ?? 1, output }));
  });
}
