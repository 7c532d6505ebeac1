import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ChatMessage, GuestRight } from '../src/client/messages.ts';
import { toRoomcastError } from '../src/errors.ts';
import { createChat } from '../src/features/chat/0006-chat.ts';
import { addPinsAndNotes } from '../src/features/chat/0009-pins-and-notes.ts';
import { ChatLog } from '../src/features/chat/chat-log.ts';
import { ChatRoom } from '../src/features/chat/chat-room.ts';
import { type ChatSettings, defaultSettings } from '../src/features/chat/chat-settings.ts';
import type { Author } from '../src/features/chat/chat-speakers.ts';
import { systemScheduler } from '../src/io/scheduler.ts';
import type { RoomRole } from '../src/live/access.ts';
import { SECOND } from '../src/media/time.ts';
import type { ChatCommand, CommandAnswer } from '../src/plugin.ts';
import { openStore } from '../src/store/store.ts';
import { VirtualScheduler } from './virtual-scheduler.ts';

/** Somebody by their name. */
export function person(name: string, role: RoomRole = 'viewer'): Author {
  const kind = role === 'guest' ? 'guest' : 'account';
  return { role, identity: { id: `${kind[0]}_${name}`, kind, name, admin: false }, remote: { address: '192.0.2.1' } };
}

export const ada: Author = person('ada');
export const bob: Author = person('bob');
/** Who looks after the room. */
export const mod: Author = person('mod', 'moderator');
export const ann: Author = person('ann', 'guest');

/** A room and its log, in virtual time; closed after the test. */
export interface ChatStage {
  scheduler: VirtualScheduler;
  log: ChatLog;
  room: ChatRoom;
  told: ChatMessage[];
  guests: { right: GuestRight };
  silent: Map<string, string>;
  moment: { now: { broadcast: string; mediaTime: number } | undefined };
  /** What somebody else has against a text. */
  asked: { ask(text: string): unknown; answer?(command: ChatCommand): Promise<CommandAnswer & { role: RoomRole }> };
  /** Another room, or the same after a restart. */
  open(id?: string, settings?: Partial<ChatSettings>): Promise<ChatRoom>;
  says(author: Author, text: string): Promise<string>;
}

export async function chatStage(settings: Partial<ChatSettings> = {}): Promise<ChatStage> {
  const folder = await mkdtemp(join(tmpdir(), 'roomcast-chat-'));
  const store = await openStore({ folder, migrations: [createChat, addPinsAndNotes] });
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  });
  const scheduler = new VirtualScheduler();
  const log = new ChatLog(store, systemScheduler());
  const told: ChatStage['told'] = [];
  const guests = { right: 'write' as GuestRight };
  const silent = new Map<string, string>();
  const moment: ChatStage['moment'] = { now: undefined };
  const asked: ChatStage['asked'] = { ask: () => {} };
  const open: ChatStage['open'] = async (id = 'r_lobby', rules = settings) =>
    new ChatRoom({
      lastRev: (await log.lastRevs()).get(id),
      room: id,
      log,
      scheduler,
      settings: { ...defaultSettings, ...rules },
      maxLength: 500,
      accepted: 0,
      moment: () => moment.now,
      guests: () => guests.right,
      accountNamed: (name) => (name.toLowerCase() === 'zoe' ? 'a_zoe' : undefined),
      silentUntil: (who) => silent.get(who),
      ask: async (_author, text) => ({ held: asked.ask(text) === 'hold' }),
      answer: (_author, command) => asked.answer?.(command),
      push: (message) => void told.push(message),
    });
  const room = await open();
  const says = async (author: Author, text: string): Promise<string> => {
    scheduler.advance(10 * SECOND);
    return room.say(author, { text }).then(
      (message) => (message.held ? 'held' : 'said'),
      (error: unknown) => toRoomcastError(error).code,
    );
  };
  return { scheduler, log, room, told, guests, silent, moment, asked, open, says };
}

export const texts = (messages: readonly ChatMessage[]): string[] => messages.map(({ text }) => text);
