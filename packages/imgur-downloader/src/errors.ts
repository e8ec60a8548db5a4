import { messageOf, printable, withoutCredentials } from './printable.ts';

/**
 * Base class of every failure of a download. `code` is stable: compare that, not the message. The message may be shown: it
 * has no control characters, whatever a server has said, and links in it have no `user:password@`. Fields such as `link` and
 * `url` are as they were given.
 */
export class DownloadError extends Error {
  override readonly name: string = 'DownloadError';
  /** Stable identifier of the kind of failure. */
  readonly code: string;

  /** @param message its only line, or all of its lines */
  constructor(code: string, message: string | readonly string[], options?: ErrorOptions) {
    const lines = typeof message === 'string' ? [message] : message;
    // Some of it may be a server's words, which are to begin no line and to send no command to the terminal.
    super(lines.map(printable).join('\n'), options);
    this.code = code;
  }
}

/** The server answered 404 or 410 for an image. Not retried. */
export class ImageNotFound extends DownloadError {
  override readonly name = 'ImageNotFound';
  readonly link: string;

  constructor(link: string, status: number) {
    super('DOWNLOAD_IMAGE_NOT_FOUND', `${withoutCredentials(link)}: image not found (HTTP ${status})`);
    this.link = link;
  }
}

/** Imgur redirected the link to its "removed" picture: the image existed once. Not retried. */
export class ImageRemoved extends DownloadError {
  override readonly name = 'ImageRemoved';
  readonly link: string;

  constructor(link: string) {
    super(
      'DOWNLOAD_IMAGE_REMOVED',
      `${withoutCredentials(link)}: image was removed (redirected to removed.png)`,
    );
    this.link = link;
  }
}

/** The server answered with something that is no JPEG or PNG. Not retried. */
export class NotAnImage extends DownloadError {
  override readonly name = 'NotAnImage';
  readonly link: string;

  /** @param found what came instead, in words */
  constructor(link: string, found: string) {
    super('DOWNLOAD_NOT_AN_IMAGE', `${withoutCredentials(link)}: expected a JPEG or PNG image, got ${found}`);
    this.link = link;
  }
}

/** A link that names no file: not http(s), or without a file name in its path that may be used. Not retried. */
export class InvalidLink extends DownloadError {
  override readonly name = 'InvalidLink';
  readonly link: string;

  constructor(link: string, reason: string) {
    super(
      'DOWNLOAD_INVALID_LINK',
      `${JSON.stringify(withoutCredentials(link))} cannot be downloaded: ${reason}`,
    );
    this.link = link;
  }
}

/** No complete answer within the time limit, in any of the attempts. */
export class RequestTimeout extends DownloadError {
  override readonly name = 'RequestTimeout';
  readonly url: string;
  /** The limit of one attempt, in milliseconds. */
  readonly timeout: number;

  constructor(url: string, timeout: number, options?: ErrorOptions) {
    super(
      'DOWNLOAD_REQUEST_TIMEOUT',
      `${withoutCredentials(url)}: no complete answer within ${timeout} ms`,
      options,
    );
    this.url = url;
    this.timeout = timeout;
  }
}

/** An answer has more bytes than are allowed, and so was not read to its end. Not retried. */
export class AnswerTooLarge extends DownloadError {
  override readonly name = 'AnswerTooLarge';
  readonly url: string;
  /** How many bytes were allowed. */
  readonly maxBytes: number;

  constructor(url: string, maxBytes: number) {
    super(
      'DOWNLOAD_TOO_LARGE',
      `${withoutCredentials(url)}: the answer is larger than ${maxBytes} bytes; maxBytes allows more`,
    );
    this.url = url;
    this.maxBytes = maxBytes;
  }
}

/** The connection failed or broke in the middle of the answer, in all attempts. `cause` tells why. */
export class NetworkFailure extends DownloadError {
  override readonly name = 'NetworkFailure';
  readonly url: string;

  constructor(url: string, reason: string, options?: ErrorOptions) {
    super('DOWNLOAD_NETWORK', `${withoutCredentials(url)}: ${reason}`, options);
    this.url = url;
  }
}

/**
 * Any other HTTP status than 200 and 203, a part of an image (206) among them, and a redirect that cannot be followed. 5xx
 * only after all attempts.
 */
export class HttpError extends DownloadError {
  override readonly name = 'HttpError';
  readonly url: string;
  readonly status: number;
  /** How long the server asked to wait (`Retry-After`), in milliseconds; `undefined` when it did not say. */
  readonly retryAfter: number | undefined;

  constructor(url: string, status: number, detail = '', retryAfter?: number) {
    const again = retryAfter === undefined ? '' : `; ${tryAgain(retryAfter)}`;
    super(
      'DOWNLOAD_HTTP_STATUS',
      `${withoutCredentials(url)}: HTTP ${status}${detail && `: ${detail}`}${again}`,
    );
    this.url = url;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** When to try again, after a wait in milliseconds that may be endless or unknown. */
function tryAgain(wait = Infinity): string {
  return wait === Infinity ? 'try again later' : `try again in ${Math.ceil(wait / 1000)} s`;
}

/** The server asked to slow down (429), or said that it is over capacity, in all attempts. */
export class RateLimited extends DownloadError {
  override readonly name = 'RateLimited';
  readonly url: string;
  readonly status: number;
  /** How long the server asked to wait, in milliseconds; `undefined` when it did not say. */
  readonly retryAfter: number | undefined;

  constructor(url: string, status: number, retryAfter: number | undefined, detail = '') {
    super(
      'DOWNLOAD_RATE_LIMITED',
      `${withoutCredentials(url)}: rate limited (HTTP ${status}${detail && `: ${detail}`}); ${tryAgain(retryAfter)}`,
    );
    this.url = url;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Imgur refused the client id, or none was given for a server that needs one. Not retried. */
export class ClientIdRefused extends DownloadError {
  override readonly name = 'ClientIdRefused';

  constructor(message: string) {
    super('DOWNLOAD_CLIENT_ID', `${message}; set IMGUR_CLIENT_ID or --client-id to your Imgur client id`);
  }
}

/** The API's answer is not what Imgur documents: no JSON, no list, or `success: false`. */
export class UnexpectedAnswer extends DownloadError {
  override readonly name = 'UnexpectedAnswer';
  readonly url: string;

  constructor(url: string, reason: string) {
    super('DOWNLOAD_UNEXPECTED_ANSWER', `${withoutCredentials(url)}: ${reason}`);
    this.url = url;
  }
}

/** A directory or file cannot be made or written. `cause` is the error of the file system. */
export class NotWritable extends DownloadError {
  override readonly name = 'NotWritable';
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super('DOWNLOAD_NOT_WRITABLE', `cannot write to ${path}: ${messageOf(cause)}`, { cause });
    this.path = path;
  }
}

/** A gallery was asked for its figures after its end. `cause` is the error that its thread died of, if it did. */
export class GalleryClosed extends DownloadError {
  override readonly name = 'GalleryClosed';
  readonly url: string;

  constructor(url: string, options?: ErrorOptions) {
    super('DOWNLOAD_GALLERY_CLOSED', `the gallery at ${url} is closed; start another one`, options);
    this.url = url;
  }
}

/**
 * The summary of a run in which some links failed: one line for each of them.
 *
 * @example
 * ```ts
 * if (failures.length > 0) throw new DownloadsFailed(failures, links.length);
 * ```
 */
export class DownloadsFailed extends DownloadError {
  override readonly name = 'DownloadsFailed';
  /** One error for each link that failed. */
  readonly failures: readonly Error[];
  /** How many links there were in all. */
  readonly total: number;

  constructor(failures: readonly Error[], total: number) {
    const lines = failures.map((failure) => `  ${failure.message}`);
    super('DOWNLOAD_SUMMARY', [`${failures.length} of ${total} downloads failed:`, ...lines]);
    this.failures = failures;
    this.total = total;
  }
}
