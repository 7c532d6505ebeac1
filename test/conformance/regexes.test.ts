import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { parse as parseComponent } from 'svelte/compiler';
import { expect, test } from 'vitest';

/** How long a search may take (S-39), in µs of processor time. */
const LIMIT = 10_000;
/** How much a peer may send to a pattern, in characters. What takes too long with little is not tried with more. */
const LENGTHS = [20, 24, 400, 4000, 100_000];
/** Characters that patterns are made of; each is tried in rows. */
const FILLERS = [...'aZ0f \t\n-_./\\:;,%=?&#@"\'<>[](){*+|~\0\u2028é😀', 'aA', 'a ', ' a', '0.', '%2', '%41', '::'];
FILLERS.push('./', '--', '[a]', '<a>', '/*', '*/', '//', '"a', '\\"');
/** What ends a row, so that a match that was almost there is none. */
const ENDS = ['', '!', '\n\0'];

interface Found {
  file: string;
  pattern: string;
  flags: string;
}

const root = join(import.meta.dirname, '..', '..');
const found: Found[] = globSync(['src/**/*.ts', 'web/src/**/*.{ts,js,svelte}'], { cwd: root })
  .map((name) => name.split(sep).join('/'))
  .filter((name) => !name.endsWith('.test.ts'))
  .flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const tree = file.endsWith('.svelte') ? parseComponent(text, { modern: true }) : parseAst(text, { lang: 'ts' });
    return patternsIn(tree).map((pattern) => ({ file, ...pattern }));
  });

/** Every literal of the form `/…/flags` in a syntax tree. */
function patternsIn(node: unknown): Omit<Found, 'file'>[] {
  if (typeof node !== 'object' || node === null || node instanceof RegExp) return [];
  const { regex } = node as { regex?: Omit<Found, 'file'> };
  if (regex) return [{ pattern: regex.pattern, flags: regex.flags }];
  return Object.values(node).flatMap(patternsIn);
}

/** Texts that a pattern may not get lost in: rows of what it is made of, behind what it begins with. */
function* attacks(pattern: string, length: number): Generator<string> {
  const words = pattern.match(/[A-Za-z0-9_:/ =-]{2,}/g) ?? [];
  const escaped = pattern.replaceAll(/\\([/.?:+*()[\]{}|^$-])/g, '$1');
  const [start = ''] = /^\^?(?:\(\?:|\()?([A-Za-z0-9_:/ =-]*)/.exec(escaped)?.slice(1) ?? [];
  // With the whole length fewer are tried: what is worse than linear has been found with less.
  const whole = length === LENGTHS.at(-1);
  const heads = whole ? ['', start] : ['', start, ...words.slice(0, 3)];
  for (const filler of new Set([...FILLERS, ...words])) {
    for (const head of new Set(heads)) {
      const row = head + filler.repeat(Math.max(1, Math.ceil((length - head.length) / filler.length)));
      for (const end of whole ? ['!'] : ENDS) yield row.slice(0, length - end.length) + end;
    }
  }
}

/** Too long, but perhaps for another reason than the pattern. */
const isDoubtful = (time: number): boolean => time > LIMIT && time < 10 * LIMIT;

/** µs of processor time that a search takes, the least of three where that is in doubt. */
function timeOf({ pattern, flags }: Found, text: string): number {
  let least = Infinity;
  for (let attempt = 0; attempt < 3 && (least === Infinity || isDoubtful(least)); attempt++) {
    const regex = new RegExp(pattern, flags);
    const before = process.threadCpuUsage();
    if (regex.global) text.replaceAll(regex, '');
    else regex.test(text);
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, user + system);
  }
  return least;
}

/** The first text that takes a pattern too long, in words. */
function weaknessOf(regex: Found): string | undefined {
  for (const length of LENGTHS) {
    for (const text of attacks(regex.pattern, length)) {
      const time = timeOf(regex, text);
      const { file, pattern, flags } = regex;
      const shown = `${JSON.stringify(text.slice(0, 20))} … ${JSON.stringify(text.slice(-4))}`;
      if (time > LIMIT) return `${file}: /${pattern}/${flags} takes ${time / 1000} ms for ${length} of ${shown}`;
    }
  }
  return undefined;
}

test('S-39 no pattern takes long, whatever 100 KB it is given', { timeout: 120_000 }, () => {
  expect(found.length).toBeGreaterThan(100);
  const distinct = new Map(found.map((regex) => [`/${regex.pattern}/${regex.flags}`, regex]));
  expect([...distinct.values()].map(weaknessOf).filter((weakness) => weakness !== undefined)).toEqual([]);
});

test.each([String.raw`^(a+)+$`, String.raw`\s+$`, String.raw`<[^>]*>.*<\/`])(
  'S-39 a pattern that gets lost would be found: %s',
  (pattern) => {
    expect(weaknessOf({ file: 'x', pattern, flags: '' })).toContain('takes');
  },
);

test('S-39 patterns are literals, so that all of them are known', () => {
  const dynamic = globSync(['src/**/*.ts', 'web/src/**/*.{ts,js,svelte}'], { cwd: root })
    .filter((name) => !name.endsWith('.test.ts'))
    .filter((name) => /\bRegExp\(/.test(readFileSync(join(root, name), 'utf8')));
  expect(dynamic).toEqual([]);
});
