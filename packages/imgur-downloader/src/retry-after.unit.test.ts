import { describe, expect, it } from 'vitest';
import { rateLimitWait, retryAfter } from './retry-after.ts';

const now = Date.parse('2024-01-01T00:00:00Z');

describe('retryAfter', () => {
  it.each([
    ['7', 7000],
    ['Mon, 01 Jan 2024 00:00:05 GMT', 5000],
    ['Sun, 31 Dec 2023 00:00:00 GMT', 0],
    ['Monday, 01-Jan-24 00:00:05 GMT', 5000],
    ['Mon Jan  1 00:00:05 2024', 5000],
    [' 7 ', 7000],
    ['soon', undefined],
    ['-5', undefined],
    ['Foo 2', undefined],
    ['2024-01-01T00:00:05Z', undefined],
    ['Mon, 99 Foo 2024 00:00:05 GMT', undefined],
    ['', undefined],
  ])('reads %o as %s ms', (header, expected) => {
    expect(retryAfter({ 'retry-after': header }, now)).toBe(expected);
  });

  it('is longer than any when no number is as large', () => {
    const headers = { 'retry-after': '9'.repeat(400) };
    expect(retryAfter(headers, now)).toBe(Number.POSITIVE_INFINITY);
    expect(rateLimitWait({ 'x-ratelimit-userreset': '9'.repeat(400) }, now)).toBe(Number.POSITIVE_INFINITY);
  });

  it('looks at nothing else', () => {
    expect(retryAfter({ 'x-ratelimit-userreset': String(now / 1000 + 9) }, now)).toBe(undefined);
  });
});

describe('rateLimitWait', () => {
  const ahead = String(now / 1000 + 9);
  it.each([
    [{ 'retry-after': '7', 'x-ratelimit-userreset': ahead }, 7000],
    [{ 'retry-after': 'soon', 'x-ratelimit-userreset': ahead }, 9000],
    [{ 'x-ratelimit-userreset': String(now / 1000 - 9) }, 0],
    [{ 'x-ratelimit-userreset': 'soon' }, undefined],
    [{ 'x-ratelimit-userreset': '' }, undefined],
    [{}, undefined],
  ])('reads %o as %s ms', (headers, expected) => {
    expect(rateLimitWait(headers, now)).toBe(expected);
  });
});
