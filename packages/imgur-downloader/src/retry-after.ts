import type { IncomingHttpHeaders } from 'node:http';

/** The three forms of a date that HTTP knows; the last one, asctime's, does not say that it is GMT as well. */
const HTTP_DATE =
  /^(?:\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT|\w{6,9}, \d{2}-\w{3}-\d{2} \d{2}:\d{2}:\d{2} GMT|\w{3} \w{3} [ \d]\d \d{2}:\d{2}:\d{2} \d{4})$/;

/**
 * How long the server asks to wait by `Retry-After`, in milliseconds, or `undefined` when it does not say: with anything but
 * whole seconds or a date of HTTP's. `Infinity` for more seconds than there are numbers.
 */
export function retryAfter(headers: IncomingHttpHeaders, now = Date.now()): number | undefined {
  const after = headers['retry-after']?.trim() ?? '';
  if (isWholeNumber(after)) return Number(after) * 1000;
  // `Date.parse` takes much for a date that is none: -5, or any word before a number.
  if (!HTTP_DATE.test(after)) return undefined;
  const date = Date.parse(after.endsWith('GMT') ? after : `${after} GMT`);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * How long a server whose limit is reached asks to wait, in milliseconds: by `Retry-After`, else until the limit is renewed.
 * `undefined` when it does not say. Not for other answers: Imgur tells of its limits in all of them.
 */
export function rateLimitWait(headers: IncomingHttpHeaders, now = Date.now()): number | undefined {
  const wait = retryAfter(headers, now);
  if (wait !== undefined) return wait;
  const reset = String(headers['x-ratelimit-userreset'] ?? '').trim();
  return isWholeNumber(reset) ? Math.max(0, Number(reset) * 1000 - now) : undefined;
}

const isWholeNumber = (digits: string): boolean => /^\d+$/.test(digits);
