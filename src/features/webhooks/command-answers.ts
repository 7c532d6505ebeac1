import { RoomcastError } from '../../errors.ts';
import type { Identity } from '../../live/access.ts';
import type { Scheduler } from '../../live/scheduler.ts';
import type { ChatCommand, CommandAnswer, Services, Speaker } from '../../plugin.ts';
import type { Command, CommandDirectory } from './command-directory.ts';
import { EndpointLine } from './endpoint-line.ts';
import { eventBody } from './hook-event.ts';
import type { SendPost } from './signed-post.ts';

export interface CommandAnswersOptions {
  commands: CommandDirectory;
  services: Pick<Services, 'accounts' | 'rooms'>;
  scheduler: Pick<Scheduler, 'now' | 'wall'>;
  send: SendPost;
  /** µs */
  time: number;
  /** Ends every question. */
  signal: AbortSignal;
}

/** Answers what people type behind a slash: `/help` by itself, the rest by asking the server that its owner has named. */
export class CommandAnswers {
  readonly #options: CommandAnswersOptions;
  readonly #lines = new Map<string, EndpointLine>();

  constructor(options: CommandAnswersOptions) {
    this.#options = options;
  }

  /** Undefined for a name that the room does not know. Rejects with `no-answer`. */
  answer(slug: string, speaker: Speaker, { name, rest }: ChatCommand): Promise<CommandAnswer> | undefined {
    const room = this.#options.services.rooms.idOf(slug);
    if (room === undefined) return undefined;
    if (name === 'help') return Promise.resolve(this.#help(room));
    const command = this.#options.commands.find(room, name);
    return command && this.#ask(command, { slug, speaker, rest });
  }

  forget({ id }: Command): void {
    this.#lines.delete(id);
  }

  #help(room: string): CommandAnswer {
    const lines = this.#options.commands.list(room).map(({ name, help }) => `/${name} – ${help}`);
    const text = lines.length === 0 ? 'This room has no commands.' : lines.join('\n');
    return { text, to: 'me', by: { id: 'help', kind: 'server', name: '/help', admin: false } };
  }

  async #ask(
    command: Command,
    { slug, speaker, rest }: { slug: string; speaker: Speaker; rest: string },
  ): Promise<CommandAnswer> {
    const { commands, services, scheduler, time, signal } = this.#options;
    const { id: who, name } = speaker.identity!;
    const user = { id: who, name, role: services.rooms.roleOf(slug, speaker) };
    const data = { command: command.name, text: rest, user };
    const { id, body } = eventBody({ type: 'command', room: slug, data, now: scheduler.wall() });
    const { url } = command;
    const post = { url, secrets: [commands.secretOf(command)], id, body, time, signal };
    const answer = await this.#line(command).ask(post, () => {});
    if (!answer) throw new RoomcastError('no-answer', `Nobody answers “/${command.name}” at the moment.`);
    const { text, to } = answer;
    return { text: typeof text === 'string' ? text : '', to: to === 'room' ? 'room' : 'me', by: this.#bot(command) };
  }

  /** Who says the answer: the bot, or else the command itself, by a name that nobody can have. */
  #bot({ id, name, bot }: Command): Identity {
    const account = bot === undefined ? undefined : this.#options.services.accounts.find(bot);
    if (account?.name !== undefined && !account.disabled)
      return { id: account.id, kind: 'account', name: account.name, admin: false };
    return { id, kind: 'account', name: `/${name}`, admin: false };
  }

  #line({ id }: Command): EndpointLine {
    let line = this.#lines.get(id);
    if (!line) this.#lines.set(id, (line = new EndpointLine(this.#options)));
    return line;
  }
}
