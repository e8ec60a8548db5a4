import type { IncomingHttpHeaders } from 'node:http';

/** How long the server asks to wait by `Retry-After`, in milliseconds, or `undefined` when it does not say. */
export function retryAfter(headers: IncomingHttpHeaders, now = Date.now()): number | undefined {
  const after = headers['retry-after'];
  if (after === undefined) return undefined;
  const wait = /^\d+$/.test(after.trim()) ? Number(after) * 1000 : Date.parse(after) - now;
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

/**
 * How long a server whose limit is reached asks to wait, in milliseconds: by `Retry-After`, else until the limit is renewed.
 * `undefined` when it does not say. Not for other answers: Imgur tells of its limits in all of them.
 */
export function rateLimitWait(headers: IncomingHttpHeaders, now = Date.now()): number | undefined {
  const reset = Number(headers['x-ratelimit-userreset'] ?? Number.NaN);
  return retryAfter(headers, now) ?? (Number.isFinite(reset) ? Math.max(0, reset * 1000 - now) : undefined);
}
