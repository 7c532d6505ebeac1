import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
// @ts-expect-error plain JavaScript that has to run on an old Node
import { isNewEnough } from '../scripts/node-runtime.js';
// @ts-expect-error plain JavaScript that has to run on an old Node
import { Sources } from '../scripts/stale.js';
import { coreOptions } from '../src/config/core.ts';
import { readYaml } from '../src/config/yaml.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roomcast-stale-'));
  mkdirSync(join(folder, 'src', 'deep'), { recursive: true });
  writeFileSync(join(folder, 'src', 'a.ts'), 'one');
  writeFileSync(join(folder, 'src', 'deep', 'b.ts'), 'two');
});
afterEach(() => rmSync(folder, { recursive: true }));

function isStale(): boolean {
  return new Sources(folder, ['src', 'missing.json']).changedSince(join(folder, 'stamp'));
}

describe('what is stale', () => {
  test('is all that has no stamp, and nothing that has one of the same content', () => {
    expect(isStale()).toBe(true);
    new Sources(folder, ['src', 'missing.json']).remember(join(folder, 'stamp'));
    expect(isStale()).toBe(false);
    expect(isStale()).toBe(false);
  });

  test.each<[string, boolean, () => void]>([
    ['a file changes', true, () => writeFileSync(join(folder, 'src', 'deep', 'b.ts'), 'owt')],
    ['a file is added', true, () => writeFileSync(join(folder, 'src', 'c.ts'), '')],
    ['a file goes', true, () => rmSync(join(folder, 'src', 'a.ts'))],
    ['a listed file appears', true, () => writeFileSync(join(folder, 'missing.json'), '{}')],
    [
      'only the time of a file changes, as after a checkout',
      false,
      () => utimesSync(join(folder, 'src', 'a.ts'), 1, 1),
    ],
    ['a test changes', false, () => writeFileSync(join(folder, 'src', 'a.test.ts'), 'x')],
    ['something in node_modules changes', false, () => mkdirSync(join(folder, 'src', 'node_modules'))],
  ])('when %s: %s', (_name, stale, change) => {
    new Sources(folder, ['src', 'missing.json']).remember(join(folder, 'stamp'));
    change();
    expect(isStale()).toBe(stale);
  });
});

describe('the Node to run on', () => {
  test.each([
    ['18.20.0', false],
    ['20.20.2', false],
    ['24.14.9', false],
    ['24.15.0', true],
    ['25.0.0', true],
    ['26.10.0', true],
  ])('%s is new enough: %s', (version, enough) => {
    expect(isNewEnough(version)).toBe(enough);
  });
});

describe('the sample file', () => {
  const sample = readFileSync(join(import.meta.dirname, '..', 'docs', 'roomcast.sample.yaml'), 'utf8');

  test('is taken when every # before an option is removed and every … is filled in', () => {
    const filled = sample
      .replaceAll(/^#(?=\S)/gm, '')
      .replaceAll(/^#(?= {2,}\S)/gm, '')
      .replace('database: …', 'database: postgres://ann@127.0.0.1/roomcast')
      .replace('publicUrl: …', 'publicUrl: https://live.example.org')
      .replace('publicRtmp: …', 'publicRtmp: rtmp://live.example.org/live')
      .replaceAll(/^(https|rtmps|ircs?): …/gm, '$1: ":0"')
      .replace('email: …', 'email: ann@example.org')
      .replaceAll(/^ {2}(cert|key): …$/gm, '  $1: live.pem')
      .replace('key: …', 'key: rk_aaaabbbbccccddddeeeeffff');
    const problems: unknown[] = [];
    const found = readYaml({
      text: filled,
      table: coreOptions,
      file: 'sample',
      report: (problem) => problems.push(problem),
    });
    expect(problems).toEqual([]);
    expect(found.size).toBeGreaterThan(40);
  });

  test('changes nothing as it is', () => {
    expect(
      readYaml({ text: sample, table: coreOptions, file: 'sample', report: () => expect.unreachable() }).size,
    ).toBe(0);
  });
});
