import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { long } from '../long.ts';
import { program } from '../programs.ts';

/** Keeps what a policy of the page forbids; runs before anything of the page does. */
const LISTEN = `
  globalThis.violations = [];
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    violations.push('Content Security Policy: ' + violatedDirective + ' ' + blockedURI));
`;

/** Chromium for the tests of one file; each page gets an empty profile, which is gone after the test. */
export class TestBrowser {
  #browser: Browser | undefined;

  constructor() {
    beforeAll(async () => {
      this.#browser = await chromium.launch({
        // The long form judges in the browser that people have; what shows pages is the same in both.
        executablePath: program(long ? 'chromium' : 'headlessShell'),
        // Such a name is this machine to nobody but this browser, which trusts it no more than any other over plain http.
        args: ['--mute-audio', '--host-resolver-rules=MAP *.example 127.0.0.1'],
        chromiumSandbox: process.getuid?.() !== 0,
      });
    });
    afterAll(() => this.#browser?.close());
  }

  /** A profile: its pages share cookies and storage. */
  async profile(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.#browser!.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    onTestFinished(() => context.close());
    await context.addInitScript(LISTEN);
    return context;
  }
}

/** What went wrong in a page: errors of its scripts, of its console and of its policy. */
export class Faults {
  readonly #told: string[] = [];
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    page.on('console', (message) => void (message.type() === 'error' && this.#told.push(message.text())));
    page.on('pageerror', (error) => void this.#told.push(error.message));
  }

  async all(): Promise<string[]> {
    return [...this.#told, ...(await this.#page.evaluate<string[]>('violations'))];
  }
}
