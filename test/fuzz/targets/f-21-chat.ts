import { isDeepStrictEqual } from 'node:util';
import { ProtocolError, RoomcastError } from '../../../src/errors.ts';
import { readName } from '../../../src/features/accounts/account-name.ts';
import { defaultSettings } from '../../../src/features/chat/chat-settings.ts';
import { mentionsOf } from '../../../src/features/chat/mentions.ts';
import { MessageRules } from '../../../src/features/chat/message-rules.ts';
import { readMessageText } from '../../../src/features/chat/message-text.ts';
import { readClientMessage } from '../../../src/features/room-socket/client-message.ts';
import type { FuzzTarget } from '../target.ts';

/** The most that a room’s socket takes by itself. */
const MAX_MESSAGE = 16_384;
/** Characters of a message of a chat. */
const MAX_TEXT = 500;
/** What nobody may make others see. */
const UNSEEN = /[\p{Cc}\u200B\u2060\uFEFF\u202A-\u202E\u2066-\u2069]/u;

const rules = new MessageRules({
  ...defaultSettings,
  links: 'signed-in',
  words: [
    { word: 'spam', action: 'hide' },
    { word: '*bad*', action: 'hold' },
    { word: '广告', action: 'hide' },
  ],
});

const says = (text: string): Uint8Array => Buffer.from(JSON.stringify({ id: 1, type: 'say', text }));

/** What people say in a room: messages of its socket, and in them names and texts of a chat. */
export const target: FuzzTarget = {
  id: 'F-21',
  title: 'messages of a room and of its chat',
  seeds: [
    ...[
      'hello',
      '/me waves',
      '你好，世界',
      '👩‍👩‍👧‍👦👍🏽',
      'e\u0301',
      'z\u0321\u0322\u0323\u0324\u0325\u0326',
      'שלום عالم',
    ].map(says),
    ...[
      'a\u202eb\u2066c',
      '\u200b\ufeff',
      '\ud800',
      'sp4m $pam ｓｐａｍ',
      'see https://example.org/?a=b#c',
      '@Ann, @小明你好 @a.b-c. mail@b.example',
      'a'.repeat(2000),
    ].map(says),
    ...[
      '{"id":1e309,"type":"say"}',
      '{"type":"login","guest":"Ann"}',
      '{"id":4,"type":"media","format":"flv"}',
      '{"id":5,"type":"media","format":null}',
      '{"type":"pause"}',
      '{"id":"q","type":"quality","track":2}',
      '{"type":"seek","to":-1e308}',
      '{"type":"volume","level":0.5}',
      '{"type":"mute","on":true}',
      '{"__proto__":{"type":"x"},"constructor":{"prototype":{}},"type":"say"}',
      '{"type":"say","text":"\\ud800\\udc00\\udfff"}',
      `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
      '{"id":"x","id":2,"type":"a","type":"b"}',
    ].map((text) => Buffer.from(text)),
  ],
  run(bytes) {
    const message = told(() => readClientMessage(Buffer.from(bytes.subarray(0, MAX_MESSAGE)).toString()));
    const { text, guest } = (message ?? {}) as { text?: unknown; guest?: unknown };
    for (const words of [text, guest]) if (typeof words === 'string') checkWords(words);
  },
  roundTrip(bytes) {
    const text = Buffer.from(bytes.subarray(0, MAX_MESSAGE)).toString();
    const said = told(() => readMessageText(text, MAX_TEXT));
    if (!said || said.kind === 'me') return;
    const again = told(() => readMessageText(said.text, MAX_TEXT));
    // What was behind a command that another letter hid is a command now.
    if (!isDeepStrictEqual(again, said) && again?.kind !== 'me')
      throw new Error('It is said otherwise the second time.');
  },
};

function checkWords(words: string): void {
  const said = told(() => readMessageText(words, MAX_TEXT));
  if (said) {
    if (!said.text.isWellFormed() || UNSEEN.test(said.text)) throw new Error('Something is not seen.');
    const named = mentionsOf(said.text, (name) => name);
    if (named.length > 10 || named.some((name) => !said.text.includes(`@${name}`)))
      throw new Error('Somebody is named who is not.');
    const judged = told(() => rules.judge(said.text, { trusted: false, signedIn: true }));
    if (judged && [...judged.text].length !== [...said.text].length)
      throw new Error('A word was hidden by more or less.');
  }
  const name = told(() => readName(words));
  if (
    name &&
    !isDeepStrictEqual(
      told(() => readName(name.shown)),
      name,
    )
  )
    throw new Error('A name is another the second time.');
}

/** Undefined for what is refused in words. */
function told<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RoomcastError && !(error instanceof ProtocolError)) return undefined;
    throw error;
  }
}
