import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { compare, getLinks, setupDownloadDir, startGallery } from '@pkg/imgur-downloader';
import { median, table } from '../report.ts';

const ROUNDS = 5;
const IMAGES = 64;
const LATENCY = 100;
const THREADS = 8;

/** Words that the bare workers share. */
const TAKEN = 0;
const DONE = 1;

/**
 * Seconds that the download takes of what no program on Node's worker threads does without, from before they are started
 * until the last image is written.
 */
async function withBareWorkers(directory: string, links: readonly string[]): Promise<number> {
  const start = performance.now();
  const words = new Int32Array(new SharedArrayBuffer(8));
  const workerData = { links, directory, words, TAKEN, DONE };
  const file = new URL('./bare-downloader.cjs', import.meta.url);
  const workers = Array.from({ length: THREADS }, () => new Worker(file, { workerData }));
  for (let done = 0; done < links.length; done = Atomics.load(words, DONE)) {
    const waiting = Atomics.waitAsync(words, DONE, done);
    if (waiting.async) await waiting.value;
  }
  const seconds = (performance.now() - start) / 1000;
  await Promise.all(workers.map((worker) => worker.terminate()));
  const files = await readdir(directory);
  if (files.length !== links.length) throw new Error(`${files.length} files of ${links.length} links`);
  return seconds;
}

/** One round: the lesson's own comparison, which prints its table, and then the bare workers. */
async function measure(clientId: string, links: readonly string[]): Promise<Record<Way, number>> {
  const dir = await mkdtemp(join(tmpdir(), 'lesson-'));
  try {
    const rows = await compare({ clientId, dir, workers: THREADS });
    const secondsOf = (mode: string) => rows.find((row) => row.mode === mode)!.seconds;
    const bare = await withBareWorkers(await setupDownloadDir(join(dir, 'bare')), links);
    return { simple: secondsOf('simple'), threads: secondsOf('threads'), bare };
  } finally {
    await rm(dir, { recursive: true });
  }
}

type Way = 'simple' | 'threads' | 'bare';

/** Runs the rows of the lesson's table, in turn, and prints it. */
export async function benchLesson(): Promise<void> {
  const gallery = await startGallery({ images: IMAGES, latency: LATENCY });
  // Where the comparison asks for its links.
  process.env['IMGUR_API_BASE'] = gallery.url;
  const links = await getLinks(gallery.clientId);
  const rounds: Record<Way, number>[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(gallery.clientId, links));
  await gallery.close();
  const seconds = (way: Way) => median(rounds.map((figures) => figures[way]));
  const row = (work: string, way: Way, goal: string) => ({
    work,
    ours: `${seconds(way).toFixed(2)} s`,
    peer: `one after the other ${seconds('simple').toFixed(2)} s`,
    ratio: seconds('simple') / seconds(way),
    goal,
  });
  console.log(
    table([
      row(`${IMAGES} images of ${LATENCY} ms with ${THREADS} threads`, 'threads', 'at least 6×'),
      row(`the same with ${THREADS} bare workers`, 'bare', ''),
    ]),
  );
}
