import { readFile } from 'node:fs/promises';
import type { Room } from '../client/messages.ts';
import type { AuditEntry } from '../client/room-api.ts';
import { WrongUsage } from '../config/load.ts';
import { RoomcastError } from '../errors.ts';
import { type Action, type Flags, given, numberOf, type Outcome, row, textOf } from './actions.ts';
import { roomSettings, settingsFrom } from './room-settings.ts';

const settingFlags = roomSettings.map(({ flag }) => flag);
const secret = (flags: Flags): string | undefined => (flags.has('password') ? 'Password of the room' : undefined);

/** The address of a room, or of something of it. */
export function roomAt(slug: string | undefined, rest = ''): string {
  return `rooms/${encodeURIComponent(slug ?? '')}${rest}`;
}

const list: Action = {
  usage: 'list',
  does: 'list the rooms: slug, state, viewers, title',
  async run({ api }) {
    const answer = await api.call<{ rooms: Room[] }>('GET', 'rooms');
    return { answer, lines: answer.rooms.map(line) };
  },
};

/** `roomcast room …`: the rooms themselves. */
export const roomActions: readonly Action[] = [
  { ...list, usage: '' },
  list,
  {
    usage: 'show SLUG',
    does: 'all about one, a line each',
    async run({ api, words: [slug] }) {
      const answer = await api.call<Room>('GET', roomAt(slug));
      return { answer, lines: Object.entries(answer).map(([name, value]) => `${name}: ${inWords(value)}`) };
    },
  },
  {
    usage: 'create SLUG',
    does: 'make one, with what the flags say',
    flags: settingFlags,
    secret,
    async run({ api, words: [slug], flags, secret: password }) {
      return one(await api.call<Room>('POST', 'rooms', { slug, ...settingsFrom(flags, password) }));
    },
  },
  {
    usage: 'set SLUG',
    does: 'change what the flags say',
    flags: settingFlags,
    secret,
    async run({ api, words: [slug], flags, secret: password }) {
      const change = settingsFrom(flags, password);
      if (Object.keys(change).length === 0)
        throw new WrongUsage(`“room set” needs one of ${settingFlags.map((flag) => `--${flag}`).join(', ')}.`);
      return one(await api.call<Room>('PATCH', roomAt(slug), change));
    },
  },
  {
    usage: 'rename SLUG NEW',
    does: 'give it another address, while nothing is live',
    run: async ({ api, words: [slug, next] }) => one(await api.call('POST', roomAt(slug, '/rename'), { slug: next })),
  },
  ...(['archive', 'unarchive'] as const).map((verb): Action => ({
    usage: `${verb} SLUG`,
    does: verb === 'archive' ? 'put it away, with everything that it has' : 'take it back',
    run: async ({ api, words: [slug] }) => one(await api.call('POST', roomAt(slug, `/${verb}`))),
  })),
  {
    usage: 'cover SLUG remove',
    does: 'take its picture away',
    async run({ api, words: [slug] }) {
      await api.call('DELETE', roomAt(slug, '/cover'));
      return { note: `${slug} has no cover any more.` };
    },
  },
  {
    usage: 'cover SLUG FILE',
    does: 'give it a picture: JPEG, PNG or WebP',
    async run({ api, words: [slug, file] }) {
      const answer = await api.call<{ cover: string }>('PUT', roomAt(slug, '/cover'), await bytesOf(file!));
      return { answer, lines: [answer.cover] };
    },
  },
  {
    usage: 'link SLUG',
    does: 'print a signed link that opens the room; --viewer, --minutes',
    flags: ['viewer', 'minutes'],
    async run({ api, words: [slug], flags }) {
      const body = given({ viewer: textOf(flags, 'viewer'), minutes: numberOf(flags, 'minutes') });
      const answer = await api.call<{ url: string }>('POST', roomAt(slug, '/passes'), body);
      return { answer, lines: [answer.url] };
    },
  },
  {
    usage: 'link SLUG end',
    does: 'make all signed links of the room worthless',
    async run({ api, words: [slug] }) {
      await api.call('DELETE', roomAt(slug, '/passes'));
      return { note: `The links of ${slug} open nothing any more.` };
    },
  },
  {
    usage: 'log SLUG',
    does: 'who changed what: number, time, who, from where, what; --before',
    flags: ['before'],
    async run({ api, words: [slug], flags }) {
      const before = numberOf(flags, 'before');
      const page = before === undefined ? '' : `?before=${before}`;
      const answer = await api.call<{ entries: AuditEntry[] }>('GET', roomAt(slug, `/audit${page}`));
      return { answer, lines: answer.entries.map(deed) };
    },
  },
];

function one(answer: Room): Outcome {
  return { answer, lines: [line(answer)] };
}

/** A room that was put away is that, whatever it would be. */
function line({ slug, state, archived, viewers, title }: Room): string {
  return row(slug, archived === undefined ? state : 'archived', viewers, title);
}

function deed({ id, at, who, name, remote, action, details }: AuditEntry): string {
  const more = Object.entries(details).map(([key, value]) => `${key}=${inWords(value)}`);
  return row(id, at, name ?? who, remote, action, more.join(' '));
}

function inWords(value: unknown): string {
  return typeof value === 'string' && !/[\p{C}]/u.test(value) ? value : JSON.stringify(value);
}

async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code = 'unknown reason' } = cause as NodeJS.ErrnoException;
    throw new RoomcastError('not-found', `${file} cannot be read: ${code}.`, { cause });
  }
}
