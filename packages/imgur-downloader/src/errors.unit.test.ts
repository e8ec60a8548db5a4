import { describe, expect, it } from 'vitest';
import * as errors from './errors.ts';

describe('the message of an error', () => {
  it('shows no password of a link, which the error still has', () => {
    const link = 'http://user:secret@host/a.png';
    const all = [
      new errors.ImageNotFound(link, 404),
      new errors.ImageRemoved(link),
      new errors.NotAnImage(link, 'text/html'),
      new errors.InvalidLink(link, 'it is not a URL'),
      new errors.RequestTimeout(link, 1),
      new errors.NetworkFailure(link, 'reset'),
      new errors.HttpError(link, 500),
      new errors.RateLimited(link, 429, undefined),
      new errors.UnexpectedAnswer(link, 'expected JSON'),
    ];
    for (const error of all) {
      expect(error.message).toContain('http://host/a.png');
      expect(error.stack).not.toContain('secret');
      expect('link' in error ? error.link : error.url).toBe(link);
    }
  });

  it('says when to try again, if it is known and will ever be', () => {
    const limited = (wait: number | undefined) => new errors.RateLimited('http://host', 429, wait).message;
    expect(limited(1500)).toBe('http://host: rate limited (HTTP 429); try again in 2 s');
    expect(limited(undefined)).toBe('http://host: rate limited (HTTP 429); try again later');
    expect(limited(Infinity)).toBe('http://host: rate limited (HTTP 429); try again later');
    const failed = (wait?: number) => new errors.HttpError('http://host', 503, '', wait).message;
    expect(failed(1500)).toBe('http://host: HTTP 503; try again in 2 s');
    expect(failed()).toBe('http://host: HTTP 503');
    expect(failed(Infinity)).toBe('http://host: HTTP 503; try again later');
  });

  it('is one line, and one for each link in a summary', () => {
    const forged = new errors.HttpError('http://host/a.png', 400, 'no\n  http://host/b.png: forged');
    expect(forged.message).toBe('http://host/a.png: HTTP 400: no\\x0a  http://host/b.png: forged');
    const { message } = new errors.DownloadsFailed([forged, new Error('other\nline')], 5);
    expect(message).toBe(`2 of 5 downloads failed:\n  ${forged.message}\n  other\\x0aline`);
  });
});
