import { describe, expect, it } from 'vitest';
import { startGallery } from './gallery.ts';
import type { GalleryOptions } from './gallery-options.ts';

describe('the options of startGallery', () => {
  const images = 'options.images must be a whole number, 1 or more, not';
  const latency = 'options.latency must be a number of milliseconds from 0 to 2147483647, not';
  it.each([
    [{ images: -1 }, RangeError, `${images} -1`],
    [{ images: 0 }, RangeError, `${images} 0`],
    [{ images: 2.5 }, RangeError, `${images} 2.5`],
    [{ images: Number.POSITIVE_INFINITY }, RangeError, `${images} Infinity`],
    [{ images: '5' }, TypeError, `${images} the string '5'`],
    [{ images: null }, TypeError, `${images} null`],
    [{ images: 5n }, TypeError, `${images} the bigint 5n`],
    [{ latency: -1 }, RangeError, `${latency} -1`],
    [{ latency: Number.NaN }, RangeError, `${latency} NaN`],
    [{ latency: 2 ** 31 }, RangeError, `${latency} 2147483648`],
    [{ latency: true }, TypeError, `${latency} the boolean true`],
    [{ latency: { valueOf: () => 5 } }, TypeError, `${latency} the object { valueOf: [Function: valueOf] }`],
    [{ holdUntil: -1 }, RangeError, 'options.holdUntil must be a whole number, 0 or more, not -1'],
    [{ imageFaults: 'flaky' }, TypeError, "options.imageFaults must be an object, not the string 'flaky'"],
    [{ apiFault: null }, TypeError, 'options.apiFault must be an object, not null'],
    [
      { apiFault: { kind: 'teapot' } },
      TypeError,
      'options.apiFault.kind must be one of server-error, over-capacity, rate-limited, exhausted, errors, unsuccessful, ' +
        "not-json, not-a-list, not the string 'teapot'",
    ],
    [
      { imageFaults: { 3: 'flaky' } },
      TypeError,
      "options.imageFaults[3] must be an object, not the string 'flaky'",
    ],
    [
      { imageFaults: [{ kind: 'html' }, { kind: 'Flaky' }] },
      TypeError,
      'options.imageFaults[1].kind must be one of not-found, removed, flaky, rate-limited, reset, truncated, stalled, ' +
        "html, empty, corrupt, album, animated, not the string 'Flaky'",
    ],
    [
      { imageFaults: { 0: { kind: 'flaky', times: -1 } } },
      RangeError,
      'options.imageFaults[0].times must be a whole number, 0 or more, not -1',
    ],
    [
      { port: -1 },
      TypeError,
      'options.port is not an option of a gallery: these are images, latency, holdUntil, imageFaults, apiFault',
    ],
    [5, TypeError, 'options must be an object, not the number 5'],
    [null, TypeError, 'options must be an object, not null'],
  ])('refuse %o', async (options, kind, message) => {
    const error = await startGallery(options as GalleryOptions).catch((reason) => reason);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toBe(message);
  });

  it('may be undefined, each of them', async () => {
    const undecided = { images: 1, latency: undefined, holdUntil: undefined, apiFault: undefined };
    await using gallery = await startGallery(undecided as unknown as GalleryOptions);
    expect(gallery.url).toMatch(/^http/);
  });
});
