import { resolve } from 'node:path';
import { RoomcastError } from '../errors.ts';
import type { Problem, Setting } from './check.ts';
import { coreOptions } from './core.ts';
import { readEnvironment, readFlags, type OwnFlag } from './flags.ts';
import { environmentName, flagName, leavesOf, type OptionTable } from './schema.ts';
import { assemble, checkTogether, refuse, type Settings } from './settings.ts';

/** Read when it is there and no other file is named. */
export const DEFAULT_FILE = 'roomcast.yaml';

export interface LoadOptions {
  /** Flags and the command's words, without the program's own name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The text of a file, or undefined when there is none. */
  readonly readFile: (path: string) => Promise<string | undefined>;
  readonly table?: OptionTable;
  /** Flags of the command besides the options. */
  readonly flags?: readonly OwnFlag[];
  /** The options that may be given as flags; all by default. */
  readonly flagNames?: readonly string[];
}

/** Everything the sources say, and who said it. */
export interface Effective {
  readonly settings: Settings;
  /** Full option name → where its value comes from, in words. */
  readonly origins: ReadonlyMap<string, string>;
  /** Absolute path of the file that was read. */
  readonly file: string | undefined;
  readonly flags: ReadonlyMap<string, string | true>;
  readonly positionals: readonly string[];
  readonly warnings: readonly string[];
}

/** A command line that cannot be meant: the program ends with status 2. */
export class WrongUsage extends RoomcastError {
  constructor(message: string) {
    super('bad-request', message);
    this.name = 'WrongUsage';
  }
}

/**
 * Reads all sources: a flag beats the environment, that beats the file, that beats the default. Throws `WrongUsage` for
 * the command line and `bad-config` for the rest, with every problem on a line of its own.
 */
export async function loadOptions(options: LoadOptions): Promise<Effective> {
  const { argv, env, cwd, readFile, table = coreOptions, flags: own = [] } = options;
  const wrongFlags: Problem[] = [];
  const flagged = options.flagNames === undefined ? table : only(table, options.flagNames);
  const flags = readFlags(argv, { table: flagged, own, report: (problem) => wrongFlags.push(problem) });
  if (wrongFlags.length > 0) throw new WrongUsage(wrongFlags.map((problem) => problem.message).join('\n'));

  const wrongEnv: Problem[] = [];
  const warnings: string[] = [];
  const environment = readEnvironment(env, {
    table,
    report: (problem) => wrongEnv.push(problem),
    warn: (message) => warnings.push(message),
  });
  refuse(wrongEnv);

  const named = flags.settings.get('config') ?? environment.get('config');
  const shown = named === undefined ? DEFAULT_FILE : String(named.value);
  const path = resolve(cwd, shown);
  const text = await readFile(path);
  if (text === undefined && named !== undefined)
    throw new RoomcastError('bad-config', `There is no file ${path} to read.`);
  const wrongFile: Problem[] = [];
  let fromFile = new Map<string, Setting>();
  if (text !== undefined) {
    const { readYaml } = await import('./yaml.ts');
    fromFile = readYaml({ text, table, file: shown, report: (problem) => wrongFile.push(problem) });
  }
  refuse(wrongFile, shown);

  const origins = new Map<string, string>();
  const given = new Map<string, Setting>();
  for (const { name } of leavesOf(table)) {
    const layers: [Setting | undefined, () => string][] = [
      [flags.settings.get(name), () => `flag --${flagName(name)}`],
      [environment.get(name), () => `environment ${environmentName(name)}`],
      [fromFile.get(name), () => `${shown}:${fromFile.get(name)!.at?.line ?? 1}`],
    ];
    const layer = layers.find(([setting]) => setting !== undefined);
    if (layer) given.set(name, layer[0]!);
    origins.set(name, layer ? layer[1]() : 'default');
  }
  const settings = assemble(given, table);
  const together: Problem[] = [];
  checkTogether(settings, given, { table, report: (problem) => together.push(problem) });
  refuse(together, text === undefined ? '' : shown);
  return {
    settings,
    origins,
    file: text === undefined ? undefined : path,
    flags: flags.own,
    positionals: flags.positionals,
    warnings,
  };
}

/** The part of a table with these names. */
export function only(table: OptionTable, names: readonly string[]): OptionTable {
  return Object.fromEntries(Object.entries(table).filter(([name]) => names.includes(name)));
}
