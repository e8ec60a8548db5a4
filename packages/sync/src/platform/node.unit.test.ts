import { afterEach, describe, expect, it, vi } from 'vitest';

/** The module as it is on that version of Deno, or on Node. */
async function platformOn(deno: string | undefined): Promise<typeof import('./node.ts')> {
  const versions = { ...process.versions, ...(deno === undefined ? {} : { deno }) };
  vi.stubGlobal('process', Object.create(process, { versions: { value: versions } }));
  vi.resetModules();
  return await import('./node.ts');
}

describe('waitsWakeEventLoop', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  for (const [deno, wakes] of [
    [undefined, true],
    ['1.46.3', false],
    ['2.0.0', false],
    ['2.7.5', false],
    ['2.7.6', true],
    ['2.7.6-rc.1', true],
    ['2.7.10+abcdef', true],
    ['2.10.0', true],
    ['3.0.0', true],
  ] as const) {
    it(`is ${wakes} on ${deno === undefined ? 'Node' : `Deno ${deno}`}`, async () => {
      expect((await platformOn(deno)).waitsWakeEventLoop()).toBe(wakes);
    });
  }
});
