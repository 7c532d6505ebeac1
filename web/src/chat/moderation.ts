import type { ChatMessage, ChatSettings } from '../../../src/client/index.ts';
import type { App } from '../app.svelte.ts';
import type { ChatWords } from '../messages/chat.ts';
import type { RoomStore } from '../room/room.svelte.ts';

/** What those do who look after a room. Each of it can be undone for a while. */
export class Moderation {
  readonly #app: App;
  readonly #room: RoomStore;

  constructor(app: App, room: RoomStore) {
    this.#app = app;
    this.#room = room;
  }

  /** `undo`: what was seen by others can be brought back; what waited is not. */
  async delete({ id }: ChatMessage, t: ChatWords, { undo = true } = {}): Promise<void> {
    await this.#do(async () => {
      await this.#room.ask({ type: 'delete', message: id });
      if (!undo) return;
      this.#app.offerUndo(t.deleted, () => this.#do(() => this.#room.ask({ type: 'restore', messages: [id] })));
    });
  }

  /** Lets a message through that is held back. */
  async release({ id }: ChatMessage): Promise<void> {
    await this.#do(() => this.#room.ask({ type: 'release', message: id }));
  }

  /** Has a message stand above the chat; `before` stood there. */
  async pin({ id }: ChatMessage, t: ChatWords, before?: ChatMessage): Promise<void> {
    await this.#do(async () => {
      await this.#room.ask({ type: 'pin', message: id });
      const back = before ? { type: 'pin', message: before.id } : { type: 'unpin' };
      this.#app.offerUndo(t.pinnedNow, () => this.#do(() => this.#room.ask(back)));
    });
  }

  async unpin({ id }: ChatMessage, t: ChatWords): Promise<void> {
    await this.#do(async () => {
      await this.#room.ask({ type: 'unpin' });
      this.#app.offerUndo(t.unpinned, () => this.#do(() => this.#room.ask({ type: 'pin', message: id })));
    });
  }

  async timeOut({ user }: ChatMessage, seconds: number, t: ChatWords): Promise<void> {
    const ask = (time: number): Promise<unknown> =>
      this.#room.ask({ type: 'timeout', user: user.id, name: user.name, seconds: time });
    await this.#do(async () => {
      await ask(seconds);
      this.#app.offerUndo(t.timedOut(user.name, seconds / 60), () => this.#do(() => ask(0)));
    });
  }

  /** Closes the room for somebody for ever. */
  async ban({ user }: ChatMessage, t: ChatWords): Promise<void> {
    const { client } = this.#app;
    const { slug } = this.#room;
    await this.#do(async () => {
      const { id } = await client.ban(slug, { who: user.id, name: user.name });
      this.#app.offerUndo(t.banned(user.name), () => this.#do(() => client.liftBan(slug, id)));
    });
  }

  async settings(change: Partial<ChatSettings> = {}): Promise<ChatSettings | undefined> {
    const { settings } = await this.#room.ask({ type: 'chat-settings', ...change });
    return settings as ChatSettings | undefined;
  }

  async #do(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#app.sayError(error);
    }
  }
}
