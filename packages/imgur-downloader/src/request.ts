import { LONGEST_TIMER } from './checks.ts';
import { DownloadError, HttpError, NetworkFailure, RateLimited, RequestTimeout } from './errors.ts';
import { followed } from './followed-signal.ts';
import { type Answer, httpGetWhole } from './http-get.ts';

/** How patiently a server is asked, and for how much. All times are in milliseconds. */
export interface RequestOptions {
  /** Limit of one attempt, from the request to the last byte: more than 0, `Infinity` for none, default 15,000. */
  timeout?: number;
  /** Further attempts after a first one that failed for a reason that may pass: 0 or more, `Infinity` too, default 3. */
  retries?: number;
  /** Pause before the second attempt, doubled for each one after it: default 200. */
  retryDelay?: number;
  /**
   * The longest wait that a server may ask for; if it asks for more, the request fails. `Infinity` is for what a timer takes
   * (24 days), default 60,000.
   */
  maxWait?: number;
  /**
   * Limit of an answer's size, in bytes: at least 1, `Infinity` for none. Default 67,108,864 (64 MiB), three times what Imgur
   * takes for an image.
   */
  maxBytes?: number;
  /** Aborts the request, also while it waits; the promise then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/** The kinds of failure that may pass: of HTTP's statuses only 5xx. */
const TEMPORARY = [RateLimited, HttpError, NetworkFailure, RequestTimeout];

/**
 * Gets `url` and hands the answer to `read`, again and again while that fails for a reason that may pass:
 * no connection, a connection that broke, a timeout, an `HttpError` of 5xx, a `RateLimited`. It waits as long
 * as the `retryAfter` of these two says. Whatever else `read` throws is final.
 *
 * A connection that the server closed while the thread was blocked shows up as one that broke, so the next
 * attempt, on a fresh connection, mends it.
 *
 * @param read checks the answer and returns what it is about
 * @param options checked by `checkRequestOptions`
 * @throws RequestTimeout, NetworkFailure, AnswerTooLarge, HttpError for a redirect that cannot be followed; whatever `read` throws; the signal's reason
 */
export async function request<T>(
  url: string,
  headers: Record<string, string>,
  read: (answer: Answer) => T,
  options: RequestOptions = {},
): Promise<T> {
  const { timeout = 15_000, retries = 3, retryDelay = 200, maxBytes = 64 * 2 ** 20 } = options;
  // No timer waits longer, whatever is allowed.
  const maxWait = Math.min(options.maxWait ?? 60_000, LONGEST_TIMER);
  const following = options.signal && (await followed(options.signal));
  const signal = following?.signal;
  const once = async () => read(await attempt(url, headers, { timeout, maxBytes, signal }));
  try {
    return await once();
  } catch (error) {
    if (signal?.aborted || !mayPass(error as Error, maxWait)) throw error;
    return await again(once, error, { retries, retryDelay, maxWait, signal });
  } finally {
    following?.forget();
  }
}

/** Goes on after an attempt that failed with `error`. */
async function again<T>(
  once: () => Promise<T>,
  error: unknown,
  { retries, retryDelay, maxWait, signal }: Required<Omit<RequestOptions, 'timeout' | 'maxBytes'>>,
): Promise<T> {
  // Loaded by those who need it: most threads never do.
  const [{ default: pRetry }, { setTimeout: delay }] = await Promise.all([
    import('p-retry'),
    import('node:timers/promises'),
  ]);
  let isFirst = true;
  const next = () => {
    if (!isFirst) return once();
    isFirst = false;
    throw error;
  };
  try {
    return await pRetry(async () => await next(), {
      retries,
      minTimeout: retryDelay,
      maxTimeout: LONGEST_TIMER,
      factor: 2,
      ...(signal && { signal }),
      shouldRetry: ({ error }) => mayPass(error, maxWait),
      onFailedAttempt: async ({ error, retriesLeft }) => {
        const wait = waitAskedFor(error);
        if (wait === undefined || retriesLeft === 0 || !mayPass(error, maxWait)) return;
        await delay(wait, undefined, signal && { signal });
      },
    });
  } catch (failure) {
    // The reason as it is, which may be no error: p-retry and timers reject with errors of their own.
    signal?.throwIfAborted();
    throw failure;
  }
}

async function attempt(
  url: string,
  headers: Record<string, string>,
  { timeout, maxBytes, signal }: Required<Pick<RequestOptions, 'timeout' | 'maxBytes' | 'signal'>>,
): Promise<Answer> {
  // Not AbortSignal.any([AbortSignal.timeout(…)]): Node 20 may collect that timer before it fires.
  const controller = new AbortController();
  const abort = () => controller.abort();
  let timedOut = false;
  const stop = () => {
    timedOut = true;
    abort();
  };
  const timer = timeout === Infinity ? undefined : setTimeout(stop, timeout);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    signal?.throwIfAborted();
    return await httpGetWhole(url, headers, controller.signal, maxBytes);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (timedOut) throw new RequestTimeout(url, timeout, { cause: error });
    if (error instanceof DownloadError) throw error;
    const { message, code } = error as NodeJS.ErrnoException;
    throw new NetworkFailure(url, message || code || 'the connection failed', { cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

function mayPass(error: Error, maxWait: number): boolean {
  if (error instanceof HttpError && error.status < 500) return false;
  const wait = waitAskedFor(error) ?? 0;
  return wait <= maxWait && TEMPORARY.some((kind) => error instanceof kind);
}

/** How long the server that failed has asked to wait, in milliseconds, if it did. */
function waitAskedFor(error: Error): number | undefined {
  return error instanceof RateLimited || error instanceof HttpError ? error.retryAfter : undefined;
}
