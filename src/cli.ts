import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import type { CommandContext } from './cli/command-context.ts';
import { commandNamed, commands, type Command } from './cli/commands.ts';
import { loadOptions, WrongUsage } from './config/load.ts';
import { didYouMean } from './config/near.ts';
import { RoomcastError } from './errors.ts';

/** The command line: argv, environment and file → options → command → exit status. */

/** After this much more than the drain time, a stop that hangs is cut short. */
const STOP_MARGIN_MS = 2000;
/** From a terminal, a service manager, and a terminal that is gone. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Signals this close together are one. */
const SAME_SIGNAL_MS = 500;

async function main(argv: readonly string[]): Promise<number> {
  const [first = '', ...rest] = argv;
  const asked = argv.includes('--help') || argv.includes('-h');
  if (first === 'help' || asked) return help(first === 'help' ? rest[0] : first);
  if (first === 'version' || argv.includes('--version') || argv.includes('-v')) {
    process.stdout.write(`${await version()}\n`);
    return 0;
  }
  const named = first !== '' && !first.startsWith('-');
  const command = commandNamed(named ? first : 'serve');
  if (!command) throw unknownCommand(first);
  // A command that takes no options has nothing to do with a server's, which may be wrong.
  const takesOptions = command.options.length > 0;
  const effective = await loadOptions({
    argv: named ? rest : argv,
    env: takesOptions ? process.env : {},
    cwd: process.cwd(),
    readFile: takesOptions ? textOf : async () => undefined,
    flags: command.flags,
    ...(command.options === 'all' ? {} : { flagNames: command.options }),
  });
  checkArguments(command, effective.positionals);
  const run = await command.load();
  const context: CommandContext = { effective, stdout: process.stdout, stderr: process.stderr, signals };
  return run(context);

  /** The first signal is the command's to answer; a second one, or a stop that hangs, ends the process. */
  function signals(stop: (signal: NodeJS.Signals) => void, reload?: () => void): void {
    let stopping: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      const now = performance.now();
      // A terminal and npm both pass on the same Ctrl-C.
      if (stopping !== undefined && now - stopping < SAME_SIGNAL_MS) return;
      if (stopping !== undefined) process.exit(128 + constants.signals[signal]);
      stopping = now;
      setTimeout(() => process.exit(1), effective.settings.drain * 1000 + STOP_MARGIN_MS).unref();
      stop(signal);
    };
    for (const signal of STOP_SIGNALS) process.on(signal, signal === 'SIGHUP' && reload ? reload : onSignal);
  }
}

function checkArguments(command: Command, given: readonly string[]): void {
  const usage = `Usage: roomcast ${command.name} ${command.takes}`.trim();
  if (given.length > command.maxArguments) throw new WrongUsage(`“${command.name}” takes fewer words. ${usage}`);
  if (given.length < (command.minArguments ?? 0)) throw new WrongUsage(`“${command.name}” needs more. ${usage}`);
}

async function help(name: string | undefined): Promise<number> {
  const { about, overview } = await import('./cli/help.ts');
  const command = name === undefined || name.startsWith('-') ? undefined : commandNamed(name);
  if (name !== undefined && !name.startsWith('-') && !command) throw unknownCommand(name);
  process.stdout.write(command ? about(command) : overview());
  return 0;
}

function unknownCommand(name: string): WrongUsage {
  const names = [...commands.map((command) => command.name), 'help', 'version'];
  return new WrongUsage(`There is no command “${name.slice(0, 40)}”.${didYouMean(name, names)}`);
}

async function version(): Promise<string> {
  const text = await readFile(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new RoomcastError(
      'bad-config',
      `${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}.`,
    );
  }
}

/** Says what went wrong in words; the stack is for faults of the program itself. */
function explain(error: unknown): number {
  if (error instanceof WrongUsage) {
    process.stderr.write(`roomcast: ${error.message}\nRun “roomcast help” to see what there is.\n`);
    return 2;
  }
  if (error instanceof RoomcastError && error.code !== 'internal') process.stderr.write(`roomcast: ${error.message}\n`);
  else process.stderr.write(`roomcast: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}

// A reader that went away, as “| head” does, ends nothing by itself.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
const status = await main(process.argv.slice(2)).catch(explain);
process.stdout.write('', () => process.exit(status));
