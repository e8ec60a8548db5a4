import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server for one test. */
export interface ApiServer {
  url: string;
  /** Arguments that make the program use it. */
  args: string[];
  close(): Promise<void>;
}

/**
 * An API that lists the given links, of which those that begin with `/` are its own, and answers whatever else it is asked
 * as the test says: for what the built-in gallery does not do.
 */
export async function apiServer(links: readonly string[], answer: RequestListener): Promise<ApiServer> {
  const server = createServer((request, response) => {
    if (!request.url?.startsWith('/3/gallery/')) return answer(request, response);
    const own = (link: string) => (link.startsWith('/') ? `http://${request.headers.host}${link}` : link);
    const data = links.map((link) => ({ type: 'image/png', link: own(link) }));
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ data, success: true, status: 200 }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    args: ['--api-base', url, '--client-id', 'any'],
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Bytes that the downloader takes for a picture, as many as are asked for. */
export function pngOf(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return bytes;
}
