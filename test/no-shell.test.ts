import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const files = globSync(['{src,scripts,bin,web/src,test,bench}/**/*.{ts,js,svelte}', '*.ts', 'web/*.ts'], { cwd: root })
  .filter((name) => !name.includes('node_modules'))
  .map((file) => ({ name: file.split(sep).join('/'), text: readFileSync(join(root, file), 'utf8') }));
/** What runs on a machine of somebody else. */
const shipped = files.filter(({ name }) => /^(?:src|bin|scripts)\//.test(name) && !name.endsWith('.test.ts'));
const holding = (pattern: RegExp, among = files): string[] =>
  among
    .filter(({ name }) => name !== 'test/no-shell.test.ts')
    .filter(({ text }) => pattern.test(text))
    .map(({ name }) => name);

describe('S-12 no shell', () => {
  test('the server starts programs in one place only', () => {
    const among = shipped.filter(({ name }) => name.startsWith('src/'));
    expect(holding(/['"](?:node:)?child_process['"]/, among)).toEqual(['src/io/process.ts']);
    expect(holding(/['"](?:node:)?(?:cluster|worker_threads)['"]/, among)).toEqual([]);
  });

  test('nothing anywhere takes from child_process what goes through a shell', () => {
    const taken = files.flatMap(({ name, text }) =>
      [...text.matchAll(/import\s+(?:type\s+)?([^;]*?)\s+from\s+['"](?:node:)?child_process['"]/g)].map(
        ([, names]) => [name, names!.replaceAll(/\s+/g, ' ')] as const,
      ),
    );
    expect(taken.length).toBeGreaterThan(5);
    const words =
      /^\{ ?(?:(?:type )?(?:spawn|spawnSync|execFile|execFileSync|fork|ChildProcess|SpawnOptions)(?:, ?)?)+,? ?\}$/;
    expect(taken.filter(([name, names]) => !words.test(names) && name !== 'test/no-shell.test.ts')).toEqual([]);
    expect(holding(/(?:import|require|getBuiltinModule)\(\s*['"](?:node:)?child_process['"]\s*\)/)).toEqual([]);
  });

  test('no program is given a shell, and no text is run as code', () => {
    expect(holding(/\bshell\s*:(?!\s*false\b)/)).toEqual([]);
    expect(holding(/['"](?:ba|da|z|k)?sh['"]\s*,|\/bin\/(?:ba|da)?sh|cmd\.exe|powershell/i, shipped)).toEqual([]);
    expect(holding(/\beval\(|\bnew Function\(|['"]node:vm['"]/, shipped)).toEqual([]);
  });
});
