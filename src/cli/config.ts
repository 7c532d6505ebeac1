import { printSettings, settingsAsJson } from '../config/print.ts';
import type { CommandContext } from './command-context.ts';

/** `roomcast config` */
export async function config({ effective, stdout }: CommandContext): Promise<number> {
  stdout.write(`${effective.flags.has('json') ? settingsAsJson(effective) : printSettings(effective)}\n`);
  return 0;
}
