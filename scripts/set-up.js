// Everything that a clone needs before it can run: packages and the built page. Plain JavaScript for Node 18 and newer;
// must cost next to nothing when there is nothing to do.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, suitableNode } from './node-runtime.js';
import { step } from './progress.js';
import { Sources } from './stale.js';

const cache = join(root, 'node_modules', '.cache', 'roomcast');

/** Packages that only tests need: large, and nothing that people who run the server should have to fetch. */
const judge = join('test', 'interop', 'judge');

/** Installs and builds what is stale, with `tests` also what those need. Ends the process with a message on failure. */
export async function setUp({ page = true, tests = false } = {}) {
  try {
    await install();
    if (tests) await installJudge();
    if (page) await buildPage();
  } catch (error) {
    process.stderr.write(`\n${error.message}\n`);
    process.exit(1);
  }
}

async function install() {
  const stamp = join(cache, 'install.json');
  const sources = new Sources(root, ['package-lock.json', 'web/package.json']);
  if (existsSync(stamp) && !sources.changedSince(stamp)) return;
  if (existsSync(stamp) || !installedByHand()) {
    const first = !existsSync(join(root, 'node_modules'));
    const title = first
      ? 'Installing packages (only the first time)'
      : 'Installing packages (package-lock.json changed)';
    await step(title, () => npmInstall(root));
  }
  const node = suitableNode();
  if (!node) process.exit(1);
  // Only a faster start depends on it, so a failure is not worth a word.
  await collect(node, [join(root, 'scripts', 'pack-libraries.js')], root);
  sources.remember(stamp);
}

async function installJudge() {
  const stamp = join(root, judge, 'node_modules', '.cache', 'install.json');
  const sources = new Sources(root, [join(judge, 'package-lock.json')]);
  if (existsSync(stamp) && !sources.changedSince(stamp)) return;
  await step('Installing the judge of the tests (200 MB)', () => npmInstall(join(root, judge)));
  sources.remember(stamp);
}

/**
 * Not “npm ci”: it refuses a registry that lacks optional packages of platforms other than this one. No package needs
 * its scripts; older versions of npm would run them all the same, and one fetches a program that nobody uses.
 */
async function npmInstall(folder) {
  await npm(['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder);
}

/** Someone ran npm after the lock file last changed. */
function installedByHand() {
  const time = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return time('node_modules/.package-lock.json') >= Math.max(time('package-lock.json'), 1);
}

/** Builds the page with Vite. Its sources are the page itself and the pure parts of `src` that it imports. */
export async function buildPage({ always = false } = {}) {
  if (!existsSync(join(root, 'web', 'index.html'))) return;
  const stamp = join(cache, 'page.json');
  const sources = new Sources(root, ['package-lock.json', 'web', 'src/client', 'src/media', 'src/containers']);
  const built = existsSync(join(root, 'web', 'dist', 'index.html'));
  if (!always && built && !sources.changedSince(stamp)) return;
  const node = suitableNode();
  if (!node) process.exit(1);
  await step('Building the page', async () => {
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    const { status, output } = await collect(node, [vite, 'build', '--logLevel', 'warn'], join(root, 'web'));
    if (status !== 0) throw new Error(`The page could not be built:\n${lastLines(output)}`);
  });
  sources.remember(stamp);
}

async function npm(args, folder) {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  const [program, first] = script?.endsWith('.js')
    ? [node ?? process.execPath, [script]]
    : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
  const { status, output } = await collect(program, [...first, ...args], folder);
  if (status === 0) return;
  throw new Error(
    `npm could not install the packages:\n${lastLines(output.replaceAll(/^npm error (?:Run|A complete log).*$/gm, ''))}\n\n${adviceFor(output)}`,
  );
}

function adviceFor(output) {
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|network/i.test(output)) {
    return 'The package registry cannot be reached. Check the network (or npm’s “proxy” and “registry” settings), then run the same command again.';
  }
  if (/ENOSPC/.test(output)) return 'The disk is full. Make about 500 MB of room, then run the same command again.';
  if (/EACCES|EPERM/.test(output))
    return 'This user may not write here. Give it the folder, then run the same command again.';
  if (/ENOENT|not found/i.test(output))
    return 'npm itself was not found. It comes with Node: install that from nodejs.org.';
  return 'Run “npm install” to see all that npm says.';
}

/** Runs a program and keeps what it says. */
function collect(program, args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => (output = (output + chunk).slice(-20_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ status: 1, output: error.message }));
    child.on('close', (status) => resolve({ status: status ?? 1, output }));
  });
}

function lastLines(output) {
  return output.trim().split('\n').slice(-15).join('\n');
}
