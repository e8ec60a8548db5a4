import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DownloadWorker, downloadLink, getLinks, startGallery } from '@pkg/imgur-downloader';
import { Queue } from '@pkg/queue';
import { median, table } from '../report.ts';

const ROUNDS = 5;
const IMAGES = 64;
const LATENCY = 100;
const THREADS = 8;

/** Words that the bare workers share. */
const TAKEN = 0;
const DONE = 1;

/** Downloads all links into the directory; returns what ends its threads. */
type Download = (directory: string, links: readonly string[]) => Promise<() => Promise<unknown>>;

const oneByOne: Download = async (directory, links) => {
  for (const link of links) await downloadLink(directory, link);
  return async () => {};
};

/** As the lesson's own program does. */
const withThreads: Download = async (directory, links) => {
  const queue = new Queue<[string, string]>();
  const failures = new Queue<Error>();
  const threads = Array.from({ length: THREADS }, () => new DownloadWorker(queue, failures).start());
  for (const link of links) queue.put([directory, link]);
  await queue.joinAsync();
  if (!failures.empty()) throw failures.get();
  return () => Promise.all(threads.map((thread) => thread.terminate()));
};

/** What no program on Node's worker threads does without. */
const withBareWorkers: Download = async (directory, links) => {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const workerData = { links, directory, words, TAKEN, DONE };
  const file = new URL('./bare-downloader.cjs', import.meta.url);
  const workers = Array.from({ length: THREADS }, () => new Worker(file, { workerData }));
  for (let done = 0; done < links.length; done = Atomics.load(words, DONE)) {
    const waiting = Atomics.waitAsync(words, DONE, done);
    if (waiting.async) await waiting.value;
  }
  return () => Promise.all(workers.map((worker) => worker.terminate()));
};

/** Seconds that a download takes, from before its threads are started until the last image is written. */
async function measure(download: Download, links: readonly string[]): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'lesson-'));
  try {
    const start = performance.now();
    const end = await download(directory, links);
    const seconds = (performance.now() - start) / 1000;
    await end();
    const files = await readdir(directory);
    if (files.length !== links.length) throw new Error(`${files.length} files of ${links.length} links`);
    return seconds;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Runs the rows of the lesson's table, in turn, and prints it. */
export async function benchLesson(): Promise<void> {
  const gallery = await startGallery({ images: IMAGES, latency: LATENCY });
  const links = await getLinks(gallery.clientId, { apiBase: gallery.url, announce: () => {} });
  const figures = { oneByOne: [], withThreads: [], withBareWorkers: [] } as Record<string, number[]>;
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, download] of Object.entries({ oneByOne, withThreads, withBareWorkers })) {
      figures[name]!.push(await measure(download, links));
    }
  }
  await gallery.close();
  const seconds = (name: string) => median(figures[name]!);
  const row = (work: string, name: string, goal: string) => ({
    work,
    ours: `${seconds(name).toFixed(2)} s`,
    peer: `one after the other ${seconds('oneByOne').toFixed(2)} s`,
    ratio: seconds('oneByOne') / seconds(name),
    goal,
  });
  console.log(
    table([
      row(`${IMAGES} images of ${LATENCY} ms with ${THREADS} threads`, 'withThreads', 'at least 6×'),
      row(`the same with ${THREADS} bare workers`, 'withBareWorkers', ''),
    ]),
  );
}
