import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localGallery } from '../test/local-gallery.ts';
import { getLinks } from './download.ts';
import { DownloadError } from './errors.ts';
import { downloadAll } from './procs.ts';

let directory: string;
let children: ChildProcess[];

/** Node tells of every process that is started. */
const onStart = (message: unknown) => children.push((message as { process: ChildProcess }).process);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'procs-'));
  children = [];
  subscribe('child_process', onStart);
});

afterEach(async () => {
  unsubscribe('child_process', onStart);
  await rm(directory, { recursive: true, force: true });
});

describe('downloadAll with processes', () => {
  it('is over, when it is called off, when the last of its processes has ended', async () => {
    const gallery = await localGallery({ images: 9, latency: 0, holdUntil: 99 });
    const links = await getLinks(gallery.clientId, { apiBase: gallery.url, announce: () => {} });
    const controller = new AbortController();
    const reason = new Error('enough');
    const outcome = downloadAll(directory, links, 3, controller.signal).catch((error) => ({
      error,
      alive: children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null).length,
    }));
    while ((await gallery.stats()).maxInFlight < 3) await setImmediate();
    controller.abort(reason);
    expect(await outcome).toEqual({ error: reason, alive: 0 });
    expect(children).toHaveLength(3);
    await gallery.close();
  });

  it('replaces a process that dies: its link has failed, and the others are downloaded', async () => {
    const gallery = await localGallery({ images: 4, latency: 0, imageFaults: { 0: { kind: 'stalled' } } });
    const links = await getLinks(gallery.clientId, { apiBase: gallery.url, announce: () => {} });
    const outcome = downloadAll(directory, links, 1);
    while ((await gallery.stats()).maxInFlight < 1) await setImmediate();
    children[0]?.kill('SIGKILL');
    expect(await outcome).toEqual([
      new DownloadError('DOWNLOAD_PROCESS', `${links[0]}: its process failed: Worker exited unexpectedly`),
    ]);
    expect(children).toHaveLength(2);
    expect((await readdir(directory)).sort()).toEqual(
      links
        .slice(1)
        .map((link) => basename(link))
        .sort(),
    );
    await gallery.close();
  });

  it('does without a process that dies when it has nothing to do', async () => {
    const gallery = await localGallery({ images: 1, latency: 0, imageFaults: { 0: { kind: 'stalled' } } });
    const links = await getLinks(gallery.clientId, { apiBase: gallery.url, announce: () => {} });
    const outcome = downloadAll(directory, links, 2);
    while ((await gallery.stats()).maxInFlight < 1) await setImmediate();
    // Which of them has the link is the pool's affair.
    const [first, second] = children as [ChildProcess, ChildProcess];
    for (const child of [first, second]) child.kill('SIGKILL');
    expect(await outcome).toMatchObject([{ code: 'DOWNLOAD_PROCESS' }]);
    expect([first.signalCode, second.signalCode]).toEqual(['SIGKILL', 'SIGKILL']);
    await gallery.close();
  });

  it('gives up when no process can be started any more', async () => {
    const { execArgv } = process;
    process.execArgv = ['--no-such-option'];
    try {
      await expect(
        downloadAll(directory, ['http://127.0.0.1:9/1', 'http://127.0.0.1:9/2'], 1),
      ).rejects.toThrow(
        new DownloadError('DOWNLOAD_PROCESS', 'no process is left to download: each ends as it is started'),
      );
    } finally {
      process.execArgv = execArgv;
    }
  });

  it('starts none when it has been called off already', async () => {
    const reason = new Error('enough');
    await expect(downloadAll(directory, ['any'], 2, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(children).toEqual([]);
  });
});
