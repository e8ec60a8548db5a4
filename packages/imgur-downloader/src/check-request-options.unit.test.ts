import { describe, expect, it } from 'vitest';
import { downloadLink, getLinks } from './download.ts';
import type { GetLinksOptions } from './get-links-options.ts';
import type { RequestOptions } from './request.ts';

const outcome = async (work: Promise<unknown>): Promise<unknown> => await work.catch((error) => error);

/** Nobody is asked: the address is none, and the first thing that would be found out about it. */
const download = (options: unknown) => downloadLink('images', 'no url', options as RequestOptions);
const list = (options: unknown) => getLinks('', options as GetLinksOptions);

describe('options of downloadLink and getLinks', () => {
  const timeout =
    'options.timeout must be a number of milliseconds, more than 0 and at most 2147483647, or Infinity for no limit, not';
  const retries = 'options.retries must be a whole number, 0 or more, or Infinity for no limit, not';
  const retryDelay = 'options.retryDelay must be a number of milliseconds from 0 to 2147483647, not';
  const maxWait =
    'options.maxWait must be a number of milliseconds, 0 or more, or Infinity for no limit, not';
  const maxBytes = 'options.maxBytes must be a whole number, 1 or more, or Infinity for no limit, not';
  const signal = 'options.signal must be an AbortSignal, not';
  it.each([
    [{ timeout: 2 ** 31 }, RangeError, `${timeout} 2147483648`],
    [{ timeout: Number.NaN }, RangeError, `${timeout} NaN`],
    [{ timeout: 0 }, RangeError, `${timeout} 0`],
    [{ timeout: -5 }, RangeError, `${timeout} -5`],
    [{ timeout: '5' }, TypeError, `${timeout} the string '5'`],
    [{ timeout: null }, TypeError, `${timeout} null`],
    [{ retries: 1.5 }, RangeError, `${retries} 1.5`],
    [{ retries: Number.NaN }, RangeError, `${retries} NaN`],
    [{ retries: -1 }, RangeError, `${retries} -1`],
    [{ retries: 3n }, TypeError, `${retries} the bigint 3n`],
    [{ retryDelay: -1 }, RangeError, `${retryDelay} -1`],
    [{ retryDelay: Infinity }, RangeError, `${retryDelay} Infinity`],
    [{ maxWait: -1 }, RangeError, `${maxWait} -1`],
    [{ maxWait: true }, TypeError, `${maxWait} the boolean true`],
    [{ maxBytes: 0 }, RangeError, `${maxBytes} 0`],
    [{ maxBytes: 0.5 }, RangeError, `${maxBytes} 0.5`],
    [{ maxBytes: '64M' }, TypeError, `${maxBytes} the string '64M'`],
    [{ signal: 5 }, TypeError, `${signal} the number 5`],
    [{ signal: null }, TypeError, `${signal} null`],
    [{ signal: new AbortController() }, TypeError, `${signal} the object AbortController {}`],
    [Object.create({ timeout: 0 }), RangeError, `${timeout} 0`],
    [5, TypeError, 'options must be an object, not the number 5'],
    [null, TypeError, 'options must be an object, not null'],
  ])('refuse %o', async (options, kind, message) => {
    for (const verb of [download, list]) {
      const error = await outcome(verb(options));
      expect(error).toBeInstanceOf(kind);
      expect((error as Error).message).toBe(message);
    }
  });

  it.each([
    [{ apiBase: 5 }, TypeError, 'options.apiBase must be a string, not the number 5'],
    [
      { apiBase: 'api.imgur.com' },
      TypeError,
      "options.apiBase must be an http or https address, not the string 'api.imgur.com'",
    ],
    [
      { apiBase: 'file:///tmp' },
      TypeError,
      "options.apiBase must be an http or https address, not the string 'file:///tmp'",
    ],
    [{ page: -1 }, RangeError, 'options.page must be a whole number, 0 or more, not -1'],
    [{ page: '1' }, TypeError, "options.page must be a whole number, 0 or more, not the string '1'"],
    [{ announce: true }, TypeError, 'options.announce must be a function, not the boolean true'],
  ])('of getLinks refuse %o', async (options, kind, message) => {
    const error = await outcome(list(options));
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toBe(message);
  });

  it('may be undefined, at their bounds, infinite, and those of getLinks', async () => {
    const { signal } = new AbortController();
    const names = ['timeout', 'retries', 'retryDelay', 'maxWait', 'maxBytes', 'signal', 'announce'];
    for (const options of [
      undefined,
      Object.fromEntries(names.map((name) => [name, undefined])),
      { timeout: 0.5, retries: 0, retryDelay: 0, maxWait: 0, maxBytes: 1, signal },
      { timeout: 2 ** 31 - 1, retryDelay: 2 ** 31 - 1, announce: () => {} },
      { timeout: Infinity, retries: Infinity, maxWait: Infinity, maxBytes: Infinity },
    ]) {
      expect(await outcome(download(options))).toMatchObject({ name: 'InvalidLink' });
    }
  });

  it('may have a signal that is not of this realm', async () => {
    const { signal } = new AbortController();
    const foreign = {
      aborted: true,
      addEventListener: () => {},
      removeEventListener: () => {},
      throwIfAborted: () => signal.throwIfAborted(),
    };
    expect(await outcome(download({ signal: foreign }))).toMatchObject({ name: 'InvalidLink' });
  });
});
