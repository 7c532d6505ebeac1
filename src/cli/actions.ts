import { WrongUsage } from '../config/load.ts';
import type { AdminApi } from './admin-api.ts';
import type { CommandContext } from './command-context.ts';

/** One thing that a command does. Its table says which words ask for it, and the help is written from that. */
export interface Action {
  /** The words behind the command: those in capitals stand for any. */
  readonly usage: string;
  readonly does: string;
  /** Own flags of the command that it takes, beside --json. */
  readonly flags?: readonly string[];
  /** What is asked for on standard input, before anything else is done. */
  readonly secret?: (flags: Flags) => string | undefined;
  run(call: ActionCall): Promise<Outcome>;
}

export type Flags = ReadonlyMap<string, string | true>;

export interface ActionCall {
  readonly api: AdminApi;
  /** A server runs, and will know of what it keeps in memory. */
  readonly runs: boolean;
  /** What was given for the words in capitals. */
  readonly words: readonly string[];
  readonly flags: Flags;
  readonly secret: string;
}

export interface Outcome {
  /** What the API answered, for --json. */
  readonly answer?: unknown;
  /** The result for people, one a line. */
  readonly lines?: readonly string[];
  /** What was done, where there is no result. */
  readonly note?: string;
}

/** A command that is a table of actions. */
export interface ActionTable {
  readonly name: string;
  readonly actions: readonly Action[];
}

/** Runs the action that the words ask for. Throws `WrongUsage`. */
export async function runAction(command: ActionTable, context: CommandContext): Promise<number> {
  const { effective, stdout, stderr } = context;
  const { flags, positionals } = effective;
  const { action, words } = find(command, positionals);
  const may = new Set(['json', ...(action.flags ?? [])]);
  const wrong = [...flags.keys()].find((name) => !may.has(name));
  if (wrong !== undefined) {
    const others = command.actions.filter((other) => other.flags?.includes(wrong)).map(nameOf(command));
    throw new WrongUsage(`--${wrong} belongs to ${others.join(', ')}.`);
  }
  const prompt = action.secret?.(flags);
  const { readSecret } = await import('./secret-input.ts');
  const secret = prompt === undefined ? '' : await readSecret(prompt, stderr);
  const { beside } = await import('./beside.ts');
  const {
    answer,
    lines = [],
    note,
  } = await beside(context, (api, runs) => action.run({ api, runs, words, flags, secret }));
  if (!flags.has('json')) for (const line of lines) stdout.write(`${plain(line)}\n`);
  else if (answer !== undefined) stdout.write(`${JSON.stringify(answer, undefined, 2)}\n`);
  if (note !== undefined) stderr.write(`${plain(note)}\n`);
  return 0;
}

function find(command: ActionTable, given: readonly string[]): { action: Action; words: readonly string[] } {
  for (const action of command.actions) {
    const pattern = action.usage === '' ? [] : action.usage.split(' ');
    if (pattern.length !== given.length) continue;
    if (pattern.every((word, at) => isAny(word) || word === given[at]))
      return { action, words: given.filter((_word, at) => isAny(pattern[at]!)) };
  }
  const asked = command.actions.filter(({ usage }) => usage.split(' ')[0] === given[0]);
  const all = (asked.length > 0 ? asked : command.actions).map(nameOf(command));
  throw new WrongUsage(`Usage: ${all.join('\n       ')}`);
}

const nameOf =
  ({ name }: ActionTable) =>
  ({ usage }: Action): string =>
    `roomcast ${name} ${usage}`.trim();

function isAny(word: string): boolean {
  return word === word.toUpperCase();
}

/** Without what would move a terminal's cursor. */
function plain(line: string): string {
  return line.replaceAll(/[^\P{C}\t]/gu, '\u{FFFD}');
}

/** The text of a flag. */
export function textOf(flags: Flags, name: string): string | undefined {
  const value = flags.get(name);
  return value === true ? undefined : value;
}

/** The whole number of a flag. Throws `WrongUsage`. */
export function numberOf(flags: Flags, name: string): number | undefined {
  const text = textOf(flags, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new WrongUsage(`--${name} takes a whole number.`);
  return Number(text);
}

/** An object of what is there. */
export function given(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** A line of a list; what is absent is “-”. */
export function row(...cells: readonly (string | number | undefined)[]): string {
  return cells.map((cell) => cell ?? '-').join('\t');
}
