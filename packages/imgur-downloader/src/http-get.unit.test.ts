import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { httpGetWhole } from './http-get.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A server that redirects `/away` to `target` and answers anything else with the path; and what it was sent. */
async function serverWith(target: string): Promise<{ url: string; seen: IncomingHttpHeaders[] }> {
  const seen: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    if (request.url === '/away') response.writeHead(307, { Location: target }).end('moved');
    else response.end(request.url);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const headers = { Authorization: 'Client-ID secret' };
const never = new AbortController().signal;

describe('httpGetWhole', () => {
  it('follows a redirect within a server, credentials and all', async () => {
    const { url, seen } = await serverWith('/here');
    const answer = await httpGetWhole(`${url}/away`, headers, never);
    expect(answer).toMatchObject({ url: `${url}/here`, status: 200 });
    expect(answer.body.toString()).toBe('/here');
    expect(seen.map((one) => one.authorization)).toEqual(['Client-ID secret', 'Client-ID secret']);
    expect(seen[0]?.['user-agent']).toBe('imgur-downloader');
  });

  it('keeps credentials from another server', async () => {
    const other = await serverWith('/');
    const first = await serverWith(`${other.url}/there`);
    const answer = await httpGetWhole(`${first.url}/away`, headers, never);
    expect(answer.url).toBe(`${other.url}/there`);
    expect(other.seen.map((one) => one.authorization)).toEqual([undefined]);
  });

  it('gives up after five redirects', async () => {
    const { url, seen } = await serverWith('/away');
    expect(await httpGetWhole(`${url}/away`, {}, never)).toMatchObject({ status: 307 });
    expect(seen).toHaveLength(6);
  });
});
