import { type Browser, chromium } from 'playwright-core';
import { program } from '../programs.ts';
import type { Ready, Watched } from './players.ts';
import { servePage } from './served-page.ts';

/** A page of another origin, with the player library that our own page uses for those who want it. */
const PAGE = '<!doctype html><meta charset="utf-8"><video muted></video><script src="/mpegts.js"></script>';

/**
 * mpegts.js leaves a picture that came alone in its queue, and does not look there at the end of the stream. Where a
 * player steps to the first picture, as one that joins in the middle has to, Chromium may decode the first few twice.
 */
const SLACK = { fewer: 1, more: 5 };

/** Plays to the end; what it gives is what Chromium counted. */
const PLAY = `(url) => new Promise((resolve) => {
  mpegts.LoggingControl.enableAll = false;
  const video = document.querySelector('video');
  const faults = [];
  const player = mpegts.createPlayer({ type: 'flv', isLive: true, url }, { enableStashBuffer: false });
  const timer = setTimeout(() => { faults.push('it was still playing'); done(); }, 45000);
  const done = () => {
    clearTimeout(timer);
    const { totalVideoFrames, corruptedVideoFrames } = video.getVideoPlaybackQuality();
    if (video.buffered.length !== 1) faults.push(video.buffered.length + ' pieces instead of one');
    if (video.error) faults.push(video.error.message);
    if (corruptedVideoFrames > 0) faults.push(corruptedVideoFrames + ' corrupted pictures');
    resolve({ pictures: totalVideoFrames, soundBytes: video.webkitAudioDecodedByteCount, faults });
  };
  player.on(mpegts.Events.ERROR, (type, detail, info) => { faults.push([type, detail, info && info.msg].join(' ')); done(); });
  video.onerror = done;
  video.onended = done;
  player.attachMediaElement(video);
  player.load();
  player.play();
})`;

/** One for all tests of a file; `closeChromium` ends it. */
let opened: Promise<Opened> | undefined;

/** Plays an address with the player library to the end of the stream. */
export function watchInChromium(url: string, live: Ready): Promise<Watched> {
  return watchInPage(PLAY, url, live);
}

/** Plays an address in a page of its own to the end of the stream. `play`: a function of the address, for the page. */
export async function watchInPage(play: string, url: string, live: Ready): Promise<Watched> {
  const { browser, site } = await (opened ??= open());
  const page = await browser.newPage();
  try {
    const faults: string[] = [];
    page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())));
    page.on('pageerror', (error) => void faults.push(error.message));
    await page.goto(site.url);
    await live();
    const told = await page.evaluate<Told>(`(${play})(${JSON.stringify(url)})`);
    faults.push(...told.faults);
    return { pictures: told.pictures, soundBytes: told.soundBytes, slack: SLACK, complaints: faults.join('\n') };
  } finally {
    await page.close();
  }
}

interface Told {
  pictures: number;
  soundBytes: number;
  faults: string[];
}

export async function closeChromium(): Promise<void> {
  const { browser, site } = (await opened) ?? {};
  opened = undefined;
  await browser?.close();
  site?.close();
}

interface Opened {
  browser: Browser;
  site: { url: string; close(): void };
}

async function open(): Promise<Opened> {
  const site = await servePage(PAGE, 'mpegts.js');
  const browser = await chromium.launch({
    executablePath: program('chromium'),
    args: ['--autoplay-policy=no-user-gesture-required', '--mute-audio'],
    chromiumSandbox: process.getuid?.() !== 0,
  });
  return { browser, site };
}
