import { readText } from './chat-text.ts';
import type { CommandRows } from './command.ts';
import { settle } from './hearing.ts';
import type { Peer } from './peer.ts';
import { checkScope, refusalOf } from './refusal.ts';
import { MAX_TARGETS } from './welcome.ts';

/** An id of a message, as clients give it back. */
const MESSAGE_ID = /^[0-9A-Z]{26}$/;

/** What is said in rooms. */
export const talkCommands: CommandRows = {
  PRIVMSG: {
    least: 1,
    async run(peer, [targets = '', words = ''], { tags }) {
      const text = readText(words);
      if (text === '') peer.reply('noText', 'There is nothing in this message.');
      if (text === undefined || text === '') return;
      const reply = tags?.get('+draft/reply') ?? '';
      const replyTo = MESSAGE_ID.test(reply) ? reply : undefined;
      for (const target of targets.split(',').slice(0, MAX_TARGETS)) await say(peer, target, { text, replyTo });
    },
  },
  // Programs answer each other’s notices never (RFC 2812 §3.3.2); people do not read them here.
  NOTICE: { least: 0, run() {} },
  TAGMSG: { least: 0, run() {} },
  REDACT: {
    least: 2,
    async run(peer, [target = '', id = '']) {
      const slug = slugOf(peer, target);
      if (slug === undefined) return;
      try {
        checkScope(peer, 'chat');
        await peer.gateway.services.chat.delete(slug, peer, id.slice(0, 64));
      } catch (error) {
        const { code, message } = refusalOf(peer, error);
        const word = code === 'not-found' ? 'UNKNOWN_MSGID' : 'REDACT_FORBIDDEN';
        peer.send({ source: peer.gateway.name, command: 'FAIL', params: ['REDACT', word, target, id, message] });
      }
    },
  },
};

async function say(
  peer: Peer,
  target: string,
  { text, replyTo }: { text: string; replyTo: string | undefined },
): Promise<void> {
  const { gateway } = peer;
  if (!target.startsWith('#')) {
    peer.reply('noSuchNick', target, 'Here people talk in rooms only.');
    return;
  }
  const slug = slugOf(peer, target);
  if (slug === undefined) return;
  peer.saying = { slug, unsure: [] };
  let own: string | undefined;
  try {
    checkScope(peer, 'chat');
    const saying = { text, ...(replyTo === undefined ? {} : { replyTo }) };
    const message = await gateway.services.chat.say(slug, peer, saying);
    own = message.id;
    if (message.held) peer.note('Your message waits until somebody who looks after the room has read it.', target);
  } catch (error) {
    peer.reply('cannotSend', target, refusalOf(peer, error).message);
  } finally {
    settle(peer, peer.channels.get(slug), own);
  }
}

/** The room of a channel that somebody is in; where they are not, they are told so. */
export function slugOf(peer: Peer, target: string): string | undefined {
  const slug = target.slice(1).toLowerCase();
  if (target.startsWith('#') && peer.channels.has(slug)) return slug;
  const isRoom = target.startsWith('#') && peer.gateway.services.rooms.has(slug);
  if (isRoom) peer.reply('notOnChannel', target, 'You are not in this room.');
  else peer.reply('noSuchChannel', target, 'There is no such room.');
  return undefined;
}
