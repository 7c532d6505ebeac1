import { parseAddress } from './address.ts';
import { formats } from './formats.ts';
import { didYouMean } from './near.ts';
import { kindInWords, type Entry, type Node, type Position } from './node.ts';
import type {
  GroupOption,
  LeafOption,
  ListOption,
  NumberOption,
  OptionTable,
  RecordOption,
  TextOption,
} from './schema.ts';

/** Something is wrong with what a source gave. The message never holds the value of a secret. */
export interface Problem {
  readonly message: string;
  readonly at?: Position | undefined;
}

/** One option that a source gives. */
export interface Setting {
  readonly value: unknown;
  readonly at?: Position | undefined;
}

export interface CheckOptions {
  readonly table: OptionTable;
  /** The file the nodes come from: declared rooms remember it, and options that cannot stand in a file are refused. */
  readonly file?: string;
  readonly report: (problem: Problem) => void;
}

/** What is wrong beyond this is not looked for: it is another kind of file. */
const MAX_PROBLEMS = 20;
/** Longest list and record; a file beyond it is not written by hand. */
const MAX_ITEMS = 10_000;

/** Reads a map along a table. Returns the leaves it gives by their full names; what is wrong is reported and left out. */
export function checkTree(node: Node, given: CheckOptions): Map<string, Setting> {
  const found = new Map<string, Setting>();
  let told = 0;
  const report = (problem: Problem): void => {
    told++;
    given.report(problem);
  };
  const options: CheckOptions = { ...given, report };
  walk(node, { options: options.table }, '');
  return found;

  function walk(group: Node, { options: table, words }: Pick<GroupOption, 'options' | 'words'>, prefix: string): void {
    if (isNothing(group)) return;
    if (group.kind !== 'map') {
      const where = prefix ? `“${prefix.slice(0, -1)}”` : 'The configuration';
      const short = Object.keys(words ?? {}).map((word) => `“${word}” or `);
      const message = `${where} is ${kindInWords(group)}; expected ${short.join('')}a group of options.`;
      options.report({ message, at: group.at });
      return;
    }
    for (const entry of group.entries) {
      if (told >= MAX_PROBLEMS) return;
      const schema = ownOption(table, entry.name);
      const name = prefix + entry.name;
      if (!schema) options.report(unknownOption(entry, Object.keys(table), prefix));
      else if (schema.notInFile && options.file !== undefined) {
        options.report({
          message: `“${name}” cannot be set in the file; give it as a flag or in the environment.`,
          at: entry.at,
        });
      } else if (schema.type === 'group') walk(groupOf(schema, entry.value), schema, `${name}.`);
      else if (!isNothing(entry.value)) {
        const value = checkLeaf(name, schema, entry.value, options);
        if (value !== undefined) found.set(name, { value, at: entry.at });
      }
    }
  }
}

/** A word in place of a group is the options that it stands for. */
function groupOf({ words }: GroupOption, node: Node): Node {
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || !words || !Object.hasOwn(words, node.value))
    return node;
  const at = node.at && { at: node.at };
  const entries = Object.entries(words[node.value]!).map(([name, value]): Entry => ({
    name,
    value: { kind: 'scalar', value, ...at },
    ...at,
  }));
  return { kind: 'map', entries, ...at };
}

/** The value of one option, normalised, or undefined after reporting why not. */
export function checkLeaf(name: string, schema: LeafOption, node: Node, options: CheckOptions): unknown {
  if (schema.type === 'record') return checkRecord(name, schema, node, options);
  const value = valueOf(schema, node, options.file === undefined);
  if (value !== undefined) return value;
  options.report({ message: `“${name}” ${got(schema, node)}; expected ${expected(schema)}.`, at: node.at });
  return undefined;
}

/** What an option takes, in words that complete “expected …”. */
export function expected(schema: LeafOption): string {
  switch (schema.type) {
    case 'switch':
      return 'true or false';
    case 'list':
      return `a list, each item ${expected(schema.items)}`;
    case 'record':
      return `a group of names, each ${formats[schema.names].words}`;
    case 'number': {
      const words = (schema.words ?? []).map((word) => `“${word}” or `).join('');
      const unit = schema.unit === undefined ? '' : ` of ${schema.unit}`;
      return `${words}a ${schema.whole ? 'whole ' : ''}number${unit} from ${schema.min} to ${schema.max}`;
    }
    case 'text':
      if (schema.oneOf) return `one of ${schema.oneOf.join(', ')}`;
      if (schema.format) return formats[schema.format].words;
      return `text of at most ${schema.maxLength ?? MAX_TEXT} characters`;
  }
}

const MAX_TEXT = 4096;

function valueOf(
  schema: TextOption | NumberOption | ListOption | { type: 'switch' },
  node: Node,
  fromProgram: boolean,
): unknown {
  if (schema.type === 'list') {
    const items = node.kind === 'list' ? node.items : node.kind === 'scalar' ? [node] : undefined;
    if (!items || items.length > MAX_ITEMS) return undefined;
    const values = items.map((item) => valueOf(schema.items, item, fromProgram));
    return values.includes(undefined) ? undefined : values;
  }
  if (schema.type === 'text' && schema.format === 'address') return addressOf(node, fromProgram);
  if (node.kind !== 'scalar') return undefined;
  const { value } = node;
  if (schema.type === 'switch') return typeof value === 'boolean' ? value : undefined;
  if (schema.type === 'number') return numberOf(schema, value);
  if (typeof value !== 'string' || value.length > (schema.maxLength ?? MAX_TEXT) || hasControls(value))
    return undefined;
  if (schema.oneOf) return schema.oneOf.includes(value) ? value : undefined;
  return schema.format && !formats[schema.format].test(value) ? undefined : value;
}

function numberOf(schema: NumberOption, value: unknown): number | string | undefined {
  if (typeof value === 'string') return schema.words?.includes(value) ? value : undefined;
  if (typeof value !== 'number' || !(value >= schema.min && value <= schema.max)) return undefined;
  return schema.whole && !Number.isInteger(value) ? undefined : value;
}

/** A port alone may come as a number; a program may hand in what `parseAddress` gives. */
function addressOf(node: Node, fromProgram: boolean): unknown {
  if (node.kind === 'scalar') return node.value === null ? undefined : parseAddress(String(node.value));
  if (node.kind !== 'map' || !fromProgram) return undefined;
  const part = (name: string): unknown => {
    const value = node.entries.find((entry) => entry.name === name)?.value;
    return value?.kind === 'scalar' ? value.value : undefined;
  };
  const host = part('host');
  const text = `${typeof host === 'string' && host.includes(':') ? `[${host}]` : String(host ?? '')}:${String(part('port'))}`;
  return parseAddress(text);
}

function checkRecord(name: string, schema: RecordOption, node: Node, options: CheckOptions): unknown {
  if (node.kind !== 'map' || node.entries.length > MAX_ITEMS) {
    options.report({ message: `“${name}” is ${kindInWords(node)}; expected ${expected(schema)}.`, at: node.at });
    return undefined;
  }
  const record: Record<string, unknown> = {};
  let wrong = false;
  const report = (problem: Problem): void => {
    wrong = true;
    options.report(problem);
  };
  for (const entry of node.entries) {
    if (!formats[schema.names].test(entry.name)) {
      // The name is not repeated: where a slug belongs, people also put keys.
      report({ message: `A name under “${name}” is not ${formats[schema.names].words}.`, at: entry.at });
      continue;
    }
    const given =
      entry.value.kind === 'map' && options.file === undefined ? withoutDeclaredAt(entry.value) : entry.value;
    const fields: Record<string, unknown> = {};
    const inner = checkTree(given, {
      table: schema.each,
      report: (problem) => report(within(`${name}.${entry.name}`, problem)),
    });
    for (const [field, setting] of inner) fields[field] = setting.value;
    const place =
      options.file === undefined ? declaredAtOf(entry.value) : { file: options.file, line: entry.at?.line ?? 1 };
    record[entry.name] = place ? { ...fields, declaredAt: place } : fields;
  }
  return wrong ? undefined : record;
}

function within(name: string, problem: Problem): Problem {
  return { ...problem, message: `In “${name}”: ${problem.message}` };
}

function withoutDeclaredAt(node: Node & { kind: 'map' }): Node {
  return { ...node, entries: node.entries.filter((entry) => entry.name !== 'declaredAt') };
}

function declaredAtOf(node: Node): { file: string; line: number } | undefined {
  const place = node.kind === 'map' ? node.entries.find((entry) => entry.name === 'declaredAt')?.value : undefined;
  if (place?.kind !== 'map') return undefined;
  const parts = new Map(
    place.entries.map((entry) => [entry.name, entry.value.kind === 'scalar' ? entry.value.value : null]),
  );
  return { file: String(parts.get('file')), line: Number(parts.get('line')) };
}

/** An option of the table itself, never what objects inherit. */
export function ownOption(table: OptionTable, name: string): OptionTable[string] | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function unknownOption(entry: Entry, names: readonly string[], prefix: string): Problem {
  return {
    message: `${quote(prefix + entry.name)} is not an option.${didYouMean(entry.name, names, prefix)}`,
    at: entry.at,
  };
}

/** A name that nobody declared, made harmless for a terminal or log; what looks like a key is not repeated. */
export function quote(name: string): string {
  if (/rk_|[A-Za-z0-9_-]{26}/.test(name)) return 'This';
  const short = name.length > 40 ? `${name.slice(0, 40)}…` : name;
  return `“${short.replaceAll(/[^\x20-\x7e…]/g, '?')}”`;
}

/** Numbers, switches and words from a fixed list are shown; free text could be a secret in the wrong place. */
function got(schema: LeafOption, node: Node): string {
  if (node.kind === 'scalar' && !schema.secret) {
    const { value } = node;
    if (typeof value === 'number' || typeof value === 'boolean') return `is ${value}`;
    if (typeof value === 'string' && value.length <= 16 && (schema.type === 'number' || schema.type === 'switch'))
      return `is ${quote(value)}`;
  }
  return node.kind === 'scalar' && typeof node.value === 'string' ? 'cannot be read' : `is ${kindInWords(node)}`;
}

function isNothing(node: Node): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** Control characters have no place in any option and would reach logs and terminals. */
function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
