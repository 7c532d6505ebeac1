import type { CommandContext } from '../src/cli/command-context.ts';
import { commandNamed } from '../src/cli/commands.ts';
import { loadOptions } from '../src/config/load.ts';

/** `roomcast WORDS --data FOLDER` within this process. Rejects as it fails. */
export async function roomcast(data: string, ...words: string[]): Promise<{ stdout: string; stderr: string }> {
  const [name, ...argv] = words;
  const command = commandNamed(name!)!;
  const effective = await loadOptions({
    argv: [...argv, '--data', data],
    env: {},
    cwd: data,
    readFile: async () => undefined,
    flags: command.flags,
    flagNames: command.options as readonly string[],
  });
  const said = { stdout: '', stderr: '' };
  const output = (to: keyof typeof said): { write: (text: string) => void } => ({
    write: (text) => void (said[to] += text),
  });
  const run = await command.load();
  const context: CommandContext = {
    effective,
    stdout: output('stdout'),
    stderr: output('stderr'),
    signals: () => {},
  };
  await run(context);
  return said;
}
