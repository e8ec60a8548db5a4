import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localGallery, type TestGallery } from '../../test/local-gallery.ts';

let gallery: TestGallery;

beforeAll(async () => {
  gallery = await localGallery({ images: 1, latency: 0 });
});

afterAll(() => gallery.close());

/** What the server answers to bytes that no client of HTTP would send. */
async function answerTo(request: string): Promise<string> {
  const socket = connect(Number(new URL(gallery.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(request);
  return await text(socket);
}

describe('the gallery’s server', () => {
  it.each([
    'GET // HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n',
    'GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  ])('answers %j, which has no address, with 400', async (request) => {
    expect(await answerTo(request)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });
});
