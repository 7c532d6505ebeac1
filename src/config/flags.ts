import { parseArgs } from 'node:util';
import type { Problem, Setting } from './check.ts';
import { checkLeaf, quote } from './check.ts';
import { didYouMean } from './near.ts';
import type { Node } from './node.ts';
import { environmentName, flagName, leavesOf, type Leaf, type LeafOption, type OptionTable } from './schema.ts';

/** A flag that a command takes besides options. */
export interface OwnFlag {
  readonly name: string;
  /** Placeholder of its value; absent for a switch. */
  readonly value?: string;
}

export interface Parsed {
  /** Options by their full names. */
  readonly settings: ReadonlyMap<string, Setting>;
  /** The command's own flags that were given; a switch is `true`. */
  readonly own: ReadonlyMap<string, string | true>;
  readonly positionals: readonly string[];
}

/** Reads the command line. Unknown flags, missing and wrong values are reported. */
export function readFlags(
  argv: readonly string[],
  options: { table: OptionTable; own: readonly OwnFlag[]; report: (problem: Problem) => void },
): Parsed {
  const { report } = options;
  const leaves = new Map(
    leavesOf(options.table).flatMap((leaf) => (leaf.schema.flag === undefined ? [] : [[flagName(leaf.name), leaf]])),
  );
  const takesValue = new Map<string, boolean>([
    ...[...leaves].map(([name, leaf]): [string, boolean] => [name, leaf.schema.type !== 'switch']),
    ...options.own.map((flag): [string, boolean] => [flag.name, flag.value !== undefined]),
  ]);
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: {
      ...Object.fromEntries(
        [...takesValue].map(([name, value]) => [name, { type: value ? 'string' : 'boolean' } as const]),
      ),
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
    },
  });
  const settings = new Map<string, Setting>();
  const own = new Map<string, string | true>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const name = token.name.startsWith('no-') && !takesValue.has(token.name) ? token.name.slice(3) : token.name;
    const off = name !== token.name;
    const needs = takesValue.get(name);
    if (needs === undefined || (off && needs)) {
      const known = [...takesValue.keys()];
      report({ message: `${quote(token.rawName)} is not a flag here.${didYouMean(token.name, known, '--')}` });
    } else if (needs && !token.value)
      report({ message: `${token.rawName} needs a value: ${token.rawName} ${placeholder(name)}.` });
    else if (!needs && token.value !== undefined) report({ message: `--${name} takes no value.` });
    else {
      const leaf = leaves.get(name);
      if (leaf) take(leaf, needs ? token.value! : String(!off), token.rawName);
      else if (!off) own.set(name, token.value ?? true);
    }
  }
  return { settings, own, positionals };

  function placeholder(name: string): string {
    return leaves.get(name)?.schema.flag ?? options.own.find((flag) => flag.name === name)?.value ?? 'VALUE';
  }

  function take(leaf: Leaf, text: string, rawName: string): void {
    const value = checkText(leaf, text, (problem) => report({ message: `${rawName}: ${problem.message}` }));
    if (value !== undefined) settings.set(leaf.name, { value });
  }
}

/** Reads `ROOMCAST_…`. What is wrong is reported; names that mean nothing are only worth a warning. */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  options: { table: OptionTable; report: (problem: Problem) => void; warn: (message: string) => void },
): Map<string, Setting> {
  const leaves = new Map(
    leavesOf(options.table)
      .filter((leaf) => leaf.schema.type !== 'record')
      .map((leaf) => [environmentName(leaf.name), leaf]),
  );
  const settings = new Map<string, Setting>();
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith('ROOMCAST_') || text === undefined || text === '') continue;
    const leaf = leaves.get(name);
    if (!leaf) {
      // A container platform sets such names by itself for a service called “roomcast”, so this cannot be an error.
      options.warn(`${quote(name)} in the environment is not an option.${didYouMean(name, [...leaves.keys()])}`);
      continue;
    }
    const value = checkText(leaf, text, (problem) => options.report({ message: `${name}: ${problem.message}` }));
    if (value !== undefined) settings.set(leaf.name, { value });
  }
  return settings;
}

/** Checks a value given as text, as flags and the environment give all values. */
function checkText(leaf: Leaf, text: string, report: (problem: Problem) => void): unknown {
  return checkLeaf(leaf.name, leaf.schema, nodeOfText(leaf.schema, text.trim()), { table: {}, report });
}

function nodeOfText(schema: LeafOption, text: string): Node {
  if (schema.type === 'list') {
    const items = text.split(',').map((item): Node => ({ kind: 'scalar', value: item.trim() }));
    return { kind: 'list', items: text === '' ? [] : items };
  }
  if (schema.type === 'switch') {
    const word = text.toLowerCase();
    if (['true', 'yes', 'on', '1'].includes(word)) return { kind: 'scalar', value: true };
    if (['false', 'no', 'off', '0'].includes(word)) return { kind: 'scalar', value: false };
  }
  if (schema.type === 'number' && /^-?\d+(?:\.\d+)?$/.test(text)) return { kind: 'scalar', value: Number(text) };
  return { kind: 'scalar', value: text };
}
