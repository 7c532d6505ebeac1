import type { BrowserContext, Locator } from 'playwright-core';
import { RoomPage } from './room-page.ts';

/** The desk below a room's picture, as somebody uses it who looks after the room. */
export class DeskPage {
  readonly room: RoomPage;
  readonly desk: Locator;

  constructor(room: RoomPage) {
    this.room = room;
    this.desk = room.page.getByRole('region', { name: 'Owner' });
  }

  static async open(profile: BrowserContext, url: string): Promise<DeskPage> {
    const desk = new DeskPage(await RoomPage.open(profile, url));
    await desk.room.page.getByRole('tab').first().waitFor();
    return desk;
  }

  /** Opens a pane and waits until it is there. */
  async pane(name: string, heading: string): Promise<void> {
    await this.room.page.getByRole('tab', { name, exact: true }).click();
    await this.desk.getByRole('heading', { name: heading, exact: true }).waitFor();
  }

  field(label: string): Locator {
    return this.desk.getByLabel(label, { exact: true });
  }

  button(name: string | RegExp): Locator {
    return this.desk.getByRole('button', { name });
  }

  row(text: string): Locator {
    return this.desk.locator('.rows > li', { hasText: text });
  }

  /** Answers the question that is open. */
  answer(action: string): Promise<void> {
    return this.room.page.getByRole('dialog').getByRole('button', { name: action, exact: true }).click();
  }

  /** A field is saved, and says so beside it. */
  async saves(label: string, value: string): Promise<void> {
    const field = this.field(label);
    await field.fill(value);
    await field.press('Tab');
    await this.said(label, 'Saved');
  }

  /** What stands beside or below a field. */
  async said(label: string, words: string | RegExp): Promise<void> {
    const field = this.desk.locator('.field', { has: this.room.page.getByLabel(label, { exact: true }) });
    await field.getByText(words).first().waitFor();
  }
}
