import { join } from 'node:path';
import type { BrowserContext, CDPSession, Locator, Page } from 'playwright-core';
import { long } from '../long.ts';
import { outputOf } from '../output.ts';
import { until } from '../servers.ts';
import { Faults } from './browser.ts';

/** What the media element says. */
export interface Picture {
  width: number;
  /** s */
  time: number;
  muted: boolean;
  paused: boolean;
  /** Bytes of sound and frames of picture that were decoded. */
  soundBytes: number;
  frames: number;
  /** The page shows it. */
  shown: boolean;
}

const PICTURE = `(() => {
  const video = document.querySelector('video');
  return {
    width: video.videoWidth,
    time: video.currentTime,
    muted: video.muted,
    paused: video.paused,
    soundBytes: video.webkitAudioDecodedByteCount,
    frames: video.getVideoPlaybackQuality().totalVideoFrames,
    shown: video.classList.contains('shown'),
  };
})()`;

/** Waits until everything that fades in has done so. */
const COME_TO_REST = `Promise.allSettled(
  document.getAnimations().filter(({ effect }) => effect.getComputedTiming().iterations < 9).map(({ finished }) => finished),
).then(() => {})`;

type Scene =
  | 'live'
  | 'offline'
  | 'starting'
  | 'reconnecting'
  | 'slow'
  | 'ended'
  | 'refused'
  | 'missing'
  | 'unsupported';

/** What moved without anybody having touched anything. */
const SHIFTS = `new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries().filter(({ hadRecentInput }) => !hadRecentInput).map(
    ({ value, sources }) => ({ value, what: sources.map(({ node, previousRect: from, currentRect: to }) =>
      \`“\${node?.textContent.trim()}” from \${from.x},\${from.y} to \${to.x},\${to.y}\`).join('; ') })
  ))).observe({ type: 'layout-shift', buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => resolve([])));
})`;

/** A room’s page, or its embedded player, as a person sees it. */
export class RoomPage {
  readonly page: Page;
  readonly faults: Faults;
  readonly player: Locator;
  readonly #devtools: CDPSession;
  #documents = 0;

  private constructor(page: Page, devtools: CDPSession) {
    this.page = page;
    this.#devtools = devtools;
    this.faults = new Faults(page);
    this.player = page.locator('#player');
    page.on('domcontentloaded', () => this.#documents++);
  }

  /** Opens an address in a page of its own. */
  static async open(profile: BrowserContext, url: string): Promise<RoomPage> {
    return RoomPage.on(await profile.newPage(), url);
  }

  /** Opens an address in a page that was made ready for it. */
  static async on(page: Page, url: string): Promise<RoomPage> {
    const room = new RoomPage(page, await page.context().newCDPSession(page));
    await page.goto(url);
    return room;
  }

  /** Still the document that was opened. */
  get neverReloaded(): boolean {
    return this.#documents === 1;
  }

  /** What has moved since the page was opened, and how much, as browsers count it. */
  shifts(): Promise<{ value: number; what: string }[]> {
    return this.look(SHIFTS);
  }

  /** The value of an expression in the page. Unlike `page.evaluate`, to the page it does not look as if someone clicked. */
  async look<T>(expression: string): Promise<T> {
    const options = { expression, returnByValue: true, awaitPromise: true };
    const { result, exceptionDetails: fault } = await this.#devtools.send('Runtime.evaluate', options);
    if (fault) throw new Error(`${fault.exception?.description ?? fault.text} in ${expression}`);
    return result.value as T;
  }

  /** What the player shows. */
  scene(): Promise<Scene | undefined> {
    return this.look("document.querySelector('#player')?.dataset.scene");
  }

  /** Waits until the player shows that. */
  async shows(scene: Scene, limitMs = 15_000): Promise<void> {
    await until(`the player shows “${scene}”`, async () => (await this.scene()) === scene, limitMs);
  }

  /** Waits until these words can be seen anywhere on the page. */
  async says(words: string | RegExp, limitMs = 15_000): Promise<void> {
    await this.page.getByText(words).filter({ visible: true }).first().waitFor({ timeout: limitMs });
  }

  picture(): Promise<Picture> {
    return this.look(PICTURE);
  }

  /** Waits until a moving picture is shown: time goes on and frames are decoded. */
  async plays(limitMs = 15_000): Promise<Picture> {
    await this.shows('live', limitMs);
    const before = await this.picture();
    let now = before;
    const moves = async (): Promise<boolean> => {
      now = await this.picture();
      return now.shown && now.width > 0 && now.time > before.time + 0.2 && now.frames > before.frames;
    };
    await until('the picture moves', moves, limitMs);
    return now;
  }

  /** A button by the start of its name. */
  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  /** What stands under a heading of the owner’s numbers, with its unit. */
  reading(name: string): Promise<string> {
    return this.page.locator('dl.nums > div', { hasText: name }).locator('dd').innerText();
  }

  /** The number in it. */
  async number(name: string): Promise<number> {
    return Number.parseFloat(await this.reading(name));
  }

  /** A picture of the page for people to look at, in the longer form: it takes half a second, and is judged by nobody. */
  async photograph(name: string): Promise<void> {
    if (!long) return;
    await this.look(COME_TO_REST);
    await this.page.screenshot({ path: join(outputOf('e2e'), `${name}.png`), caret: 'initial' });
  }

  close(): Promise<void> {
    return this.page.close();
  }
}
