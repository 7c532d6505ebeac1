import { ProtocolError } from '../../errors.ts';
import type { Command } from './command.ts';
import { entryCommands } from './entry-commands.ts';
import { readLine } from './line.ts';
import { moderationCommands } from './moderation-commands.ts';
import type { Peer } from './peer.ts';
import { peopleCommands } from './people-commands.ts';
import { refusalOf } from './refusal.ts';
import { roomCommands } from './room-commands.ts';
import { talkCommands } from './talk-commands.ts';
import { serverCommands } from './welcome.ts';

const commands: ReadonlyMap<string, Command> = new Map(
  [entryCommands, serverCommands, roomCommands, talkCommands, peopleCommands, moderationCommands].flatMap((rows) =>
    Object.entries(rows),
  ),
);

/** Does what one line says. Never throws: whatever goes wrong is told to who said it. */
export async function obey(peer: Peer, bytes: Uint8Array): Promise<void> {
  try {
    const line = readLine(bytes);
    const command = commands.get(line.command);
    if (!command) {
      if (peer.isRegistered) peer.reply('unknownCommand', line.command, 'This command is not known here.');
      else peer.reply('notRegistered', 'Say who you are first.');
    } else if (!peer.isRegistered && !command.early) peer.reply('notRegistered', 'Say who you are first.');
    else if (line.params.length < command.least) peer.reply('needMoreParams', line.command, 'There is more to say.');
    else await command.run(peer, line.params, line);
  } catch (error) {
    refuseLine(peer, error);
  }
}

/** Tells somebody why a line of theirs was not read. */
export function refuseLine(peer: Peer, error: unknown): void {
  if (error instanceof ProtocolError) {
    if (error.code === 'limit-exceeded') peer.reply('tooLong', error.message);
    return;
  }
  peer.note(refusalOf(peer, error).message);
}
