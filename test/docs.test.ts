import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandNamed } from '../src/cli/commands.ts';
import { loadOptions } from '../src/config/load.ts';
import { askedFor, ways } from '../web/src/player/ways.ts';
import { startServer } from './servers.ts';

const root = join(import.meta.dirname, '..');
const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).map((name) => ({
  name,
  text: readFileSync(join(root, name), 'utf8'),
}));

const textOf = (wanted: string): string => documents.find(({ name }) => name === wanted)!.text;

describe('the documents', () => {
  const commands = documents.flatMap(({ name, text }) =>
    [...text.matchAll(/^(?:\w+=\$\()?((?:[A-Z_]+=\S+ )?(?:npm start|npx roomcast)\b[^)\n]*)/gm)].map(([, line]) => ({
      name,
      line: line!,
    })),
  );

  test('show commands', () => {
    expect(commands.length).toBeGreaterThan(8);
  });

  test.each(commands)('$name: “$line” is understood', async ({ line }) => {
    const [words, env] = [line.split(' #')[0]!.trim().split(/\s+/), {} as Record<string, string>];
    while (words[0]!.includes('=')) {
      const [variable, value] = words.shift()!.split('=');
      env[variable!] = value!;
    }
    const argv = words.slice(2).filter((word) => word !== '--');
    const named = commandNamed(argv[0] ?? '');
    const command = named ?? commandNamed('serve')!;
    const { positionals } = await loadOptions({
      argv: named ? argv.slice(1) : argv,
      env,
      cwd: root,
      readFile: async () => undefined,
      flags: command.flags,
    });
    expect(positionals.length).toBeLessThanOrEqual(command.maxArguments);
  });

  test('point to files that are there', () => {
    const broken = documents.flatMap(({ name, text }) =>
      [...text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)]
        .map(([, target]) => target!)
        .filter((target) => !existsSync(join(root, dirname(name), target)))
        .map((target) => `${name} → ${target}`),
    );
    expect(broken).toEqual([]);
  });

  const addresses = documents.flatMap(({ name, text }) =>
    [...new Set([...text.matchAll(/\bhttps?:\/\/HOST:8\d+(\/[\w./]*)/g)].map(([, path]) => path!))].map((path) => ({
      name,
      path,
    })),
  );

  test('name addresses where something is', async () => {
    expect(addresses.length).toBeGreaterThan(12);
    const { http } = await startServer();
    for (const { name, path } of addresses) {
      // Nothing is live: bodies without an end would wait, and lists are not there yet.
      const isList = path.endsWith('.m3u8');
      const answer = await fetch(http + path, { method: isList ? 'GET' : 'HEAD' });
      expect([answer.status, isList && JSON.parse(await answer.text()).error.code], `${name}: ${path}`).toEqual(
        isList ? [404, 'not-live'] : [200, false],
      );
    }
  });

  test('show as much of a proxy’s file as is in it', () => {
    const [, shown] = /```nginx\n(server [^`]*)```/.exec(textOf('docs/operate.md'))!;
    const file = readFileSync(join(root, 'deploy', 'nginx.conf'), 'utf8');
    const lines = shown!.split('\n').map((line) => line.replace(/#.*/, '').trim());
    expect(lines.filter((line) => line.endsWith(';')).length).toBeGreaterThan(8);
    expect(lines.filter((line) => !file.includes(line))).toEqual([]);
  });

  test('tell every word by which the page may be asked for a way', () => {
    const words = [...textOf('docs/play.md').matchAll(/^\| `(\w+)` \| [^|]+ \|$/gm)].map(([, word]) => word!);
    expect(words).toEqual(['ws', 'flv', 'mp4', 'hls']);
    expect(words.filter((word) => askedFor(word) === undefined)).toEqual([]);
    expect(new Set(words.flatMap((word) => askedFor(word)))).toEqual(new Set(ways));
  });
});
