import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ApiServer, apiServer, pngOf } from '../test/api-server.ts';
import { HttpError } from './errors.ts';
import { request } from './request.ts';
import { retryAfter } from './retry-after.ts';

// What a server asks to wait is waited by this one, and by this one only.
vi.mock('node:timers/promises', () => ({ setTimeout: vi.fn(async () => {}) }));

let server: ApiServer;
let requests: number;
let status: number;
let headers: Record<string, string>;

beforeEach(async () => {
  requests = 0;
  server = await apiServer([], (_, response) => {
    requests += 1;
    response.writeHead(requests <= 2 ? status : 200, headers).end(pngOf(10));
  });
});

afterEach(async () => {
  vi.mocked(delay).mockClear();
  await server.close();
});

const ask = () =>
  request(
    server.url,
    {},
    (answer) => {
      if (answer.status !== 200)
        throw new HttpError(server.url, answer.status, '', retryAfter(answer.headers));
      return answer.status;
    },
    { retryDelay: 1 },
  );

describe('request', () => {
  it.each([500, 502, 503])(
    'waits as long as Retry-After of %i asks, before each further attempt',
    async (code) => {
      status = code;
      headers = { 'Retry-After': '3' };
      expect(await ask()).toBe(200);
      expect(vi.mocked(delay).mock.calls.map(([wait]) => wait)).toEqual([3000, 3000]);
    },
  );

  it('fails at once when a 503 asks for more than is allowed', async () => {
    status = 503;
    headers = { 'Retry-After': '61' };
    await expect(ask()).rejects.toMatchObject({ name: 'HttpError', status: 503, retryAfter: 61_000 });
    expect(requests).toBe(1);
  });

  it('does not try again, nor wait, because a status that is final asks to', async () => {
    status = 413;
    headers = { 'Retry-After': '3' };
    await expect(ask()).rejects.toMatchObject({ status: 413 });
    expect(requests).toBe(1);
    expect(delay).not.toHaveBeenCalled();
  });

  it('does not wait because a server that fails tells when its limits are renewed', async () => {
    status = 500;
    headers = { 'X-RateLimit-UserReset': String(Math.floor(Date.now() / 1000) + 3600) };
    expect(await ask()).toBe(200);
    expect(delay).not.toHaveBeenCalled();
  });
});
