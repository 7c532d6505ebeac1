import { describe, expect, test } from 'vitest';
import { coreOptions } from './core.ts';
import { loadOptions } from './load.ts';
import { environmentName, flagName, leavesOf } from './schema.ts';
import { settingsOf, type Options } from './settings.ts';

describe('settings of a program', () => {
  test('start from the defaults', () => {
    const settings = settingsOf();
    expect(settings).toMatchObject({
      http: { port: 8080 },
      rtmp: { port: 1935 },
      defaultRoom: 'lobby',
      rooms: {},
      merge: 'auto',
    });
    expect(settings.publicUrl).toBeUndefined();
  });

  test('take an address as text, as a port and as parts', () => {
    expect(settingsOf({ http: '127.0.0.1:0', rtmp: 0 })).toMatchObject({
      http: { host: '127.0.0.1', port: 0 },
      rtmp: { port: 0 },
    });
    expect(settingsOf({ http: { host: '::1', port: 7 }, rtmp: { port: 8 } })).toMatchObject({
      http: { host: '::1', port: 7 },
      rtmp: { port: 8 },
    });
  });

  test('come out equal when they went through before', async () => {
    const text = 'http: "[::1]:0"\nrooms: { lobby: { key: aaaabbbbccccdddd, title: x } }\ntrustedProxies: [10.0.0.0/8]';
    const { settings } = await loadOptions({ argv: ['--demo'], env: {}, cwd: '/', readFile: async () => text });
    expect(settingsOf(settings)).toEqual(settings);
    expect(settings.rooms.lobby?.declaredAt).toEqual({ file: 'roomcast.yaml', line: 2 });
  });

  test('each server has its own', () => {
    expect(settingsOf().limits).not.toBe(settingsOf().limits);
  });

  test.each([
    [{ grase: 1 } as Options, '“grase” is not an option. Did you mean “grace”?'],
    [{ limits: { nothing: 1 } } as Options, '“limits.nothing” is not an option.'],
    [{ http: 70_000 }, '“http” is 70000; expected ADDR:PORT'],
    [{ grace: Number.NaN }, '“grace” is NaN; expected a number'],
    [{ rooms: { Admin: {} } }, 'A name under “rooms” is not a slug'],
    [{ publish: 'open' } as const, 'Set --rtmp 127.0.0.1:1935'],
    [JSON.parse('{"__proto__": {"demo": true}}') as Options, '“__proto__” is not an option.'],
    [{ data: 'a\0b' }, '“data” cannot be read'],
    [{ rooms: { a: { title: 'two\nlines' } } }, 'In “rooms.a”: “title” cannot be read'],
  ])('%j is refused', (options, message) => {
    expect(() => settingsOf(options)).toThrow(message);
  });
});

describe('the table of options', () => {
  const leaves = leavesOf(coreOptions);

  test.each(leaves)('$name has a default that it takes itself, and a description', ({ name, schema }) => {
    expect(schema.description).toMatch(/^[“A-Z].*\.$/);
    if (schema.type === 'number') {
      if (typeof schema.default === 'string') expect(schema.words).toContain(schema.default);
      else expect(schema.default).toSatisfy((value: number) => value >= schema.min && value <= schema.max);
    }
    if (schema.type === 'text' && schema.oneOf) expect(schema.oneOf).toContain(schema.default);
    expect(() => settingsOf()).not.toThrow();
    expect(name).toMatch(/^[a-z][A-Za-z]*(?:\.[a-z][A-Za-z]*){0,2}$/);
  });

  test('names of flags and of the environment are distinct', () => {
    const flags = leaves.map(({ name }) => flagName(name));
    const variables = leaves.map(({ name }) => environmentName(name));
    expect([new Set(flags).size, new Set(variables).size]).toEqual([leaves.length, leaves.length]);
    expect(environmentName('limits.rtmpMessage')).toBe('ROOMCAST_LIMITS_RTMP_MESSAGE');
  });
});
