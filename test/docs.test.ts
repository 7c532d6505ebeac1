import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commandNamed } from '../src/cli/commands.ts';
import { loadOptions } from '../src/config/load.ts';

const root = join(import.meta.dirname, '..');
const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: root }).map((name) => ({
  name,
  text: readFileSync(join(root, name), 'utf8'),
}));

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
});
