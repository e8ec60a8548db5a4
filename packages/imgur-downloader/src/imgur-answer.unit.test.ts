import { describe, expect, it } from 'vitest';
import { readGallery } from './imgur-answer.ts';

const read = (status: number, body: unknown) => () =>
  readGallery('http://api', {
    url: 'http://api',
    status,
    headers: {},
    body: Buffer.from(JSON.stringify(body)),
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
    expect(read(400, { data: { error: '\u001b[31mred\u0007\u009b' } })).toThrow(
      'HTTP 400: \\x1b[31mred\\x07\\x9b',
    );
  });
});
