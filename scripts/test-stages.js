// Runs the tests stage by stage and adds them up. Plain JavaScript for Node 18 and newer.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, setPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, suitableNode } from './node-runtime.js';
import { allPrograms, fewPrograms, providePrograms } from './programs.js';
import { setUp } from './set-up.js';

/**
 * In the order in which they run: what is quick to fail comes first. What only computes runs `beside` another that mostly
 * waits, one after another, and has of the processors what that leaves; it is told of when that is over.
 */
const stages = [
  { name: 'conformance', what: 'protocols, authorization, security' },
  { name: 'faults', what: 'half-open, slow, fighting, corrupting peers' },
  { name: 'unit', what: 'unit tests, contract suites, import rules', beside: 'faults' },
  { name: 'pack', what: 'the package as others install it', beside: 'faults' },
  { name: 'fuzz', what: 'fuzz seeds and a short fuzz run', beside: 'faults' },
  { name: 'interop', what: 'real publishers and players' },
  { name: 'e2e', what: 'the page in Chromium' },
];

/**
 * `npm test` and `npm run test:full`. The last line says how many passed and failed; the exit status is 1 when anything
 * did, or when something had to be left out although `CI` is set.
 */
export async function runTests({ full = false, wanted = [] } = {}) {
  const unknown = wanted.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    say(`There is no stage “${unknown.join('”, “')}”. All are run, or those that are named:`);
    for (const { name, what } of stages) say(`  ${name.padEnd(12)} ${what}`);
    return 2;
  }
  const chosen = stages.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  await setUp({ tests: true });
  const missing = await providePrograms(full ? allPrograms : fewPrograms);
  const node = suitableNode();
  if (!node) return 1;
  const env = { ...process.env, NO_COLOR: '1' };
  if (full) Object.assign(env, { TEST_LONG: '1', TEST_FUZZ_SECONDS: env.TEST_FUZZ_SECONDS ?? '20' });

  const sum = { passed: 0, failed: 0, leftOut: [] };
  const begun = Date.now();
  const isBeside = (stage, other) => stage.beside === other.name;
  for (const stage of chosen) {
    if (chosen.some((other) => isBeside(stage, other))) continue;
    say(`\n── ${stage.name}: ${stage.what}`);
    const started = Date.now();
    const others = runBeside(
      node,
      chosen.filter((other) => isBeside(other, stage)),
      env,
    );
    add(sum, stage, { ...(await runStage(node, stage, { env })), took: seconds(started) });
    for (const { other, said, ...result } of await others) {
      say(`\n── ${other.name}, beside ${stage.name}: ${other.what}\n${said}`);
      add(sum, other, result);
    }
  }
  return conclude(sum, missing, begun);
}

function add(sum, { name }, { passed, failed, leftOut, took }) {
  sum.passed += passed;
  sum.failed += failed;
  sum.leftOut.push(...leftOut);
  say(`── ${name}: ${passed} passed, ${failed} failed in ${took}`);
}

function conclude({ passed, failed, leftOut }, missing, begun) {
  let total = failed;
  if (leftOut.length > 0) {
    say(`\nLeft out, because ${missing.join(', ') || 'something they need'} is not installed:`);
    for (const name of leftOut) say(`  ${name}`);
    if (process.env.CI) {
      say('With CI set nothing may be left out.');
      total += leftOut.length;
    }
  }
  say(`\nAll of it took ${seconds(begun)}.`);
  say(`${passed} passed, ${total} failed`);
  return total > 0 || passed === 0 ? 1 : 0;
}

async function runBeside(node, stages, env) {
  const results = [];
  for (const other of stages) {
    const started = Date.now();
    results.push({ other, ...(await runStage(node, other, { env, beside: true })), took: seconds(started) });
  }
  return results;
}

/** What a stage says that runs `beside` another comes with its result; every other says it at once. */
async function runStage(node, stage, { env, beside = false }) {
  const folder = mkdtempSync(join(tmpdir(), 'roomcast-test-'));
  const file = join(folder, 'result.json');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const which =
    stage.name === 'unit' ? [] : ['--config', join(root, 'test', 'vitest.config.ts'), '--project', `${stage.name}*`];
  const args = [vitest, 'run', ...which, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  let said = '';
  const status = await new Promise((resolve) => {
    const out = beside ? 'pipe' : 'inherit';
    const child = spawn(node, args, { cwd: root, env, stdio: ['ignore', out, out] });
    if (beside && child.pid) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text) => void (said += text));
    child.on('error', () => resolve(1));
    child.on('close', (code) => resolve(code ?? 1));
  });
  const result = read(file);
  rmSync(folder, { recursive: true, force: true });
  // A file that cannot be loaded, or a fault outside of every test, has no test to count.
  const failed = status !== 0 && result.failed === 0 ? 1 : result.failed;
  return { ...result, failed, said };
}

function read(file) {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(file, 'utf8'));
    const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
    const leftOut = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
    return { passed: numPassedTests, failed: numFailedTests, leftOut: leftOut.map(({ fullName }) => fullName) };
  } catch {
    return { passed: 0, failed: 0, leftOut: [] };
  }
}

function seconds(since) {
  const all = Math.round((Date.now() - since) / 1000);
  return all < 60 ? `${all} s` : `${Math.floor(all / 60)} min ${all % 60} s`;
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
