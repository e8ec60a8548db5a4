import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Debian's, or the one that the environment names. */
export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

export const hasChromium = existsSync(CHROMIUM);

/** Starts the browser. It reaches this machine only. */
export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    // The test that waits for it has a time of its own, as below.
    timeout: 0,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--no-proxy-server',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

interface Opened {
  readonly page: Page;
  /** Rejects with the first error that nobody catches in the page. */
  readonly uncaught: Promise<never>;
}

/** A page that is opened when it is needed, and used until something fails in it. */
export class TestPage {
  readonly #browser: Browser;
  readonly #url: string;
  #opened: Promise<Opened> | undefined;

  constructor(browser: Browser, url: string) {
    this.#browser = browser;
    this.#url = url;
  }

  /** Calls a function that the page has. Rejects with what it throws, and with what nobody catches in the page. */
  async call(name: string, ...args: string[]): Promise<unknown> {
    this.#opened ??= this.#open();
    try {
      const { page, uncaught } = await this.#opened;
      const result = page.evaluate(callGlobal, [name, ...args] as const);
      return await Promise.race([uncaught, result]);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await (await opened)?.page.close();
  }

  async #open(): Promise<Opened> {
    const page = await this.#browser.newPage();
    const uncaught = new Promise<never>((_, reject) => page.once('pageerror', reject));
    uncaught.catch(() => {});
    page.on('console', (message) => {
      if (message.type() === 'error') console.error(`in ${this.#url}: ${message.text()}`);
    });
    await page.goto(this.#url, { timeout: 0 });
    return { page, uncaught };
  }
}

/** Runs in the page. */
const callGlobal = ([name, ...args]: readonly [string, ...string[]]): unknown =>
  (globalThis as unknown as Record<string, (...args: string[]) => unknown>)[name]!(...args);
