import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readGallery } from './imgur-answer.ts';

const readText =
  (status: number, body: string, headers = {}) =>
  () =>
    readGallery('http://api', {
      url: 'http://api',
      redirected: false,
      status,
      headers,
      body: Buffer.from(body),
    });
const read = (status: number, body: unknown, headers = {}) => readText(status, JSON.stringify(body), headers);
const readList = (data: unknown[]) => read(200, { data, success: true })();
const imageAt = (link: string) => ({ type: 'image/png', link });

describe('the links of a gallery', () => {
  it('are in its order, each once, those of albums in albums too', () => {
    const inner = { is_album: true, images: [imageAt('http://host/2'), imageAt('http://host/3')] };
    const outer = { is_album: true, images: [imageAt('http://host/1'), inner, imageAt('http://host/4')] };
    const others = [
      null,
      5,
      'http://host/7',
      { is_album: true },
      { type: 'image/gif', link: 'http://host/8' },
    ];
    const links = readList([
      imageAt('http://host/0'),
      outer,
      ...others,
      imageAt('http://host/2'),
      imageAt('no url'),
    ]);
    expect(links).toEqual([...[0, 1, 2, 3, 4].map((name) => `http://host/${name}`), 'no url']);
  });

  it('are found however deep albums are nested', () => {
    const depth = 100_000;
    const album = '{"is_album":true,"images":[';
    const nested = `${album.repeat(depth)}${JSON.stringify(imageAt('http://host/1'))}${']}'.repeat(depth)}`;
    expect(readText(200, `{"success":true,"data":[${nested}]}`)()).toEqual(['http://host/1']);
  });

  it('are taken of whole answers only', () => {
    const body = { data: [imageAt('http://host/1')], success: true };
    for (const status of [200, 203]) expect(read(status, body)()).toEqual(['http://host/1']);
    for (const status of [202, 206]) expect(read(status, body)).toThrow(`http://api: HTTP ${status}`);
  });

  it('may be shown on a terminal', () => {
    const links = readList([imageAt('http://host/\u001b]0;owned\u0007/a.png'), imageAt('no\n\u202eurl')]);
    expect(links).toEqual(['http://host/%1B]0;owned%07/a.png', 'no%0A%E2%80%AEurl']);
  });
});

describe('what Imgur says about an error', () => {
  it('is told, whatever it is', () => {
    expect(read(400, { data: { error: { message: { toString: 1, why: 'no' } } } })).toThrow(
      'http://api: HTTP 400: {"toString":1,"why":"no"}',
    );
    expect(read(400, { errors: [{ detail: { toString: null } }] })).toThrow('HTTP 400: {"toString":null}');
    expect(read(400, { errors: [{ status: 17 }] })).toThrow('HTTP 400: 17');
    expect(read(400, { errors: [{}] })).toThrow(/HTTP 400$/);
  });

  it('does not reach the terminal as a command', () => {
    expect(read(400, { data: { error: '\u001b[31mred\u0007\u009b\nTook 1.0\u202e' } })).toThrow(
      /HTTP 400: \\x1b\[31mred\\x07\\x9b\\x0aTook 1.0\\u202e$/,
    );
  });

  it('reaches it as the cause of an error neither', () => {
    const error = catchError(readText(200, '\u001b]0;owned\u0007'));
    expect(inspect(error)).toContain('expected JSON, got');
    expect(inspect(error)).not.toContain('\u001b');
  });

  it('has in it how long to wait, for a 429 also by its limits, which Imgur tells of in all answers', () => {
    const reset = { 'x-ratelimit-userreset': '99999999999' };
    const asked = { 'retry-after': '3', ...reset };
    const busy = { data: { error: 'Imgur is over capacity' } };
    for (const [status, body] of [
      [503, {}],
      [403, busy],
      [429, {}],
    ] as const) {
      expect(catchError(read(status, body, asked))).toMatchObject({ status, retryAfter: 3000 });
    }
    expect(catchError(read(503, {}, reset))).toMatchObject({ name: 'HttpError', retryAfter: undefined });
    expect(catchError(read(403, busy, reset))).toMatchObject({ name: 'RateLimited', retryAfter: undefined });
    expect(catchError(read(429, {}, reset))).toMatchObject({ retryAfter: expect.any(Number) });
  });

  it('may be nested deeper than calls can be', () => {
    const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(readText(400, `{"data":{"error":{"message":${nested}}}}`)).toThrow('HTTP 400: ["…"]');
  });
});

function catchError(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
