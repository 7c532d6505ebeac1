import { coreOptions } from '../../../src/config/core.ts';
import { checkTree, type Problem } from '../../../src/config/check.ts';
import { readEnvironment, readFlags } from '../../../src/config/flags.ts';
import { nodeOf } from '../../../src/config/node.ts';
import { leavesOf } from '../../../src/config/schema.ts';
import { settingsOf, type Options } from '../../../src/config/settings.ts';
import { readYaml } from '../../../src/config/yaml.ts';
import { ProtocolError, RoomcastError } from '../../../src/errors.ts';
import { checkPath, isPath, isSlug, MAX_SEGMENT, MAX_SEGMENTS } from '../../../src/live/path.ts';
import type { FuzzTarget } from '../target.ts';

/** The first byte of the input says who reads the rest. */
const readers = { y: readFile, e: readEnv, a: readArgv, j: readProgram, p: readPath } as const;

/** Spellings of a way out of the folder (S-10), and names at the edges of the grammar. */
const paths = [
  'live/lobby',
  'live/..',
  'live/../../etc/passwd',
  '../lobby',
  './lobby',
  '/etc/passwd',
  '//etc/passwd',
  'live//lobby',
  'live/lobby/',
  '/live/lobby',
  'live/%2e%2e',
  'live/%252e%252e%252f',
  'live/..%5c..%5c',
  'live/..%2f',
  'live\\lobby',
  'live/..\\..\\',
  'live/....//....//',
  'live/..;/lobby',
  'live/lobby\0',
  'live/lobby\0.flv',
  'live/\r\nlobby',
  'C:/windows',
  'C:\\windows',
  '\\\\host\\share',
  'file:///etc/passwd',
  'live/lobby.flv',
  'live/.hidden',
  'live/~root',
  'live/$HOME',
  'live/%path',
  'live/%d',
  'live/ lobby',
  'live/lobby ',
  'live/ｌobby',
  'live/‥',
  'live/lobby∕x',
  'live/lobby⁄x',
  'live/lobby／x',
  'live/ｌ．．',
  'live/\u202elobby',
  'live/lob\u0000by',
  'live/a/b',
  'live',
  'a/b/c/d',
  'a/b/c/d/e',
  'admin/x',
  'ws',
  'con/nul',
  `live/${'a'.repeat(MAX_SEGMENT)}`,
  `live/${'a'.repeat(MAX_SEGMENT + 1)}`,
  'a/'.repeat(2048),
  'a'.repeat(4096),
  '.'.repeat(4096),
  'live/__proto__',
  'live/constructor',
];

const files = [
  'http: 127.0.0.1:9000\nrtmp: "[::1]:1935"\nlimits:\n  amfDepth: 16\n',
  'rooms:\n  lobby: { title: Hello, key: aaaabbbbccccddddeeeeffff }\n  den:\n',
  'publish: open\ntrustedProxies: [10.0.0.0/8, ::1]\nframeAncestors: ["*"]\nmerge: auto\n',
  'grase: 1\ngrace: x\n? [a]\n: 1\n',
  'a: &a [*a, *a]\nb: *a\n',
  '__proto__: { polluted: 1 }\nconstructor: { prototype: { polluted: 1 } }\nrooms: { __proto__: { key: x } }\n',
  '[[[[[[[[[[[[[[[[[[[[',
  '- - - - - - - - - - - - - - - - - - - -',
  '"\\u0000\\ud800": |\n  text\n...\n---\n%YAML 1.1\n',
  '!!binary aGVsbG8=: !!js/function "x"\n<<: { demo: true }\n',
  'limits: { amfDepth: 1e309, nalUnits: -0, parameterSet: 0x10, httpBody: .nan }\n',
];

const environments = [
  'ROOMCAST_HTTP=[::1]:0\nROOMCAST_GRACE=7\nROOMCAST_DEMO=yes',
  'ROOMCAST_LIMITS_AMF_DEPTH=1e9\nROOMCAST___PROTO__=1',
];
const commandLines = [
  '--http\n127.0.0.1:0\n--demo\n--no-demo',
  '--__proto__=1\n--htpp\n-x\n--\n--data',
  '--grace=\n--merge=auto\n---\n-',
];
const programs = [
  '{"http":8080,"rooms":{"a":{"declaredAt":{"file":"x","line":1}}}}',
  '{"__proto__":{"demo":true},"limits":[]}',
  '[1e400,null,{"a":{}}]',
];

export const target: FuzzTarget = {
  id: 'F-24',
  title: 'options of file, environment, command line and program, and the grammar of paths',
  // The YAML parser is somebody else's and reads the owner's own file.
  patience: 20,
  seeds: [
    ...files.map((text) => seed('y', text)),
    ...environments.map((text) => seed('e', text)),
    ...commandLines.map((text) => seed('a', text)),
    ...programs.map((text) => seed('j', text)),
    ...paths.map((text) => seed('p', text)),
  ],
  run(bytes) {
    const read = readers[String.fromCharCode(bytes[0] ?? 0) as keyof typeof readers] ?? readFile;
    try {
      read(new TextDecoder().decode(bytes.subarray(1)));
    } catch (error) {
      // The harness knows one error that may leave a parser; here it is that of the options or the path.
      if (error instanceof RoomcastError && error.code !== 'internal') throw new ProtocolError(error.message);
      throw error;
    }
    if (Object.hasOwn(Object.prototype, 'polluted') || Object.hasOwn(Object.prototype, 'demo'))
      throw new Error('The prototype of all objects was changed.');
  },
};

function readFile(text: string): void {
  const problems: Problem[] = [];
  const found = readYaml({
    text,
    table: coreOptions,
    file: 'roomcast.yaml',
    report: (problem) => problems.push(problem),
  });
  check(found.keys());
  for (const { message, at } of problems) {
    if (message.length > 1000) throw new Error('A message repeats the file.');
    if (at && !(at.line >= 1 && at.column >= 1)) throw new Error('A problem stands nowhere.');
  }
}

function readEnv(text: string): void {
  const pairs = text.split('\n').map((line): [string, string] => {
    const at = line.indexOf('=');
    return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
  });
  check(readEnvironment(Object.fromEntries(pairs), { table: coreOptions, report() {}, warn() {} }).keys());
}

function readArgv(text: string): void {
  check(readFlags(text.split('\n'), { table: coreOptions, own: [{ name: 'new' }], report() {} }).settings.keys());
}

function readProgram(text: string): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return;
  }
  check(checkTree(nodeOf(value), { table: coreOptions, report() {} }).keys());
  const settings = settingsOf(value as Options);
  if (JSON.stringify(settingsOf(settings)) !== JSON.stringify(settings))
    throw new Error('Settings change when they are read again.');
}

/** The grammar, said a second time in other words. */
function readPath(text: string): void {
  const segments = text.split('/');
  const plain = segments.every(
    (segment) => segment.length >= 1 && segment.length <= MAX_SEGMENT && /^[\w-]+$/.test(segment),
  );
  const live = segments[0] === 'live';
  const known = live
    ? segments.length === 2
    : isSlug(segments[0]!.toLowerCase().replaceAll('_', 'a').replace(/^-/, 'a').slice(0, 63));
  if (
    isPath(text) &&
    !(plain && segments.length <= MAX_SEGMENTS && (live || known || /[A-Z_]|^-|.{64}/.test(segments[0]!)))
  ) {
    throw new Error('A path outside the grammar was taken.');
  }
  checkPath(text);
}

/** Only names of the table come out. */
function check(names: Iterable<string>): void {
  const known = new Set(leavesOf(coreOptions).map(({ name }) => name));
  for (const name of names) if (!known.has(name)) throw new Error('An option that is not declared came out.');
}

function seed(reader: keyof typeof readers, text: string): Uint8Array {
  return new TextEncoder().encode(reader + text);
}
