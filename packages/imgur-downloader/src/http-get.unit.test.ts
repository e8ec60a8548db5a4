import { once } from 'node:events';
import http, { Agent, createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { httpGetWhole } from './http-get.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

/** A server to be asked, and what it has seen. */
interface Seeing {
  url: string;
  /** The headers of each request. */
  seen: IncomingHttpHeaders[];
  /** Its connections, from each of which a request has come. */
  connections: Set<Socket>;
}

/**
 * A server that redirects `/away` to `target`, with a body that never ends in case of `/dripping`, and is silent on `/silent`.
 * It breaks the connection in the middle of `/cut`, answers `/endless` without an end, announces such an answer on `/announced` and sends nothing of it. It changes the protocol on `/changing`, and answers anything else with the path.
 */
async function serverWith(target: string): Promise<Seeing> {
  const seen: IncomingHttpHeaders[] = [];
  const connections = new Set<Socket>();
  const server = createServer((request, response) => {
    seen.push(request.headers);
    connections.add(request.socket);
    if (request.url === '/silent') return;
    if (request.url === '/changing') {
      request.socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nUpgrade: another\r\nConnection: Upgrade\r\n\r\n',
      );
      return;
    }
    if (request.url === '/away') response.writeHead(307, { Location: target }).end('moved');
    else if (request.url === '/dripping') response.writeHead(307, { Location: target }).write('moved');
    else if (request.url === '/announced') response.writeHead(200, { 'Content-Length': 1e12 }).flushHeaders();
    else if (request.url === '/cut')
      response.writeHead(200, { 'Content-Length': 9 }).write('half', () => response.destroy());
    else if (request.url === '/endless') new Readable({ read: bytesForEver }).pipe(response);
    else response.end(request.url);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, connections };
}

function bytesForEver(this: Readable): void {
  this.push('x'.repeat(30));
}

const headers = { Authorization: 'Client-ID secret' };
const never = new AbortController().signal;
const LIMIT = 100;

describe('httpGetWhole', () => {
  it('follows a redirect within a server, credentials and all', async () => {
    const { url, seen } = await serverWith('/here');
    const answer = await httpGetWhole(`${url}/away`, headers, never, LIMIT);
    expect(answer).toMatchObject({ url: `${url}/here`, redirected: true, status: 200 });
    expect(answer.body.toString()).toBe('/here');
    expect(seen.map((one) => one.authorization)).toEqual(['Client-ID secret', 'Client-ID secret']);
  });

  it('says who asks, and that what it gets is to be as it is', async () => {
    const { url, seen } = await serverWith('/');
    expect(await httpGetWhole(`${url}/x/../here`, {}, never, LIMIT)).toMatchObject({
      url: `${url}/here`,
      redirected: false,
    });
    expect(seen).toMatchObject([{ 'user-agent': 'imgur-downloader', 'accept-encoding': 'identity' }]);
  });

  it('rejects an answer that changes to another protocol', async () => {
    const { url } = await serverWith('/here');
    await expect(httpGetWhole(`${url}/changing`, {}, never, LIMIT)).rejects.toThrow(
      'closed without an answer',
    );
  });

  it('keeps credentials from another server', async () => {
    const other = await serverWith('/');
    const first = await serverWith(`${other.url}/there`);
    const answer = await httpGetWhole(`${first.url}/away`, headers, never, LIMIT);
    expect(answer.url).toBe(`${other.url}/there`);
    expect(other.seen.map((one) => one.authorization)).toEqual([undefined]);
  });

  it('leaves a redirect that never ends, and with it the connection', async () => {
    const { url, connections } = await serverWith('/here');
    const answer = await httpGetWhole(`${url}/dripping`, {}, never, LIMIT);
    expect(answer.body.toString()).toBe('/here');
    const [first] = connections as Iterable<Socket> as [Socket];
    if (!first.destroyed) await once(first, 'close');
  });

  it('goes on using the connection of a redirect that is whole', async () => {
    const { url, connections } = await serverWith('/here');
    for (let call = 1; call <= 5; call += 1) await httpGetWhole(`${url}/away`, {}, never, LIMIT);
    expect(connections.size).toBeLessThanOrEqual(2);
  });

  it.each(['/endless', '/announced'])(
    'reads no more of %s than is allowed, and ends the connection',
    async (path) => {
      const { url, connections } = await serverWith('/');
      await expect(httpGetWhole(`${url}${path}`, {}, never, LIMIT)).rejects.toMatchObject({
        name: 'AnswerTooLarge',
        code: 'DOWNLOAD_TOO_LARGE',
        url: `${url}${path}`,
        maxBytes: LIMIT,
      });
      const [connection] = connections as Iterable<Socket> as [Socket];
      // Not by `once` of node:events, which rejects for what the server's side makes of it: a write that failed.
      if (!connection.destroyed) await new Promise((resolve) => connection.once('close', resolve));
    },
  );

  it('reads an answer of just as many bytes as are allowed', async () => {
    const { url } = await serverWith('/');
    const path = `/${'x'.repeat(LIMIT - 1)}`;
    expect((await httpGetWhole(`${url}${path}`, {}, never, LIMIT)).body.toString()).toBe(path);
    await expect(httpGetWhole(`${url}${path}x`, {}, never, LIMIT)).rejects.toThrow(
      `larger than ${LIMIT} bytes; maxBytes allows more`,
    );
  });

  it('ends with its signal, also after a redirect', async () => {
    const { url, seen } = await serverWith('/silent');
    const controller = new AbortController();
    const asked = httpGetWhole(`${url}/dripping`, {}, controller.signal, LIMIT).catch((error) => error);
    while (seen.length < 2) await setImmediate();
    controller.abort();
    expect(await asked).toMatchObject({ name: 'AbortError' });
  });

  it.each(['127.0.0.1', 'localhost', '127.1'])(
    'asks %s itself, whatever proxy the agent of the program goes through',
    async (host) => {
      const { url } = await serverWith('/here');
      const { globalAgent } = http;
      http.globalAgent = new Agent();
      http.globalAgent.createConnection = () => {
        throw new Error('asked through the proxy');
      };
      try {
        const address = `${url.replace('127.0.0.1', host)}/away`;
        expect(await httpGetWhole(address, {}, never, LIMIT)).toMatchObject({ status: 200 });
        await expect(httpGetWhole('http://example.test', {}, never, LIMIT)).rejects.toThrow('the proxy');
      } finally {
        http.globalAgent = globalAgent;
      }
    },
  );

  it('gives up after five redirects, and says so', async () => {
    const { url, seen } = await serverWith('/away');
    await expect(httpGetWhole(`${url}/away`, headers, never, LIMIT)).rejects.toMatchObject({
      name: 'HttpError',
      status: 307,
      message: `${url}/away: HTTP 307: redirects more than 5 times`,
    });
    expect(seen).toHaveLength(6);
  });

  it.each([
    ['UTF-8', Buffer.from('/é').toString('latin1')],
    ['Latin-1', '/é'],
  ])('follows a redirect that is not escaped, as the server wrote it in %s', async (_, target) => {
    const { url } = await serverWith(target);
    expect((await httpGetWhole(`${url}/away`, {}, never, LIMIT)).body.toString()).toBe('/%C3%A9');
  });

  it('says that the connection broke in the middle', async () => {
    const { url } = await serverWith('/');
    await expect(httpGetWhole(`${url}/cut`, {}, never, LIMIT)).rejects.toMatchObject({
      message: 'the connection broke in the middle of the answer',
      cause: { code: 'ECONNRESET' },
    });
  });
});
