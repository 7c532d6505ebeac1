import type { BrowserContext, Locator } from 'playwright-core';
import { until } from '../servers.ts';
import { RoomPage } from './room-page.ts';

/** The chat of a room's page, as a person uses it. */
export class ChatPage {
  readonly room: RoomPage;
  readonly field: Locator;
  readonly log: Locator;

  private constructor(room: RoomPage) {
    this.room = room;
    this.field = room.page.getByRole('textbox', { name: /^(?:Message|消息)$/ });
    this.log = room.page.getByRole('log');
  }

  /** Opens a room's page and waits for its chat. */
  static async open(profile: BrowserContext, url: string): Promise<ChatPage> {
    const chat = new ChatPage(await RoomPage.open(profile, url));
    await chat.field.waitFor();
    return chat;
  }

  /** Says something under a name that one is asked for. */
  async enter(name: string, text: string): Promise<void> {
    const { page } = this.room;
    await this.type(text);
    await page.locator('#chat-name').fill(name);
    await page.locator('#chat-name').press('Enter');
    await this.shows(text);
  }

  /** Types a message and sends it. */
  async type(text: string): Promise<void> {
    await this.field.fill(text);
    await this.field.press('Enter');
  }

  /** Says something and waits until it is said. */
  async say(text: string): Promise<void> {
    await this.type(text);
    await this.shows(text);
  }

  /** A message by some of its words. */
  line(words: string | RegExp): Locator {
    return this.log.locator('.msg', { hasText: words });
  }

  /** Waits until a message is shown that is said. */
  async shows(words: string | RegExp): Promise<void> {
    await this.line(words).last().waitFor();
  }

  /** What is shown, one line a message. */
  texts(): Promise<string[]> {
    return this.room.look("[...document.querySelectorAll('.msg .t')].map((e) => e.textContent)");
  }

  /** Waits until exactly that is shown. */
  async reads(texts: readonly string[]): Promise<void> {
    const wanted = JSON.stringify(texts);
    await until(`the chat reads ${wanted}`, async () => JSON.stringify(await this.texts()) === wanted);
  }

  /** One of the tools of a message: beside it, or of those that are opened there. */
  async use(words: string, tool: string): Promise<void> {
    const line = this.line(words).last();
    await line.hover();
    const tools = line.getByRole('toolbar');
    await tools.waitFor();
    const beside = tools.getByRole('button', { name: tool, exact: true });
    if ((await beside.count()) > 0) return beside.click();
    await tools.getByRole('button', { name: 'More' }).click();
    await this.room.page.getByRole('dialog').getByRole('button', { name: tool, exact: true }).click();
  }

  /** Reacts to a message with one of the signs that are offered. */
  async react(words: string, sign: string): Promise<void> {
    await this.use(words, 'React');
    await this.line(words).last().locator('.signs').getByRole('button', { name: sign }).click();
  }
}
