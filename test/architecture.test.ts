import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Who may import whom. The first rule whose `files` match a file is the one that holds for it. */
interface Rule {
  sentence: string;
  files: RegExp;
  /** Files (from the root) and packages that it may import. */
  may: RegExp;
  /** What it may import besides, where only types are taken. */
  mayType?: RegExp;
}

const EVERYONE = 'src/(?:errors|log|plugin)\\.ts$';
const PURE = 'media|containers';
/** A package, by its name: a file is named from the root, and so by one of its folders. */
const PACKAGE = '^(?!(?:src|web|test|scripts|bin|bench)/)[a-z@]';
/** The files of a protocol that hold sockets. */
const ADAPTERS = 'index|server|client|connection|player|http|socket|room-media|room-commands';

const rules: Rule[] = [
  {
    sentence: 'Tests may import anything.',
    files: /\.test\.ts$|[/-]cases\.ts$/,
    may: /./,
  },
  {
    sentence: 'media knows what is in a stream and imports itself only.',
    files: /^src\/media\//,
    may: /^src\/media\//,
  },
  {
    sentence: 'containers turn bytes into frames and back: they import media, and no node:*, live or io.',
    files: /^src\/containers\//,
    may: /^src\/(?:media|containers)\//,
  },
  {
    sentence: 'live is the core: it imports media and the type of a muxer, and no sockets, files or protocols.',
    files: /^src\/live\//,
    may: /^src\/(?:live|media)\/|^node:crypto$/,
    mayType: /^src\/containers\/(?:segment-)?muxer\.ts$/,
  },
  {
    sentence: 'io is generic: it imports live and node:*, and no protocols or features.',
    files: /^src\/io\//,
    may: new RegExp(`^src/(?:io|live|media)/|^node:|${PACKAGE}`),
  },
  {
    sentence: 'config declares and reads options: it imports the grammar of paths, node:* and the YAML parser.',
    files: /^src\/config\//,
    may: /^src\/config\/|^src\/live\/path\.ts$|^node:|^yaml$/,
  },
  {
    sentence:
      'The entry and the sockets of a protocol import their own folder, live, io, containers, media and node:*.',
    files: new RegExp(`^src/protocols/[^/]+/(?:${ADAPTERS})\\.ts$`),
    may: new RegExp(`^src/(?:${PURE}|live|io)/|^src/protocols/OWN/|^node:|^src/config/(?:address|schema)\\.ts$|^ws$`),
    mayType: /^src\/config\//,
  },
  {
    sentence:
      'All else of a protocol is pure: it imports media and containers, and no node:*, io, live or other protocols.',
    files: /^src\/protocols\//,
    may: new RegExp(`^src/(?:${PURE})/|^src/protocols/OWN/`),
    mayType: /^src\/live\//,
  },
  {
    sentence:
      'A feature imports live, io, store, containers and media; another feature it meets through the hub and services.',
    files: /^src\/features\//,
    may: new RegExp(`^src/(?:${PURE}|live|io|store|config)/|^src/features/OWN/|^node:|${PACKAGE}`),
    mayType: /^src\/client\//,
  },
  {
    sentence: 'store is the database: it imports io, node:* and its libraries.',
    files: /^src\/store\//,
    may: new RegExp(`^src/(?:store|io)/|^node:|${PACKAGE}`),
  },
  {
    sentence: 'files are media files: they import containers, media, node:* and the library that reads MP4.',
    files: /^src\/files\//,
    may: new RegExp(`^src/(?:files|${PURE})/|^node:|${PACKAGE}`),
  },
  {
    sentence: 'push and probe import files, io, live, containers, media, a client of a protocol and its back-off.',
    files: /^src\/(?:push|probe)\//,
    may: new RegExp(
      `^src/(?:push|probe|files|io|live|${PURE})/|^src/protocols/[^/]+/client\\.ts$|^src/client/backoff\\.ts$|^node:`,
    ),
  },
  {
    sentence: 'client runs in browsers: it imports media, and types of the public API.',
    files: /^src\/client\//,
    may: /^src\/(?:client|media)\//,
    mayType: /^src\//,
  },
  {
    sentence: 'The page imports client, containers and media, which are safe in browsers, and types of the public API.',
    files: /^web\//,
    may: new RegExp(`^web/|^src/(?:client|media|containers)/|${PACKAGE}`),
    mayType: /^src\//,
  },
  {
    sentence: 'errors, log and plugin import types only.',
    files: new RegExp(`^${EVERYONE}`),
    may: /^$/,
    mayType: /^src\//,
  },
  { sentence: 'What puts the program together may import all.', files: /^src\/(?:[a-z]+\.ts$|cli\/)/, may: /./ },
];

const root = join(import.meta.dirname, '..');
const files = globSync(
  ['src/**/*.ts', 'web/*.ts', 'web/src/**/*.{ts,svelte}', 'test/**/*.ts', 'bench/**/*.ts', 'scripts/*.js', 'bin/*.js'],
  { cwd: root, exclude: ['**/node_modules/**'] },
).map((file) => ({ name: file.split(sep).join('/'), text: readFileSync(join(root, file), 'utf8') }));
const sources = files.filter(({ name }) => /^(?:src|web)\//.test(name));

describe('the architecture', () => {
  test.each(rules)('$sentence', (rule) => {
    const broken = sources
      .filter(({ name }) => rules.find(({ files: pattern }) => pattern.test(name)) === rule)
      .flatMap(({ name, text }) =>
        importsOf(name, text)
          .filter((item) => !isAllowed(rule, name, item))
          .map(({ target }) => `${name} imports ${target}`),
      );
    expect(broken, rule.sentence).toEqual([]);
  });

  test.each([
    ['src/features/chat/chat-room.ts', '../rooms/room-door.ts', false],
    ['src/features/chat/chat-room.ts', '../../protocols/rtmp/server.ts', false],
    ['src/features/chat/chat-room.ts', '../../client/backoff.ts', false],
    ['src/features/chat/chat-room.ts', './chat-log.ts', true],
    ['src/features/chat/chat-room.ts', 'kysely', true],
    ['src/io/http.ts', '../features/rooms/room-door.ts', false],
    ['src/io/http.ts', '../config/base-url.ts', false],
    ['src/io/http.ts', 'ws', true],
    ['src/store/store.ts', '../live/hub.ts', false],
    ['src/files/merge.ts', '../io/pace.ts', false],
    ['web/src/main.ts', '../../src/io/pace.ts', false],
    ['web/src/main.ts', 'svelte', true],
  ])('%s may import %s: %s', (file, specifier, may) => {
    const rule = rules.find(({ files: pattern }) => pattern.test(file))!;
    const [item] = importsOf(file, `import { x } from '${specifier}';`);
    expect(isAllowed(rule, file, item!)).toBe(may);
  });

  test('every source file has a rule', () => {
    expect(sources.filter(({ name }) => !rules.some((rule) => rule.files.test(name))).map(({ name }) => name)).toEqual(
      [],
    );
  });

  test('no files import each other in a circle, not for types either', () => {
    expect(circlesOf(new Map(sources.map(({ name, text }) => [name, importsOf(name, text)])))).toEqual([]);
  });

  test('a circle is found by its files, however long it is', () => {
    const imports = (...targets: string[]): Import[] => targets.map((target) => ({ target, typeOnly: true }));
    const files = new Map([
      ['a', imports('b', 'node:fs')],
      ['b', imports('c', 'd')],
      ['c', imports('a')],
      ['d', imports()],
      ['e', imports('e', 'a')],
    ]);
    expect(circlesOf(files)).toEqual([['a', 'b', 'c'], ['e']]);
    expect(circlesOf(new Map([...files].filter(([name]) => name !== 'c' && name !== 'e')))).toEqual([]);
  });

  test('pure code has no clock, no timer, no Buffer and no process', () => {
    const isPure = new RegExp(`^src/(?:${PURE})/|^src/protocols/[^/]+/(?!(?:${ADAPTERS})\\.ts$)`);
    const broken = sources
      .filter(({ name }) => isPure.test(name) && !name.endsWith('.test.ts'))
      .flatMap(({ name, text }) =>
        (
          withoutComments(text).match(
            /(?<![.\w])(?:Buffer|Date|performance|process|setTimeout|setInterval)\b(?=[.(])/g,
          ) ?? []
        ).map((word) => `${name}: ${word}`),
      );
    expect(broken).toEqual([]);
  });

  test('no file is above 500 lines, and of the server none above 400 but tests and tables of cases: it has two nouns in it', () => {
    const isLong = /^(?!src\/)|\.test\.ts$|[/-]cases\.ts$/;
    const limitOf = (name: string): number => (isLong.test(name) ? 500 : 400);
    expect(
      files.filter(({ name, text }) => text.split('\n').length > limitOf(name) + 1).map(({ name }) => name),
    ).toEqual([]);
  });

  test('no file is named for nothing in particular', () => {
    expect(
      files
        .filter(({ name }) =>
          /(?:^|[/-])(?:misc|utils?|helpers?|manager|base|impl|common)\.(?:ts|js|svelte)$/.test(name),
        )
        .map(({ name }) => name),
    ).toEqual([]);
  });
});

interface Import {
  target: string;
  typeOnly: boolean;
}

/** The imports of a file, with relative ones as paths from the root. */
function importsOf(file: string, text: string): Import[] {
  const found = withoutComments(text).matchAll(
    /^\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm,
  );
  return [...found].map(([, type, named, dynamic]) => {
    const specifier = named ?? dynamic!;
    const target = specifier.startsWith('.')
      ? normalize(join(dirname(file), specifier))
          .split(sep)
          .join('/')
      : specifier;
    return { target, typeOnly: type !== undefined };
  });
}

/** The sets of files of which each can be reached from each (Tarjan 1972), and files that import themselves. */
function circlesOf(files: ReadonlyMap<string, readonly Import[]>): string[][] {
  const circles: string[][] = [];
  const found = new Map<string, { order: number; lowest: number; open: boolean }>();
  const path: string[] = [];
  const visit = (name: string): { order: number; lowest: number; open: boolean } => {
    const state = { order: found.size, lowest: found.size, open: true };
    found.set(name, state);
    path.push(name);
    for (const { target } of files.get(name)!) {
      if (!files.has(target)) continue;
      const other = found.get(target) ?? visit(target);
      if (other.open) state.lowest = Math.min(state.lowest, other.lowest);
    }
    if (state.lowest === state.order) {
      const circle = path.splice(path.indexOf(name));
      for (const each of circle) found.get(each)!.open = false;
      const isCircle = circle.length > 1 || files.get(name)!.some(({ target }) => target === name);
      if (isCircle) circles.push(circle.toSorted());
    }
    return state;
  };
  for (const name of files.keys()) if (!found.has(name)) visit(name);
  return circles;
}

function isAllowed({ may, mayType }: Rule, file: string, { target, typeOnly }: Import): boolean {
  const own = file.split('/')[2] ?? '';
  const matches = (pattern: RegExp): boolean => new RegExp(pattern.source.replaceAll('OWN', own)).test(target);
  return (
    new RegExp(`^${EVERYONE}`).test(target) || matches(may) || (typeOnly && mayType !== undefined && matches(mayType))
  );
}

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
}
