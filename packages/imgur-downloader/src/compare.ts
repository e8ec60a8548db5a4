import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Queue } from '@pkg/queue';
import { checkWorkers } from './checks.ts';
import { fileNameOf, getLinks, setupDownloadDir } from './download.ts';
import { DownloadError, DownloadsFailed } from './errors.ts';
import { downloadAll as withProcesses } from './procs.ts';
import { downloadAll as oneByOne } from './simple.ts';
import { DownloadWorker } from './threads.ts';
import { unlessAborted } from './unless-aborted.ts';

const CLIENT_ID = process.env['IMGUR_CLIENT_ID'];

/** One row of the table. */
export interface Measurement {
  mode: 'simple' | 'threads' | 'procs';
  /** From before the threads or processes are started until the last image is written. */
  seconds: number;
  /** How many images there were. */
  images: number;
}

/**
 * Downloads all links into the directory, calls `onLast` when that is done, and returns the errors when its threads or
 * processes have ended too. Rejects with the reason of the signal when that aborts, and its processes have ended.
 */
type Download = (
  directory: string,
  links: readonly string[],
  onLast: () => void,
  workers: number,
  signal?: AbortSignal,
) => Promise<Error[]>;

const MODES: Record<Measurement['mode'], Download> = {
  simple: async (directory, links, onLast, _workers, signal) => {
    const failures = await unlessAborted(oneByOne(directory, links), signal);
    onLast();
    return failures;
  },
  threads: (directory, links, onLast, workers, signal) =>
    unlessAborted(withThreads(directory, links, onLast, workers), signal),
  procs: (directory, links, onLast, workers, signal) =>
    withProcesses(directory, links, workers, signal, onLast),
};

/**
 * Downloads the same links in the three ways of the lesson, each into its own directory below `dir`, and
 * prints one table.
 *
 * @param signal ends it: the promise then rejects with its reason, when no process of it is left
 * @throws DownloadsFailed when links failed, DownloadError `DOWNLOAD_DIFFERENT` when the files differ between
 *   the modes; both after the table
 * @throws TypeError, RangeError when `workers` is no whole number, 1 or more; nobody has been asked then
 */
export async function main(
  { clientId = CLIENT_ID, dir = 'images', workers = 8 } = {},
  signal?: AbortSignal,
): Promise<Measurement[]> {
  checkWorkers('options.workers', workers);
  const links = await getLinks(clientId, { signal });
  console.log(`Downloading ${links.length} images in three ways, with ${workers} threads or processes`);
  const rows: Measurement[] = [];
  const failures: Error[] = [];
  const digests: string[] = [];
  for (const [mode, download] of Object.entries(MODES)) {
    const directory = await setupDownloadDir(join(dir, mode));
    signal?.throwIfAborted();
    const start = performance.now();
    let seconds = 0;
    // As in the lesson, the end of the threads or processes, which have nothing left to do, does not count.
    const onLast = () => {
      seconds = (performance.now() - start) / 1000;
    };
    failures.push(...(await download(directory, links, onLast, workers, signal)));
    rows.push({ mode: mode as Measurement['mode'], seconds, images: links.length });
    digests.push(await digest(directory, links));
  }
  console.log(table(rows));
  if (failures.length > 0) throw new DownloadsFailed(failures, rows.length * links.length);
  if (new Set(digests).size !== 1) {
    throw new DownloadError('DOWNLOAD_DIFFERENT', `the three ways left different files in ${dir}`);
  }
  console.log('All three left the same files.');
  return rows;
}

/** The lesson's threads on links that are known already. */
async function withThreads(
  directory: string,
  links: readonly string[],
  onLast: () => void,
  workers: number,
): Promise<Error[]> {
  const queue = new Queue<[string, string]>();
  const failures = new Queue<Error>();
  const threads = Array.from({ length: workers }, () => new DownloadWorker(queue, failures).start());
  for (const link of links) queue.put([directory, link]);
  await queue.joinAsync();
  onLast();
  // Without this they would wait for work all through the next measurement.
  await Promise.all(threads.map((thread) => thread.terminate()));
  failures.shutdown();
  return [...failures];
}

/** One hash over the files of all links; a link whose file is missing counts as such. */
async function digest(directory: string, links: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const link of links) {
    const bytes = await readDownloaded(directory, link);
    hash.update(`${link} ${bytes?.length ?? 'missing'}\n`);
    if (bytes) hash.update(bytes);
  }
  return hash.digest('hex');
}

/** The file of a link, or `undefined` where there is none: its download failed, or the link names no file. */
async function readDownloaded(directory: string, link: string): Promise<Buffer | undefined> {
  try {
    return await readFile(join(directory, fileNameOf(link)));
  } catch {
    return undefined;
  }
}

/** The table, its speed-ups relative to the first row. */
export function table(rows: readonly Measurement[]): string {
  const [first] = rows;
  const cells = rows.map(({ mode, seconds, images }) => [
    mode,
    seconds.toFixed(2),
    `${((first?.seconds ?? seconds) / seconds).toFixed(1)}×`,
    (images / seconds).toFixed(1),
  ]);
  return [['mode', 'seconds', 'speed-up', 'images/s'], ...cells]
    .map(([mode = '', ...figures]) => mode.padEnd(8) + figures.map((figure) => figure.padStart(10)).join(''))
    .join('\n');
}
