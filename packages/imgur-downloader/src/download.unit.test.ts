import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ApiServer, apiServer, pngOf } from '../test/api-server.ts';
import { localGallery, type TestGallery } from '../test/local-gallery.ts';
import { downloadLink, getLinks, setupDownloadDir } from './download.ts';
import type { ApiFault, ImageFault } from './gallery/faults.ts';
import type { GalleryOptions } from './gallery/gallery-options.ts';

let directory: string;
const servers: (TestGallery | ApiServer)[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'download-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await rm(directory, { recursive: true, force: true });
});

/** The retries of a test wait one millisecond, whatever a server does. */
const QUICK = { retryDelay: 1, announce: () => {} };

async function galleryWith(options: GalleryOptions = {}): Promise<TestGallery> {
  const gallery = await localGallery({ images: 1, latency: 0, ...options });
  servers.push(gallery);
  return gallery;
}

const linksOf = (gallery: TestGallery) => getLinks(gallery.clientId, { apiBase: gallery.url, ...QUICK });

/** A gallery whose only image has that fault, and the link of the image. */
async function faultyLink(fault: ImageFault): Promise<{ gallery: TestGallery; link: string }> {
  const gallery = await galleryWith({ imageFaults: { 0: fault } });
  const [link] = await linksOf(gallery);
  return { gallery, link: link as string };
}

/** A server whose only image is what the test answers, and the link of the image. */
async function imageFrom(answer: RequestListener): Promise<string> {
  const server = await apiServer([], answer);
  servers.push(server);
  return `${server.url}/a.png`;
}

async function requestsFor(gallery: TestGallery, link: string): Promise<number> {
  return (await gallery.stats()).requests[new URL(link).pathname] ?? 0;
}

describe('getLinks', () => {
  it('lists the images of the gallery, in its order, each once', async () => {
    const gallery = await galleryWith({ images: 9 });
    const links = await linksOf(gallery);
    expect(links).toHaveLength(9);
    expect(new Set(links).size).toBe(9);
    expect(links[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9A-Za-z]{7}\.png$/);
    expect(links.filter((link) => link.endsWith('.jpg'))).toHaveLength(1);
    expect(await linksOf(gallery)).toEqual(links);
  });

  it.each([
    [' ', '/3/gallery/random/random/0'],
    ['/gateway/?key=1#part', '/gateway/3/gallery/random/random/0?key=1'],
  ])('asks below the address of the API, which ends in "%s"', async (end, path) => {
    const asked: (string | undefined)[] = [];
    const server = createHttpServer((request, response) => {
      asked.push(request.url);
      response.end(JSON.stringify({ data: [], success: true }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const links = await getLinks('any', { ...QUICK, apiBase: `${base}${end}` }).finally(() => server.close());
    expect([links, asked]).toEqual([[], [path]]);
  });

  it('takes the images of albums and passes over other types', async () => {
    const gallery = await galleryWith({
      images: 3,
      imageFaults: { 0: { kind: 'album', images: 2 }, 1: { kind: 'animated' } },
    });
    const links = await linksOf(gallery);
    expect(links).toHaveLength(3);
    for (const link of links) await downloadLink(directory, link, QUICK);
    expect((await readdir(directory)).sort()).toEqual(links.map((link) => basename(link)).sort());
  });

  it('says which API it uses', async () => {
    const gallery = await galleryWith();
    const said: string[] = [];
    const announce = (message: string) => said.push(message);
    await getLinks(gallery.clientId, { apiBase: `${gallery.url}/`, announce });
    expect(said).toEqual([`Using the Imgur API at ${gallery.url}/`]);
  });

  it('asks Imgur itself when the base address is empty, whatever the environment says', async () => {
    vi.stubEnv('IMGUR_API_BASE', 'http://127.0.0.1:9');
    const announce = (message: string) => {
      throw new Error(message);
    };
    await expect(getLinks('id', { apiBase: '', announce })).rejects.toThrow(
      'Using the Imgur API at https://api.imgur.com',
    );
  });

  it('refuses a base address in the environment that is none', async () => {
    vi.stubEnv('IMGUR_API_BASE', 'localhost//me:secret@api');
    await expect(getLinks('id', QUICK)).rejects.toThrow(
      new TypeError("IMGUR_API_BASE must be an http or https address, not the string 'localhost//api'"),
    );
  });

  it('refuses a base address without a client id, and a client id that the API refuses', async () => {
    const gallery = await galleryWith();
    await expect(getLinks('', { apiBase: gallery.url, ...QUICK })).rejects.toMatchObject({
      name: 'ClientIdRefused',
      code: 'DOWNLOAD_CLIENT_ID',
    });
    await expect(getLinks('wrong', { apiBase: gallery.url, ...QUICK })).rejects.toMatchObject({
      name: 'ClientIdRefused',
      message: expect.stringMatching(/HTTP 403: The client_id provided is invalid.*IMGUR_CLIENT_ID/),
    });
    for (const id of ['ключ', 'a b', 'a\n']) {
      await expect(getLinks(id, { apiBase: gallery.url, ...QUICK })).rejects.toMatchObject({
        name: 'ClientIdRefused',
        message: expect.stringMatching(/cannot be a client id; set IMGUR_CLIENT_ID or --client-id/),
      });
    }
    expect((await gallery.stats()).requests['/3/gallery/random/random/0']).toBe(1);
  });

  const lasting: [ApiFault['kind'], object, number][] = [
    ['server-error', { name: 'HttpError', code: 'DOWNLOAD_HTTP_STATUS', status: 500 }, 4],
    ['over-capacity', { name: 'RateLimited', code: 'DOWNLOAD_RATE_LIMITED', status: 403 }, 4],
    ['rate-limited', { name: 'RateLimited', status: 429, retryAfter: 0 }, 4],
    ['exhausted', { name: 'RateLimited', status: 429 }, 1],
    ['errors', { name: 'HttpError', status: 400, message: expect.stringContaining('Unknown gallery') }, 1],
    ['unsuccessful', { name: 'UnexpectedAnswer', message: expect.stringContaining('Something went') }, 1],
    ['not-json', { name: 'UnexpectedAnswer', message: expect.stringContaining('<h1>Maintenance') }, 1],
    ['not-a-list', { name: 'UnexpectedAnswer', code: 'DOWNLOAD_UNEXPECTED_ANSWER' }, 1],
  ];
  it.each(lasting)('reports an API that answers "%s"', async (kind, error, requests) => {
    const gallery = await galleryWith({ apiFault: { kind } });
    await expect(linksOf(gallery)).rejects.toMatchObject(error);
    expect((await gallery.stats()).requests['/3/gallery/random/random/0']).toBe(requests);
  });

  it.each(['server-error', 'over-capacity', 'rate-limited'] as const)(
    'tries again when the API answers "%s" twice',
    async (kind) => {
      const gallery = await galleryWith({ images: 2, apiFault: { kind, times: 2 } });
      expect(await linksOf(gallery)).toHaveLength(2);
      expect((await gallery.stats()).requests['/3/gallery/random/random/0']).toBe(3);
    },
  );

  it('reports an API that is down', async () => {
    const closed = await closedPort();
    await expect(getLinks('id', { apiBase: closed, ...QUICK })).rejects.toMatchObject({
      name: 'NetworkFailure',
      code: 'DOWNLOAD_NETWORK',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

describe('downloadLink', () => {
  it('writes the image under the last part of its link, replacing what is there', async () => {
    const gallery = await galleryWith({ images: 4 });
    const links = await linksOf(gallery);
    for (const link of links) {
      const path = join(directory, basename(link));
      await writeFile(path, 'an older file');
      expect(await downloadLink(directory, `${link}?1`, QUICK)).toBe(path);
      const bytes = await readFile(path);
      const decoded = path.endsWith('.png') ? PNG.sync.read(bytes) : jpeg.decode(bytes);
      expect([decoded.width, decoded.height]).toEqual([96, 72]);
    }
    expect((await readdir(directory)).sort()).toEqual(links.map((link) => basename(link)).sort());
  });

  const final: [ImageFault, object][] = [
    [{ kind: 'not-found' }, { name: 'ImageNotFound', code: 'DOWNLOAD_IMAGE_NOT_FOUND' }],
    [{ kind: 'html' }, { name: 'NotAnImage', message: expect.stringContaining('text/html') }],
    [{ kind: 'empty' }, { name: 'NotAnImage', message: expect.stringContaining('an empty file') }],
    [{ kind: 'corrupt' }, { name: 'NotAnImage', message: expect.stringContaining('74 68 65 73 65') }],
    [{ kind: 'removed' }, { name: 'ImageRemoved', code: 'DOWNLOAD_IMAGE_REMOVED' }],
    [
      { kind: 'rate-limited', times: 9, retryAfter: 3600 },
      { name: 'RateLimited', retryAfter: 3_600_000 },
    ],
  ];
  it.each(final)('reports $kind at once, naming the link', async (fault, error) => {
    const { gallery, link } = await faultyLink(fault);
    const failure = await downloadLink(directory, link, QUICK).catch((reason) => reason);
    expect(failure).toMatchObject(error);
    expect(failure.message).toContain(link);
    expect(await requestsFor(gallery, link)).toBe(1);
    expect(await readdir(directory)).toEqual([]);
  });

  const lasting: [ImageFault, object][] = [
    [
      { kind: 'flaky', times: 9 },
      { name: 'HttpError', status: 500 },
    ],
    [
      { kind: 'reset', times: 9 },
      { name: 'NetworkFailure', code: 'DOWNLOAD_NETWORK' },
    ],
    [{ kind: 'truncated' }, { name: 'NetworkFailure', code: 'DOWNLOAD_NETWORK' }],
    [
      { kind: 'rate-limited', times: 9 },
      { name: 'RateLimited', status: 429, retryAfter: 0 },
    ],
  ];
  it.each(lasting)('gives up on $kind after three more attempts', async (fault, error) => {
    const { gallery, link } = await faultyLink(fault);
    await expect(downloadLink(directory, link, QUICK)).rejects.toMatchObject(error);
    expect(await requestsFor(gallery, link)).toBe(4);
    expect(await readdir(directory)).toEqual([]);
  });

  it.each(['flaky', 'reset', 'rate-limited'] as const)('gets over %s that passes', async (kind) => {
    const { gallery, link } = await faultyLink({ kind, times: 2 });
    await downloadLink(directory, link, QUICK);
    expect(await requestsFor(gallery, link)).toBe(3);
    expect(await readdir(directory)).toEqual([basename(link)]);
  });

  it('gives up on an answer that stops half-way', async () => {
    const { link } = await faultyLink({ kind: 'stalled' });
    await expect(downloadLink(directory, link, { timeout: 50, retries: 0 })).rejects.toMatchObject({
      name: 'RequestTimeout',
      code: 'DOWNLOAD_REQUEST_TIMEOUT',
      timeout: 50,
    });
    expect(await readdir(directory)).toEqual([]);
  });

  it('can be aborted while it runs and while it waits for the next attempt', async () => {
    const stalled = await faultyLink({ kind: 'stalled' });
    const limited = await faultyLink({ kind: 'rate-limited', times: 9, retryAfter: 30 });
    const controller = new AbortController();
    const reason = new Error('enough');
    const downloads = [stalled.link, limited.link].map((link) =>
      downloadLink(directory, link, { signal: controller.signal }).catch((error) => error),
    );
    // Both have reached the server, so both are in the middle of it.
    while ((await requestsFor(stalled.gallery, stalled.link)) === 0) await setImmediate();
    while ((await requestsFor(limited.gallery, limited.link)) === 0) await setImmediate();
    controller.abort(reason);
    expect(await Promise.all(downloads)).toEqual([reason, reason]);
    await expect(downloadLink(directory, stalled.link, { signal: controller.signal })).rejects.toBe(reason);
  });

  it('downloads as many at a time as are asked for with one signal, without a warning of a leak', async () => {
    const warnings: Error[] = [];
    const warned = (warning: Error) => warnings.push(warning);
    process.on('warning', warned);
    // Each link once: of any twenty requests, one link's might be so many that it gives up.
    const refused = new Set<string | undefined>();
    const link = await imageFrom(({ url }, response) => {
      if (!refused.has(url)) {
        refused.add(url);
        return response.writeHead(503, { 'Retry-After': '0' }).end();
      }
      return response.setHeader('Content-Type', 'image/png').end(pngOf(10));
    });
    const { signal } = new AbortController();
    const links = Array.from({ length: 20 }, (_, index) => link.replace('a.png', `${index}.png`));
    await Promise.all(links.map((one) => downloadLink(directory, one, { ...QUICK, signal })));
    expect(await readdir(directory)).toHaveLength(20);
    // A warning is told of in a turn of its own.
    await setImmediate();
    process.off('warning', warned);
    expect(warnings).toEqual([]);
  });

  it.each([['enough'], [null]])(
    'rejects with %j as it is when that ends a further attempt',
    async (reason) => {
      const controller = new AbortController();
      let requests = 0;
      const link = await imageFrom((_, response) => {
        requests += 1;
        if (requests === 1) response.writeHead(500).end();
        else controller.abort(reason);
      });
      const options = { ...QUICK, signal: controller.signal };
      const outcome = downloadLink(directory, link, options).then(
        () => 'done',
        (error: unknown) => ({ error }),
      );
      expect(await outcome).toEqual({ error: reason });
    },
  );

  it.each([
    ['no url', 'it is not a URL'],
    ['ftp://host/a.png', 'expected http: or https:, not ftp:'],
    ['https://host/', 'its path names no file'],
    ['https://host/a/..', 'its path names no file'],
    ['https://host/folder/', 'its path names no file'],
    ['https://host/.999999999-0-1.part', 'files that are being written have such names'],
  ])('refuses the link %s', async (link, reason) => {
    await expect(downloadLink(directory, link)).rejects.toMatchObject({
      name: 'InvalidLink',
      code: 'DOWNLOAD_INVALID_LINK',
      message: `${JSON.stringify(link)} cannot be downloaded: ${reason}`,
    });
  });

  it.each([201, 204, 206])('takes an answer %i for no whole image', async (status) => {
    let requests = 0;
    const link = await imageFrom((_, response) => {
      requests += 1;
      response.writeHead(status, { 'Content-Type': 'image/png', 'Content-Range': 'bytes 0-9/100' });
      response.end(pngOf(10));
    });
    await expect(downloadLink(directory, link, QUICK)).rejects.toMatchObject({ name: 'HttpError', status });
    expect(requests).toBe(1);
    expect(await readdir(directory)).toEqual([]);
  });

  it('takes an image named removed.png for one, unless it was redirected there', async () => {
    const link = await imageFrom((request, response) => {
      if (request.url === '/gone.png') return response.writeHead(302, { Location: '/removed.png' }).end();
      return response.setHeader('Content-Type', 'image/png').end(pngOf(10));
    });
    await downloadLink(directory, link.replace('/a.png', '/x/../removed.png'), QUICK);
    expect(await readdir(directory)).toEqual(['removed.png']);
    const gone = new URL('/gone.png', link).href;
    await expect(downloadLink(directory, gone, QUICK)).rejects.toMatchObject({ name: 'ImageRemoved' });
  });

  it.each(['ftp://host/a.png', 'http://[', 'javascript:alert(1)', `data:,${'x'.repeat(9_000)}`])(
    'does not follow a redirect to %.40s, which it asks for once',
    async (target) => {
      let requests = 0;
      const link = await imageFrom((_, response) => {
        requests += 1;
        response.writeHead(302, { Location: target }).end();
      });
      await expect(downloadLink(directory, link, QUICK)).rejects.toMatchObject({
        name: 'HttpError',
        status: 302,
        message: `${link}: HTTP 302: redirects to ${JSON.stringify(target.slice(0, 200))}, which is no http or https address`,
      });
      expect(requests).toBe(1);
    },
  );

  it('takes an image that a proxy has changed (203)', async () => {
    const link = await imageFrom((_, response) => {
      response.writeHead(203, { 'Content-Type': 'image/png' }).end(pngOf(10));
    });
    await downloadLink(directory, link, QUICK);
    expect(await readdir(directory)).toEqual(['a.png']);
  });

  it('refuses an image that is larger than allowed, at once', async () => {
    let requests = 0;
    const link = await imageFrom((_, response) => {
      requests += 1;
      response.setHeader('Content-Type', 'image/png').end(pngOf(1001));
    });
    await expect(downloadLink(directory, link, { ...QUICK, maxBytes: 1000 })).rejects.toMatchObject({
      name: 'AnswerTooLarge',
      url: link,
      maxBytes: 1000,
    });
    expect(requests).toBe(1);
    expect(await readdir(directory)).toEqual([]);
    for (const maxBytes of [1001, Infinity]) await downloadLink(directory, link, { maxBytes });
  });

  it('has a limit of its own for the size of an image', async () => {
    const announced = (length: number) =>
      imageFrom((_, response) => {
        response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': length });
        response.write(pngOf(8), () => response.destroy());
      });
    const outcome = async (length: number) => {
      const link = await announced(length);
      return await downloadLink(directory, link, { retries: 0 }).catch((error) => error.name);
    };
    expect(await outcome(64 * 2 ** 20 + 1)).toBe('AnswerTooLarge');
    expect(await outcome(64 * 2 ** 20)).toBe('NetworkFailure');
  });

  it('has no limits where they are infinite', async () => {
    const { gallery, link } = await faultyLink({ kind: 'rate-limited', times: 5 });
    const unlimited = { timeout: Infinity, retries: Infinity, maxWait: Infinity, maxBytes: Infinity };
    await downloadLink(directory, link, { ...QUICK, ...unlimited });
    expect(await requestsFor(gallery, link)).toBe(6);
  });

  it('fails for a wait that no timer can wait for, however long it may be', async () => {
    const { gallery, link } = await faultyLink({ kind: 'rate-limited', times: 9, retryAfter: 2 ** 31 });
    await expect(downloadLink(directory, link, { ...QUICK, maxWait: Infinity })).rejects.toMatchObject({
      name: 'RateLimited',
    });
    expect(await requestsFor(gallery, link)).toBe(1);
  });

  it('fails at once for a wait after a 503 that is longer than allowed', async () => {
    let requests = 0;
    const link = await imageFrom((_, response) => {
      requests += 1;
      response.writeHead(503, { 'Retry-After': '3600' }).end();
    });
    await expect(downloadLink(directory, link, QUICK)).rejects.toMatchObject({
      name: 'HttpError',
      retryAfter: 3_600_000,
      message: `${link}: HTTP 503: Service Unavailable; try again in 3600 s`,
    });
    expect(requests).toBe(1);
  });

  it('logs in as the link says, and tells nobody how', async () => {
    const seen: unknown[] = [];
    const url = await imageFrom((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(404).end();
    });
    const link = url.replace('//', '//user:secret@');
    await expect(downloadLink(directory, link, QUICK)).rejects.toMatchObject({
      link,
      message: `${url}: image not found (HTTP 404)`,
    });
    expect(seen).toEqual([`Basic ${btoa('user:secret')}`]);
  });

  it('keeps an encoded path separator as part of the name', async () => {
    const gallery = await galleryWith();
    const link = `${gallery.url}/..%2Fescape.png`;
    await expect(downloadLink(directory, link, QUICK)).rejects.toMatchObject({ name: 'ImageNotFound' });
  });

  it('reports a file that cannot be written, and leaves no part of it', async () => {
    const gallery = await galleryWith();
    const [link] = (await linksOf(gallery)) as [string];
    await mkdir(join(directory, basename(link)));
    await expect(downloadLink(directory, link, QUICK)).rejects.toMatchObject({
      name: 'NotWritable',
      code: 'DOWNLOAD_NOT_WRITABLE',
      path: join(directory, basename(link)),
    });
    expect(await readdir(directory)).toEqual([basename(link)]);
    await expect(downloadLink(join(directory, 'missing'), link, QUICK)).rejects.toMatchObject({
      name: 'NotWritable',
      message: expect.stringContaining('ENOENT'),
    });
  });
});

describe('setupDownloadDir', () => {
  it('makes the directory, and is content with one that is there', async () => {
    const path = join(directory, 'a', 'images');
    expect(await setupDownloadDir(path)).toBe(path);
    await writeFile(join(path, 'kept.png'), '');
    expect(await setupDownloadDir(path)).toBe(path);
    expect(await readdir(path)).toEqual(['kept.png']);
  });

  it('refuses a file in the way', async () => {
    const path = join(directory, 'images');
    await writeFile(path, '');
    await expect(setupDownloadDir(path)).rejects.toMatchObject({
      name: 'NotWritable',
      code: 'DOWNLOAD_NOT_WRITABLE',
      message: expect.stringContaining(path),
    });
    await expect(setupDownloadDir(join(path, 'below'))).rejects.toMatchObject({ name: 'NotWritable' });
  });

  // Linux makes no directory there, whoever asks, and Node's own way to make those above never ends.
  it.skipIf(!existsSync('/proc/self'))('refuses a place where none can be made', async () => {
    await expect(setupDownloadDir('/proc/x')).rejects.toMatchObject({
      name: 'NotWritable',
      message: expect.stringContaining('cannot write to /proc/x: ENOENT'),
    });
  });

  it('clears what a killed run left half-written, and nothing that lives', async () => {
    const dead = '.999999999-0-1.part';
    const living = `.${process.pid}-0-1.part`;
    for (const name of [dead, living, '.hidden', 'c.part']) await writeFile(join(directory, name), '');
    await setupDownloadDir(directory);
    expect(existsSync(join(directory, dead))).toBe(false);
    expect((await readdir(directory)).sort()).toEqual(['.hidden', living, 'c.part'].sort());
  });
});

/** The address of a port on which nobody listens. */
async function closedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}
