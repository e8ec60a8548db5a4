import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHROMIUM, hasChromium, launch, TestPage } from './browser/chromium.ts';
import { PAGE_CHECKS } from './browser/page-checks.ts';
import { ISOLATING, type ModuleServer, serveModules } from './browser/server.ts';
import { CHECKS } from './checks/checks.ts';

const PAGE = 'packages/queue/test/browser/page.ts';

/** No code may be made from text: the items whose objects are made by compiled functions have to do without. */
const STRICT = { 'content-security-policy': "default-src 'self'; img-src data:" };

// A fresh machine has no browser; CI installs one, and there it may not be missing.
const isDue = hasChromium || process.env['CI'] !== undefined;

describe.runIf(isDue)(`the built packages in Chromium (${CHROMIUM}, or the path in CHROMIUM)`, () => {
  let browser: Browser;

  beforeAll(async () => {
    if (!hasChromium)
      throw new Error(`no Chromium at ${CHROMIUM}: apt-get install chromium, or set CHROMIUM`);
    browser = await launch();
  });

  afterAll(() => browser?.close());

  /** Opens a page, from a server of its own, for the tests of a `describe`. */
  function openPage(headers: Record<string, string>, address: 'pageOf' | 'bundledPageOf', path: string) {
    const opened = {} as { page: TestPage };
    let server: ModuleServer | undefined;
    beforeAll(async () => {
      server = await serveModules(headers);
      opened.page = new TestPage(browser, server[address](path));
    });
    afterAll(async () => {
      await opened.page?.close();
      server?.close();
    });
    return opened;
  }

  const awaiting = CHECKS.filter((check) => check.form === 'async').map((check) => check.name);

  describe('on the main thread of a page', () => {
    const opened = openPage(ISOLATING, 'pageOf', PAGE);
    it.each([...Object.keys(PAGE_CHECKS), ...awaiting])('%s', async (name) => {
      await opened.page.call('runHere', name);
    });
  });

  describe('in a worker that starts workers', () => {
    const opened = openPage(ISOLATING, 'pageOf', PAGE);
    it.each(CHECKS.map((check) => check.name))('%s', async (name) => {
      await opened.page.call('runInWorker', name);
    });
  });

  describe('bundled and minified', () => {
    const opened = openPage(ISOLATING, 'bundledPageOf', PAGE);
    it.each(awaiting)('%s', async (name) => {
      await opened.page.call('runHere', name);
    });
  });

  describe('where no code may be made from text', () => {
    const opened = openPage({ ...ISOLATING, ...STRICT }, 'pageOf', PAGE);
    it.each(awaiting.filter((name) => name.includes('items')))('%s', async (name) => {
      await opened.page.call('runHere', name);
    });
  });

  describe('in a page that is not cross-origin isolated', () => {
    const opened = openPage({}, 'pageOf', 'packages/queue/test/browser/open-page.ts');

    it('can be loaded, and say what is missing', async () => {
      const missing = {
        name: 'SharedMemoryUnavailable',
        code: 'SYNC_SHARED_MEMORY_UNAVAILABLE',
        message: expect.stringMatching(/cross-origin isolated.*Cross-Origin-Opener-Policy: same-origin/),
      };
      expect(await opened.page.call('tellErrors')).toEqual({
        crossOriginIsolated: false,
        Queue: missing,
        PriorityQueue: missing,
        Mutex: missing,
        Event: missing,
      });
    });
  });
});
