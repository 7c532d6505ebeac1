import { describe, expect, test } from 'vitest';
import { coreOptions } from './core.ts';
import { MAX_FILE_BYTES, readYaml } from './yaml.ts';

function read(text: string): { values: Record<string, unknown>; problems: string[] } {
  const problems: string[] = [];
  const found = readYaml({
    text,
    table: coreOptions,
    file: 'roomcast.yaml',
    report: ({ message, at }) => problems.push(`${at?.line}:${at?.column} ${message}`),
  });
  return { values: Object.fromEntries([...found].map(([name, { value }]) => [name, value])), problems };
}

describe('roomcast.yaml', () => {
  test('gives options by their full names, and rooms remember their line', () => {
    const text =
      'http: 127.0.0.1:9000 # comment\nrtmp: 1940\nlimits:\n  amfDepth: 16\n\nrooms:\n  lobby:\n    title: Hello\n  den:\n';
    expect(read(text)).toEqual({
      problems: [],
      values: {
        http: { host: '127.0.0.1', port: 9000 },
        rtmp: { port: 1940 },
        'limits.amfDepth': 16,
        rooms: {
          lobby: { title: 'Hello', declaredAt: { file: 'roomcast.yaml', line: 7 } },
          den: { declaredAt: { file: 'roomcast.yaml', line: 9 } },
        },
      },
    });
  });

  test.each([
    ['', 'an empty file'],
    ['# nothing\n', 'only comments'],
    ['limits:\nrooms:\n', 'empty groups'],
    ['grace: ~\n', 'an option left open'],
  ])('%j is %s and gives nothing', (text) => {
    expect(read(text)).toEqual({ values: {}, problems: [] });
  });

  test.each([
    ['grase: 3', '1:1 “grase” is not an option. Did you mean “grace”?'],
    ['limits:\n  amfdepth: 3', '2:3 “limits.amfdepth” is not an option. Did you mean “limits.amfDepth”?'],
    ['\n  zzzzzz: 1', '2:3 “zzzzzz” is not an option.'],
    ['__proto__: { polluted: 1 }', '1:1 “__proto__” is not an option.'],
    ['constructor: { prototype: 1 }', '1:1 “constructor” is not an option.'],
    ['rooms: { __proto__: {} }', '1:10 A name under “rooms” is not a slug'],
    ['rooms: { admin: {} }', '1:10 A name under “rooms” is not a slug'],
    ['rooms: { lobby: { titel: x } }', '1:19 In “rooms.lobby”: “titel” is not an option. Did you mean “title”?'],
    ['rooms: { lobby: { declaredAt: { file: x, line: 1 } } }', '1:19 In “rooms.lobby”: “declaredAt” is not an option.'],
    ['grace: soon', '1:8 “grace” is “soon”; expected a number of seconds from 0 to 3600.'],
    ['grace: -1', '1:8 “grace” is -1; expected a number of seconds from 0 to 3600.'],
    [
      'viewerQueue: 70000.5',
      '1:14 “viewerQueue” is 70000.5; expected a whole number of bytes from 65536 to 268435456.',
    ],
    ['merge: never', '1:8 “merge” is “never”; expected “auto” or a number of milliseconds from 0 to 1000.'],
    ['publish: [open]', '1:10 “publish” is a list; expected one of key, open.'],
    ['http: 127.0.0.1', '1:7 “http” cannot be read; expected ADDR:PORT'],
    ['http: { port: 1 }', '1:7 “http” is a group of options; expected ADDR:PORT'],
    ['limits: 3', '1:9 “limits” is a number; expected a group of options.'],
    ['- a', '1:1 The configuration is a list; expected a group of options.'],
    ['demo: true', '1:1 “demo” cannot be set in the file'],
    [
      'trustedProxies: [10.0.0.0/8, 10.0.0.0/33]',
      '1:17 “trustedProxies” is a list; expected a list, each item an IP address',
    ],
    ['frameAncestors: ["x; script-src *"]', '1:17 “frameAncestors” is a list; expected a list, each item *'],
    ['grace: 1\ngrace: 2', '2:1 This name stands twice in its group.'],
    ['a: &x 1\nb: *x', '2:4 Aliases are not read here; write the value out.'],
    ['? [a]\n: 1', '1:1 A name of an option has to be plain text.'],
    ['a: !!js/function "x"', 'Tags are not read here.'],
    ['a: "open', 'Something is missing here'],
  ])('%j is refused with its place', (text, message) => {
    const { problems, values } = read(text);
    expect(problems.join('\n')).toContain(message);
    expect(values).toEqual({});
  });

  test.each([
    ['the key is too short', 'rooms: { lobby: { key: hunter2hunter2 } }'],
    ['the key is a list', 'rooms: { lobby: { key: [hunter2hunter2] } }'],
    ['the key stands where the room belongs', 'rooms: hunter2hunter2'],
    ['the key stands where a slug belongs', 'rooms: { rk_hunter2hunter2: {} }'],
    ['the key is the name of an option', 'rk_hunter2hunter2aaaaaaaaaaaaaa: 1'],
    ['a quote is missing', 'rooms: { lobby: { key: "hunter2hunter2 } }'],
    ['text follows a quoted key', 'rooms: { lobby: { key: "a" hunter2hunter2 } }'],
    ['the key stands where a word belongs', 'publish: hunter2hunter2'],
  ])('a message never repeats a secret when %s', (_name, text) => {
    const { problems } = read(text);
    expect(problems).not.toEqual([]);
    expect(problems.join('\n')).not.toContain('hunter2');
  });

  test.each([
    ['brackets', '['.repeat(5000)],
    ['braces', `${'{a: '.repeat(5000)}`],
    ['dashes', '- '.repeat(5000)],
    ['indentation', Array.from({ length: 400 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['size', `# ${'x'.repeat(MAX_FILE_BYTES)}`],
  ])('absurd %s cost a refusal, not the stack', (_name, text) => {
    expect(read(text).problems).toHaveLength(1);
  });

  test('nothing reaches the prototype of all objects (S-38)', () => {
    read(
      '__proto__: { polluted: 1 }\nrooms: { __proto__: { polluted: 1 } }\nlimits: { constructor: { prototype: { polluted: 1 } } }',
    );
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
