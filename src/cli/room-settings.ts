import { WrongUsage } from '../config/load.ts';
import { type Flags, numberOf, textOf } from './actions.ts';

/** What of a room can be set: the flag, how the API calls it, and how its value is written. */
interface RoomSetting {
  readonly flag: string;
  readonly field: string;
  /** Placeholder of the value; a secret has none. */
  readonly value?: string;
  readonly description: string;
  readonly read: (flags: Flags, flag: string) => unknown;
}

/** What takes a value away. */
const NONE = 'none';

const text = textOf;
const orNone =
  (read: RoomSetting['read']): RoomSetting['read'] =>
  (flags, flag) =>
    textOf(flags, flag) === NONE ? null : read(flags, flag);

/** Exactly the fields of `PATCH /rooms/:slug`. */
export const roomSettings: readonly RoomSetting[] = [
  { flag: 'title', field: 'title', value: 'TEXT', description: 'What viewers read above the picture.', read: text },
  {
    flag: 'description',
    field: 'description',
    value: 'TEXT',
    description: 'What is said below it; “none” takes it away.',
    read: orNone(text),
  },
  {
    flag: 'tags',
    field: 'tags',
    value: 'LIST',
    description: 'Words with commas between them; “none” for no word.',
    read(flags, flag) {
      const list = textOf(flags, flag);
      if (list === NONE) return [];
      return list?.split(',').map((tag) => tag.trim());
    },
  },
  {
    flag: 'language',
    field: 'language',
    value: 'TAG',
    description: 'What is spoken: en, pt-BR; “none” takes it away.',
    read: orNone(text),
  },
  {
    flag: 'watch',
    field: 'watch',
    value: 'WHO',
    description: 'Who may watch: everyone, link, password, signed-in or list.',
    read: text,
  },
  {
    flag: 'password',
    field: 'password',
    description: 'Reads the password of the room from standard input.',
    read: () => undefined,
  },
  {
    flag: 'guests',
    field: 'guests',
    value: 'MAY',
    description: 'What guests may do in the chat: write, read or off.',
    read: text,
  },
  {
    flag: 'show-viewers',
    field: 'showViewers',
    value: 'yes|no',
    description: 'Whether everybody sees who has signed in.',
    read(flags, flag) {
      const word = textOf(flags, flag);
      if (word !== undefined && word !== 'yes' && word !== 'no') throw new WrongUsage(`--${flag} takes yes or no.`);
      return word === undefined ? undefined : word === 'yes';
    },
  },
  {
    flag: 'max-viewers',
    field: 'maxViewers',
    value: 'NUMBER',
    description: 'Most viewers at a time; “none” for no limit.',
    read: orNone(numberOf),
  },
  {
    flag: 'max-bit-rate',
    field: 'maxBitRate',
    value: 'NUMBER',
    description: 'Most bits per second of a broadcast; “none” for no limit.',
    read: orNone(numberOf),
  },
];

/** What the flags say of a room, as the API takes it. */
export function settingsFrom(flags: Flags, secret: string): Record<string, unknown> {
  return Object.fromEntries(
    roomSettings
      .map(({ flag, field, read }): [string, unknown] => [
        field,
        field === 'password' && secret !== '' ? secret : read(flags, flag),
      ])
      .filter(([, value]) => value !== undefined),
  );
}
