import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { libraries } from './library-fixes.ts';

/** Packages that come as one file, with all that they depend on in it: the build sees only the file. */
const PREBUILT: ReadonlySet<string> = new Set(libraries.map(({ name }) => name));

const HEAD = `The scripts of this page hold parts of the packages below, by the licences that follow. All else is part of
roomcast, by the MIT licence.
`;

interface Package {
  name: string;
  version: string;
  license: string;
  /** What it says of its terms. */
  texts: readonly string[];
  dependencies: readonly string[];
}

/** Writes `licenses.txt` beside the page: all packages that went into its scripts. Fails where one brings no licence. */
export function licenses(): Plugin {
  return {
    name: 'licenses',
    apply: 'build',
    generateBundle(_options, bundle) {
      const packages = new Map<string, Package>();
      const add = (folder: string): void => {
        if (packages.has(folder)) return;
        const found = readPackage(folder);
        if (found.texts.length === 0) this.error(`${found.name} has no file with its licence.`);
        packages.set(folder, found);
        if (PREBUILT.has(found.name)) for (const name of found.dependencies) add(dependencyOf(folder, name));
      };
      const modules = Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
      for (const id of modules) {
        const folder = packageFolder(id);
        if (folder !== undefined) add(folder);
      }
      const all = [...packages.values()].toSorted((a, b) => a.name.localeCompare(b.name));
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: [HEAD, ...all.map(inWords)].join('\n') });
    },
  };
}

/** The folder of the package that a module is of; undefined for our own, and for what the build adds by itself. */
function packageFolder(id: string): string | undefined {
  return /^(?!\0).*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0];
}

function readPackage(folder: string): Package {
  const { name, version, license, dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder)
    .filter((file) => /^(?:licen[cs]e|notice|copying)\b/i.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  return { name, version, license, texts, dependencies: Object.keys(dependencies) };
}

/** Beside the package, or within it. */
function dependencyOf(folder: string, name: string): string {
  const own = join(folder, 'node_modules', name);
  return existsSync(own) ? own : join(folder, '..', name);
}

function inWords({ name, version, license, texts }: Package): string {
  const fixes = libraries.find((library) => library.name === name)?.fixes ?? [];
  const changed = fixes.length > 0 ? `Changed by roomcast:\n${fixes.map(({ what }) => `- ${what}\n`).join('')}` : '';
  return [`${'='.repeat(80)}\n${name} ${version}, ${license}\n${changed}`, ...texts].join('\n');
}
