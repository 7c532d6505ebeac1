import { describe, expect, test } from 'vitest';
import { coreOptions } from '../config/core.ts';
import { flagName, leavesOf } from '../config/schema.ts';
import { commands } from './commands.ts';
import { about, overview } from './help.ts';

describe('the help', () => {
  test.each([
    ['the overview', overview()],
    ...commands.map((command): [string, string] => [command.name, about(command)]),
  ])('%s fits a terminal of 80 columns', (_name, text) => {
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('names every command and its own flags', () => {
    for (const command of commands) {
      expect(overview()).toContain(`  ${command.name}`);
      for (const flag of command.flags) expect(about(command)).toContain(`--${flag.name}`);
    }
  });

  test('of serve names every flag; that of key only those it takes', () => {
    const [serve, key] = ['serve', 'key'].map((name) => about(commands.find((command) => command.name === name)!));
    const flags = leavesOf(coreOptions).filter(({ schema }) => schema.flag !== undefined);
    expect(flags.filter(({ name }) => !serve!.includes(`--${flagName(name)}`))).toEqual([]);
    expect(key).toContain('--data DIR');
    expect(key).not.toContain('--http');
  });
});
