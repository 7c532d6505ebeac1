import type { OwnFlag } from '../config/flags.ts';
import { type Action, runAction } from './actions.ts';
import type { CommandContext } from './command-context.ts';
import { keyActions } from './key.ts';
import { roomPeopleActions } from './room-people.ts';
import { roomSettings } from './room-settings.ts';
import { roomActions } from './room.ts';
import { tokenActions } from './token.ts';
import { userActions } from './user.ts';

export interface Command {
  readonly name: string;
  /** Positional arguments for the usage line. */
  readonly takes: string;
  /** What it can do, by its words, where that is more than one thing. */
  readonly actions?: readonly Action[];
  readonly minArguments?: number;
  readonly maxArguments: number;
  readonly summary: string;
  /** More words for `roomcast help NAME`. */
  readonly details: string;
  readonly flags: readonly (OwnFlag & { readonly description: string })[];
  /** The options that it takes as flags: all, or those named. */
  readonly options: 'all' | readonly string[];
  /** Loaded when it runs, so that a start costs only what it needs. Gives the exit status. */
  readonly load: () => Promise<(context: CommandContext) => Promise<number>>;
}

/** For commands that only need to find the data folder. */
const place = ['data', 'config'] as const;

const json = { name: 'json', description: 'Print JSON, as the API gives it.' } as const;

/** One that is a table of actions: those count its words, and run it. */
type OfActions = Omit<Command, 'maxArguments' | 'load' | 'actions'> & Required<Pick<Command, 'actions'>>;

/** Every command, in the order of the help. */
export const commands: readonly Command[] = (
  [
    {
      name: 'serve',
      takes: '',
      maxArguments: 0,
      summary: 'run the server (also without a command)',
      details: 'Prints one line with the link that opens the owner’s page, then runs until it gets SIGINT or SIGTERM.',
      flags: [],
      options: 'all',
      load: async () => (await import('./serve.ts')).serve,
    },
    {
      name: 'link',
      takes: '[SLUG]',
      maxArguments: 1,
      summary: 'print a fresh link that opens the owner’s page',
      details: 'The link works once and ends after 24 hours or with the next start. It needs a running server.',
      flags: [],
      options: place,
      load: async () => (await import('./link.ts')).link,
    },
    {
      name: 'key',
      takes: 'SLUG [ACTION …]',
      summary: 'print a room’s publish key; --new makes another first',
      details:
        'Prints the key alone on one line. A publisher that uses a key that was replaced or revoked is cut within two seconds.',
      actions: keyActions,
      flags: [{ name: 'new', description: 'Replace the key by a new one first.' }, json],
      options: place,
    },
    {
      name: 'room',
      takes: '[ACTION …]',
      summary: 'list the rooms, make them, and look after them',
      details:
        'Without an action it lists the rooms, one a line. A room that is archived keeps everything, and nobody but its owner enters.',
      actions: [...roomActions, ...roomPeopleActions],
      flags: [
        ...roomSettings.map(({ flag, value, description }) => ({
          name: flag,
          ...(value === undefined ? {} : { value }),
          description: `With create and set: ${description.slice(0, 1).toLowerCase()}${description.slice(1)}`,
        })),
        { name: 'viewer', value: 'NAME', description: 'With link: who is counted as watching by it.' },
        { name: 'minutes', value: 'NUMBER', description: 'With link and ban: for how long. Default: for ever.' },
        { name: 'reason', value: 'TEXT', description: 'With ban: what they are told.' },
        { name: 'before', value: 'NUMBER', description: 'With log: what came before the entry of that number.' },
        json,
      ],
      options: place,
    },
    {
      name: 'user',
      takes: '[ACTION …]',
      summary: 'list the accounts, make them, and look after them',
      details:
        'Without an action it lists the accounts, one a line. A password that is made is printed alone on one line; its owner can change it on the page. Who has another password, is disabled or removed is signed out everywhere. “add NAME --bot” makes an account for a program and prints the token by which it reads and writes in chats.',
      actions: userActions,
      flags: [
        { name: 'bot', description: 'With add: an account for a program, with a token in place of a password.' },
        { name: 'name', value: 'NAME', description: 'With set: another name.' },
        {
          name: 'email',
          value: 'ADDRESS',
          description: 'With add and set: the e-mail address; with set “none” takes it away.',
        },
        { name: 'password', description: 'With add and password: reads one of your own from standard input.' },
        json,
      ],
      options: place,
    },
    {
      name: 'token',
      takes: '',
      summary: 'print a bearer token for the API; list or revoke those there are',
      details:
        'Use it as “Authorization: Bearer TOKEN”. Keep it as you would keep a password. --list prints one token a line: id, scope, when it was made, last used and ends, name; never the token itself. One that is revoked is worth nothing from then on.',
      actions: tokenActions,
      flags: [
        {
          name: 'scope',
          value: 'SCOPE',
          description:
            'What it may be used for: read, chat, manage or admin, each with those before it. Default: admin, for a bot chat.',
        },
        { name: 'name', value: 'TEXT', description: 'What the list shows it by.' },
        { name: 'days', value: 'NUMBER', description: 'After how many days it ends. Default: never.' },
        { name: 'account', value: 'NAME', description: 'The bot that it is for.' },
        { name: 'list', description: 'List the tokens that there are.' },
        { name: 'revoke', value: 'ID', description: 'Make the token of this id worthless.' },
        json,
      ],
      options: place,
    },
    {
      name: 'push',
      takes: 'FILE URL',
      minArguments: 2,
      maxArguments: 2,
      summary: 'publish a media file to an RTMP address, live',
      details:
        'Sends an MP4, MOV, MKV, WebM or FLV file at the pace at which it is to be seen, as it is: rtmp://HOST[:PORT]/APP/NAME is any RTMP server, rtmps:// one with TLS. How it goes stands on standard error. A connection that is lost is made anew, and the film goes on where it would be by then. Ctrl-C ends the broadcast cleanly.',
      flags: [
        { name: 'loop', description: 'Start over at the end, with times that go on.' },
        { name: 'transcode', description: 'Encode anew, to H.264 and AAC, with the ffmpeg of this machine.' },
        {
          name: 'size',
          value: 'WIDTHxHEIGHT',
          description: 'With --transcode: fit the picture into so many pixels. Default: as it is.',
        },
        { name: 'fps', value: 'NUMBER', description: 'With --transcode: frames per second. Default: as it is.' },
        { name: 'bitrate', value: 'RATE', description: 'With --transcode: of the picture, in bit/s. Default: 2500k.' },
        { name: 'gop', value: 'SECONDS', description: 'With --transcode: time between key frames. Default: 2s.' },
      ],
      options: [],
      load: async () => (await import('./push.ts')).push,
    },
    {
      name: 'probe',
      takes: 'FILE|URL',
      minArguments: 1,
      maxArguments: 1,
      summary: 'tell what is in a media file or a live stream',
      details:
        'Takes an MP4, MOV, MKV, WebM or FLV file, or the address of a live stream: rtmp://…, rtmps://…, http://….flv, https://….flv. A stream is measured for a few seconds, up to two key frames, and left.',
      flags: [{ name: 'json', description: 'Print JSON: seconds, bit/s; absent is what does not apply.' }],
      options: [],
      load: async () => (await import('./probe.ts')).probe,
    },
    {
      name: 'config',
      takes: '',
      maxArguments: 0,
      summary: 'print the effective options and where each comes from',
      details: 'Takes the same flags as serve, so that you can see what they would do. Secrets are never printed.',
      flags: [{ name: 'json', description: 'Print JSON.' }],
      options: 'all',
      load: async () => (await import('./config.ts')).config,
    },
  ] satisfies (Command | OfActions)[]
).map((command: Command | OfActions) => ('load' in command ? command : ofActions(command)));

function ofActions(about: OfActions): Command {
  const command: OfActions & Command = {
    ...about,
    maxArguments: Math.max(...about.actions.map(({ usage }) => usage.split(' ').length)),
    load: async () => (context) => runAction(command, context),
  };
  return command;
}

export function commandNamed(name: string): Command | undefined {
  return commands.find((command) => command.name === name);
}
