import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localGallery } from '../test/local-gallery.ts';
import { getLinks } from './download.ts';
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

  it('starts none when it has been called off already', async () => {
    const reason = new Error('enough');
    await expect(downloadAll(directory, ['any'], 2, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(children).toEqual([]);
  });
});
