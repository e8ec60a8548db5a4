import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localGallery, type TestGallery } from '../test/local-gallery.ts';
import { runCli, startProgram } from '../test/run-cli.ts';
import { getLinks } from './download.ts';
import type { GalleryOptions } from './gallery/gallery-options.ts';

let cwd: string;
const galleries: TestGallery[] = [];

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'imgur-downloader-'));
});

afterEach(async () => {
  await Promise.all(galleries.splice(0).map((gallery) => gallery.close()));
  await rm(cwd, { recursive: true, force: true });
});

/** A gallery, its links, and the arguments that make the program use it. */
async function galleryWith(options: GalleryOptions) {
  const gallery = await localGallery({ latency: 0, ...options });
  galleries.push(gallery);
  const links = await getLinks(gallery.clientId, { apiBase: gallery.url, announce: () => {} });
  return { gallery, links, args: ['--api-base', gallery.url, '--client-id', gallery.clientId] };
}

async function expectImages(directory: string, links: readonly string[]): Promise<void> {
  expect((await readdir(directory)).sort()).toEqual(links.map((link) => basename(link)).sort());
  for (const link of links) {
    const bytes = await readFile(join(directory, basename(link)));
    const { width, height } = link.endsWith('.png') ? PNG.sync.read(bytes) : jpeg.decode(bytes);
    expect([width, height]).toEqual([96, 72]);
  }
}

const lessonOutput = (links: readonly string[]) =>
  new RegExp(`^${links.map((link) => `Queueing ${link}\n`).join('')}Took \\d+\\.\\d+\n$`);

describe('imgur-downloader threads', () => {
  it('prints the lesson’s lines and downloads with eight threads at once, and again', async () => {
    // Not one image arrives before eight threads have asked for theirs.
    const { gallery, links, args } = await galleryWith({ images: 20, holdUntil: 8 });
    for (let run = 1; run <= 2; run += 1) {
      const { code, stdout, stderr } = await runCli(args, cwd);
      expect(stderr).toBe(`Using the Imgur API at ${gallery.url}\n`);
      expect(stdout).toMatch(lessonOutput(links));
      expect(code).toBe(0);
      await expectImages(join(cwd, 'images'), links);
    }
    expect((await gallery.stats()).maxInFlight).toBe(8);
  });

  it('uses the built-in gallery without a client id, and says so', async () => {
    const { code, stdout, stderr } = await runCli(
      ['--images', '5', '--latency', '0', '--workers', '2', '--dir', 'a/b'],
      cwd,
    );
    expect(stderr).toMatch(
      /^No Imgur client id is set: using the built-in gallery at http:\/\/127\.0\.0\.1:\d+\n$/,
    );
    const links = [...stdout.matchAll(/^Queueing (.*)$/gm)].map((match) => match[1] as string);
    expect(links).toHaveLength(5);
    expect(stdout).toMatch(lessonOutput(links));
    expect(code).toBe(0);
    await expectImages(join(cwd, 'a', 'b'), links);
  });

  it('is a program of its own', async () => {
    const { gallery, links } = await galleryWith({ images: 3 });
    const env = { IMGUR_API_BASE: gallery.url, IMGUR_CLIENT_ID: gallery.clientId };
    const { code, stdout } = await startProgram('threads.ts', [], cwd, env).ended;
    expect(stdout).toMatch(lessonOutput(links));
    expect(code).toBe(0);
    await expectImages(join(cwd, 'images'), links);
  });

  it('downloads the rest when links fail, more of them than there are threads, and ends with a summary', async () => {
    const { links, args } = await galleryWith({
      images: 8,
      imageFaults: {
        0: { kind: 'not-found' },
        1: { kind: 'html' },
        3: { kind: 'removed' },
        4: { kind: 'flaky' },
      },
    });
    const { code, stdout, stderr } = await runCli([...args, '--workers', '2'], cwd);
    expect(stdout).toMatch(lessonOutput(links));
    expect(stderr).toContain('3 of 8 downloads failed:\n');
    expect(stderr).toContain(`\n  ${links[0]}: image not found (HTTP 404)\n`);
    expect(stderr).toContain(`\n  ${links[1]}: expected a JPEG or PNG image, got text/html\n`);
    expect(stderr).toContain(`\n  ${links[3]}: image was removed (redirected to removed.png)\n`);
    expect(code).toBe(1);
    await expectImages(
      join(cwd, 'images'),
      links.filter((_, index) => ![0, 1, 3].includes(index)),
    );
  });

  it('ends with an error when the gallery is down', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const { code, stdout, stderr } = await runCli(
      ['--api-base', `http://127.0.0.1:${port}`, '--client-id', 'any'],
      cwd,
    );
    expect(stderr).toContain(`/3/gallery/random/random/0: connect ECONNREFUSED 127.0.0.1:${port}\n`);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  it('ends with an error when the directory is a file', async () => {
    await writeFile(join(cwd, 'images'), '');
    const { code, stdout, stderr } = await runCli([], cwd);
    expect(stderr).toContain(`cannot write to ${join(cwd, 'images')}: EEXIST`);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });

  it.each([
    ['--workers', '0', /'0' is invalid. Expected a whole number from 1 to 64/],
    ['--client-id', 'replace with your client ID', /An Imgur client id has no spaces/],
  ])('refuses %s %s', async (option, value, message) => {
    const { code, stdout, stderr } = await runCli([option, value], cwd);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
    expect(code).toBe(1);
  });
});

describe('the other modes', () => {
  it('simple downloads one image after the other', async () => {
    const { gallery, links, args } = await galleryWith({ images: 4, imageFaults: { 2: { kind: 'empty' } } });
    const { code, stdout, stderr } = await runCli(['simple', ...args], cwd);
    expect(stdout).toMatch(/^Took \d+\.\d+\n$/);
    expect(stderr).toContain(`1 of 4 downloads failed:\n  ${links[2]}:`);
    expect(code).toBe(1);
    await expectImages(
      join(cwd, 'images'),
      links.filter((_, index) => index !== 2),
    );
    expect((await gallery.stats()).maxInFlight).toBe(1);
  });

  it('procs downloads with processes', async () => {
    const { gallery, links, args } = await galleryWith({
      images: 5,
      holdUntil: 3,
      imageFaults: { 4: { kind: 'not-found' } },
    });
    const { code, stdout, stderr } = await runCli(['procs', ...args, '--workers', '3'], cwd);
    expect(stderr).toContain(`1 of 5 downloads failed:\n  ${links[4]}: image not found (HTTP 404)\n`);
    expect(stdout).toMatch(/^Took \d+\.\d+\n$/);
    expect(code).toBe(1);
    await expectImages(join(cwd, 'images'), links.slice(0, 4));
    expect((await gallery.stats()).maxInFlight).toBe(3);
  });

  it('compare runs all three on the same links and prints one table', async () => {
    const { links, args } = await galleryWith({ images: 6 });
    const { code, stdout } = await runCli(['compare', ...args, '--workers', '2'], cwd);
    expect(stdout).toMatch(
      new RegExp(
        'mode +seconds +speed-up +images/s\n' +
          'simple +\\d+\\.\\d\\d +1\\.0× +\\d+\\.\\d\n' +
          'threads +\\d+\\.\\d\\d +\\d+\\.\\d× +\\d+\\.\\d\n' +
          'procs +\\d+\\.\\d\\d +\\d+\\.\\d× +\\d+\\.\\d\n' +
          'All three left the same files\\.\n$',
      ),
    );
    expect(code).toBe(0);
    for (const mode of ['simple', 'threads', 'procs']) await expectImages(join(cwd, 'images', mode), links);
  });
});

describe('Ctrl-C', () => {
  it.each(['threads', 'procs'])('ends %s with code 130 and leaves nothing half-written', async (mode) => {
    const { gallery, args } = await galleryWith({ images: 3, imageFaults: { 0: { kind: 'stalled' } } });
    const { child, ended } = startProgram('cli.ts', [mode, ...args, '--workers', '2'], cwd);
    while ((await gallery.stats()).maxInFlight === 0) await delay(5);
    child.kill('SIGINT');
    const { code, signal } = await ended;
    expect([code, signal]).toEqual([130, null]);
    const links = await getLinks(gallery.clientId, { apiBase: gallery.url, announce: () => {} });
    const whole = links.slice(1).map((link) => basename(link));
    for (const name of await readdir(join(cwd, 'images'))) expect(whole).toContain(name);
  });
});
