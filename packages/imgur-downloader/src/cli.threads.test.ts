import { execFileSync } from 'node:child_process';
import { closeSync, constants, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiServer, apiServer, pngOf } from '../test/api-server.ts';
import { localGallery, type TestGallery } from '../test/local-gallery.ts';
import { runCli, startProgram } from '../test/run-cli.ts';
import { getLinks } from './download.ts';
import type { GalleryOptions } from './gallery/gallery-options.ts';

let cwd: string;
const servers: (TestGallery | ApiServer)[] = [];

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'imgur-downloader-'));
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await rm(cwd, { recursive: true, force: true });
});

/** A gallery, its links, and the arguments that make the program use it. */
async function galleryWith(options: GalleryOptions) {
  const gallery = await localGallery({ latency: 0, ...options });
  servers.push(gallery);
  const links = await getLinks(gallery.clientId, { apiBase: gallery.url, announce: () => {} });
  return { gallery, links, args: ['--api-base', gallery.url, '--client-id', gallery.clientId] };
}

/** An API with such links, whose images are what the test answers; and the arguments that make the program use it. */
async function apiWith(links: readonly string[], answer: RequestListener): Promise<ApiServer> {
  const server = await apiServer(links, answer);
  servers.push(server);
  return server;
}

/** Names of all files below the images' directory, at this moment. */
const filesNow = () =>
  existsSync(join(cwd, 'images')) ? readdirSync(join(cwd, 'images'), { recursive: true }).map(String) : [];
const partsNow = () => filesNow().filter((name) => name.endsWith('.part'));

/** How many bytes could be read from a pipe just now. */
function readNow(pipe: number): number {
  try {
    return readSync(pipe, Buffer.alloc(1_000_000));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
    throw error;
  }
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

  it('says that it draws, when there is much to draw', async () => {
    const { code, stderr } = await runCli(['--images', '200', '--latency', '0'], cwd);
    expect(stderr).toMatch(
      /^Drawing the 200 images of the built-in gallery\nNo Imgur client id is set: using the built-in gallery at .*\n$/,
    );
    expect(code).toBe(0);
  });

  it.each(['threads', 'simple', 'procs', 'compare'])(
    'uses the built-in gallery for %s with an empty client id, whatever the environment says',
    async (mode) => {
      const env = { IMGUR_CLIENT_ID: 'any', IMGUR_API_BASE: 'http://127.0.0.1:9' };
      const args = [mode, '--client-id', '', '--api-base', '', '--images', '2', '--latency', '0'];
      const { code, stderr } = await runCli([...args, '--workers', '1'], cwd, env);
      expect(stderr).toMatch(/^No Imgur client id is set: using the built-in gallery at .*\n$/);
      expect(code).toBe(0);
    },
  );

  it('sends no command of a server’s to the terminal, and no password', async () => {
    const found = '/\u001b]0;owned\u0007/\u202e1.png';
    const { args, url } = await apiWith([found, '/2.png', 'no\nurl'], (request, response) => {
      if (request.url === '/2.png') return response.writeHead(404).end();
      return response.setHeader('Content-Type', 'image/png').end(pngOf(100));
    });
    const base = url.replace('http://', 'http://user:secret@');
    const { code, stdout, stderr } = await runCli(['--api-base', base, ...args.slice(2)], cwd);
    expect(stdout).toMatch(
      lessonOutput([`${url}/%1B]0;owned%07/%E2%80%AE1.png`, `${url}/2.png`, 'no%0Aurl']),
    );
    expect(stderr.split('\n').sort()).toEqual([
      '',
      `  "no%0Aurl" cannot be downloaded: it is not a URL`,
      `  ${url}/2.png: image not found (HTTP 404)`,
      '2 of 3 downloads failed:',
      `Using the Imgur API at ${url}/`,
    ]);
    expect(code).toBe(1);
    expect(filesNow()).toEqual(['%E2%80%AE1.png']);
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
    // A port that the system gives to nobody who asks for any.
    const args = ['--api-base', 'http://127.0.0.1:9', '--client-id', 'any'];
    const { code, stdout, stderr } = await runCli(args, cwd);
    expect(stderr).toContain('/3/gallery/random/random/0: connect ECONNREFUSED 127.0.0.1:9\n');
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

  it('simple ends although a redirect never does', async () => {
    const { args } = await apiWith(['/away/1.png', '/away/2.png'], ({ url = '' }, response) => {
      if (!url.startsWith('/away')) return response.setHeader('Content-Type', 'image/png').end(pngOf(100));
      response.writeHead(302, { Location: url.slice('/away'.length) }).write('.');
      const dripping = setInterval(() => response.write('.'), 10);
      response.once('close', () => clearInterval(dripping));
    });
    const { code, stderr } = await runCli(['simple', ...args], cwd);
    expect(stderr).toMatch(/^Using the Imgur API at .*\n$/);
    expect(code).toBe(0);
    expect(filesNow().sort()).toEqual(['1.png', '2.png']);
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

describe('compare', () => {
  it('reports a link that is no URL after the table, once for each way', async () => {
    const { args } = await apiWith(['no url', '/1.png'], (_, response) => {
      response.setHeader('Content-Type', 'image/png').end(pngOf(100));
    });
    const { code, stdout, stderr } = await runCli(['compare', ...args, '--workers', '1'], cwd);
    expect(stdout).toMatch(/\nprocs .*\n$/);
    const line = '  "no url" cannot be downloaded: it is not a URL\n';
    expect(stderr).toMatch(/^Using the Imgur API at .*\n/);
    expect(stderr.slice(stderr.indexOf('\n') + 1)).toBe(`3 of 6 downloads failed:\n${line}${line}${line}`);
    expect(code).toBe(1);
  });
});

describe('an output that cannot be written to', () => {
  it.each([[['threads']], [['simple']], [['procs']], [['compare']], [['--help']]])(
    'ends %j without a word when its reader has gone',
    async (args) => {
      const gallery = args[0] === '--help' ? [] : (await galleryWith({ images: 4 })).args;
      const { child, ended } = startProgram('cli.ts', [...args, ...gallery, '--workers', '2'], cwd);
      child.stdout?.destroy();
      const { code, signal, stderr } = await ended;
      expect([code, signal]).toEqual([141, null]);
      expect(stderr).toMatch(gallery.length > 0 ? /^Using the Imgur API at .*\n$/ : /^$/);
      expect(partsNow()).toEqual([]);
    },
  );

  it('leaves the exit code alone when only stderr has no reader', async () => {
    const { args } = await galleryWith({ images: 2 });
    const { child, ended } = startProgram('cli.ts', args, cwd);
    child.stderr?.destroy();
    const { code, stdout } = await ended;
    expect(stdout).toMatch(/Took/);
    expect(code).toBe(0);
  });

  // A device of Linux: where there is none, nothing can be written to that is full and costs no disk.
  it.skipIf(!existsSync('/dev/full')).each([[['threads']], [['--help']]])(
    'ends %j with one line on stderr when there is no space',
    async (args) => {
      const gallery = args[0] === '--help' ? [] : (await galleryWith({ images: 4 })).args;
      await using full = await open('/dev/full', 'w');
      const { code, stderr } = await startProgram(
        'cli.ts',
        [...args, ...gallery],
        cwd,
        {},
        { stdout: full.fd },
      ).ended;
      expect(stderr.replace(/^Using the Imgur API at .*\n/, '')).toBe(
        'cannot write to stdout: ENOSPC: no space left on device, write\n',
      );
      expect(code).toBe(1);
      expect(partsNow()).toEqual([]);
    },
  );
});

describe('Ctrl-C', () => {
  it.each(['threads', 'procs', 'simple', 'compare'])(
    'ends %s in the middle of writing, as SIGTERM and SIGHUP do, and leaves no part',
    async (mode) => {
      const image = pngOf(3_000_000);
      let served = 0;
      const { args } = await apiWith(
        Array.from({ length: 400 }, (_, index) => `/${index}.png`),
        (_, response) => {
          served += 1;
          response.setHeader('Content-Type', 'image/png').end(image);
        },
      );
      for (const [run, name, expected] of [
        [0, 'SIGINT', 130],
        [1, 'SIGTERM', 143],
        [2, 'SIGHUP', 129],
        [3, 'SIGTERM', 143],
      ] as const) {
        served = 0;
        const { child, ended } = startProgram(
          'cli.ts',
          [mode, ...args, '--workers', '4'],
          cwd,
          {},
          { detached: true },
        );
        // Each at another moment, when at least one file is half-written.
        while (served < 4 * run || partsNow().length === 0) await delay(1);
        // Ctrl-C and the terminal's end go to all processes in it, SIGTERM as a rule to the one that was started.
        if (name === 'SIGTERM') child.kill(name);
        else process.kill(-(child.pid as number), name);
        const { code, signal, stderr } = await ended;
        expect([code, signal]).toEqual([expected, null]);
        expect(stderr).toMatch(/^Using the Imgur API at .*\n$/);
        expect(partsNow()).toEqual([]);
        await rm(join(cwd, 'images'), { recursive: true });
      }
    },
  );

  it('waits for the file that is being written, also when it comes again and again', async () => {
    let pipe = -1;
    const { args } = await apiWith(['/0.png'], (_, response) => {
      // In the place of the part file a pipe: who writes into it waits until somebody has read what is in it.
      const part = join(cwd, 'images', `.${child.pid}-0-1.part`);
      execFileSync('mkfifo', [part]);
      pipe = openSync(part, constants.O_RDONLY | constants.O_NONBLOCK);
      response.setHeader('Content-Type', 'image/png').end(pngOf(1_000_000));
    });
    const { child, ended } = startProgram('cli.ts', ['simple', ...args], cwd);
    while (pipe === -1 || readNow(pipe) === 0) await delay(1);
    for (let times = 0; times < 20; times += 1) {
      child.kill('SIGINT');
      await delay(2);
    }
    expect([child.exitCode, child.signalCode]).toEqual([null, null]);
    const reading = setInterval(() => readNow(pipe), 1);
    const { code, signal } = await ended;
    clearInterval(reading);
    closeSync(pipe);
    expect([code, signal]).toEqual([130, null]);
    expect(partsNow()).toEqual([]);
  });

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
