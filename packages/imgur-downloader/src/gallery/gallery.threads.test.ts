import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getLinks } from '../download.ts';
import { defaultGallery } from './default-gallery.ts';
import { Gallery, startGallery } from './gallery.ts';

let gallery: Gallery;

beforeAll(async () => {
  gallery = await startGallery({ images: 16, latency: 0 });
});

afterAll(async () => {
  await gallery.close();
});

const ask = (path: string, authorization?: string) =>
  fetch(`${gallery.url}${path}`, authorization ? { headers: { authorization } } : {});

describe('the built-in gallery', () => {
  it('serves PNG and JPEG files that decode, all different, as its listing describes them', async () => {
    const response = await ask('/3/gallery/random/random/0', `Client-ID ${gallery.clientId}`);
    expect(response.status).toBe(200);
    const body = await response.json();
    expect(body).toMatchObject({ success: true, status: 200 });
    expect(body.data).toHaveLength(16);
    const contents = new Set<string>();
    const types = new Set<string>();
    for (const { link, type, width, height, size } of body.data) {
      const image = await fetch(link);
      expect(image.headers.get('content-type')).toBe(type);
      const bytes = Buffer.from(await image.arrayBuffer());
      expect(bytes.length).toBe(size);
      const decoded = type === 'image/png' ? PNG.sync.read(bytes) : jpeg.decode(bytes);
      expect([decoded.width, decoded.height]).toEqual([width, height]);
      expect(new Set(decoded.data).size).toBeGreaterThan(50);
      contents.add(bytes.toString('latin1'));
      types.add(type);
    }
    expect(contents.size).toBe(16);
    expect([...types].sort()).toEqual(['image/jpeg', 'image/png']);
  });

  it('tells the limits of its rate, and has no second page', async () => {
    const response = await ask('/3/gallery/random/random/1', `Client-ID ${gallery.clientId}`);
    expect(await response.json()).toEqual({ data: [], success: true, status: 200 });
    for (const name of ['UserLimit', 'UserRemaining', 'UserReset', 'ClientLimit', 'ClientRemaining']) {
      expect(Number(response.headers.get(`X-RateLimit-${name}`))).toBeGreaterThan(0);
    }
  });

  it.each([
    [undefined, 401, 'Authentication required'],
    ['Bearer built-in-gallery', 401, 'Authentication required'],
    ['Client-ID somebody', 403, 'The client_id provided is invalid.'],
  ])('answers %s with %i', async (authorization, status, error) => {
    const response = await ask('/3/gallery/random/random/0', authorization);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ data: { error }, success: false, status });
  });

  it('answers what it does not know with 404, and what it does not do with 405', async () => {
    expect((await ask('/nothing.png')).status).toBe(404);
    expect((await fetch(gallery.url, { method: 'POST' })).status).toBe(405);
  });

  it('serves while the thread that started it is blocked', async () => {
    const state = new Int32Array(new SharedArrayBuffer(4));
    const client = new Worker(
      `const { workerData: { url, state } } = require('node:worker_threads');
       fetch(url).then((response) => { Atomics.store(state, 0, response.status); Atomics.notify(state, 0); });`,
      { eval: true, workerData: { url: `${gallery.url}/removed.png`, state } },
    );
    const exited = once(client, 'exit');
    while (Atomics.load(state, 0) === 0) {
      expect(Atomics.wait(state, 0, 0, 60_000)).not.toBe('timed-out');
    }
    expect(Atomics.load(state, 0)).toBe(200);
    await exited;
  });

  it('stands in for Imgur when there is no client id, one and the same for all calls', async () => {
    const said: string[] = [];
    const announce = (message: string) => said.push(message);
    const links = await getLinks('', { announce });
    expect(links).toHaveLength(24);
    expect(await getLinks(undefined, { announce })).toEqual(links);
    const { origin } = new URL(links[0] as string);
    const line = `No Imgur client id is set: using the built-in gallery at ${origin}`;
    expect(said).toEqual([line, line]);
    await (await defaultGallery()).close();
  });

  it('is gone after close, which may be called twice', async () => {
    const other = await startGallery({ images: 1, latency: 0 });
    await other.close();
    await other.close();
    await expect(fetch(other.url)).rejects.toThrow();
  });

  it('has no figures any more after close, and while it closes', async () => {
    const other = await startGallery({ images: 1, latency: 0 });
    const error = {
      name: 'GalleryClosed',
      code: 'DOWNLOAD_GALLERY_CLOSED',
      url: other.url,
    };
    const closed = other.close();
    await expect(other.stats()).rejects.toMatchObject(error);
    await closed;
    await expect(other.stats()).rejects.toMatchObject(error);
    await expect(other.stats()).rejects.toThrow(`the gallery at ${other.url} is closed; start another one`);
  });

  it('is closed when its thread dies, which does not end the program', async () => {
    const worker = new Worker("throw new Error('broken')", { eval: true });
    const dead = new Gallery('http://127.0.0.1:9', worker);
    // Not by `once` of node:events, which would listen to the error as well.
    await new Promise((resolve) => worker.once('exit', resolve));
    await expect(dead.stats()).rejects.toMatchObject({
      name: 'GalleryClosed',
      cause: expect.objectContaining({ message: 'broken' }),
    });
    await dead.close();
  });
});
