import { Tinypool } from 'tinypool';
import { checkWorkers } from './checks.ts';
import { getLinks, setupDownloadDir } from './download.ts';
import { DownloadError, DownloadsFailed } from './errors.ts';
import { isMain } from './is-main.ts';
import { messageOf, withoutCredentials } from './printable.ts';

const CLIENT_ID = process.env['IMGUR_CLIENT_ID'];

/**
 * Downloads the links with a pool of processes, and returns the errors of those that failed, among them those whose process
 * died. It is replaced.
 *
 * @param signal ends the processes at once; the promise then rejects with its reason, when they have ended
 * @param onLast called when the last link is done, and the processes are still to be ended
 * @throws DownloadError `DOWNLOAD_PROCESS` when no process is left, because each ends as it is started
 */
export async function downloadAll(
  directory: string,
  links: readonly string[],
  workers: number,
  signal?: AbortSignal,
  onLast?: () => void,
): Promise<Error[]> {
  signal?.throwIfAborted();
  const url = import.meta.url;
  const pool = new Tinypool({
    runtime: 'child_process',
    filename: new URL(url.endsWith('.ts') ? './procs-task.ts' : './procs-task.js', url).href,
    minThreads: workers,
    maxThreads: workers,
    env: { ...process.env } as Record<string, string>,
    execArgv: processArgv(),
  });
  let ended: Promise<void> | undefined;
  // Asked once: a second `destroy()` finds no process in the pool and does not wait for those that are about to end.
  const end = () => {
    ended ??= pool.destroy();
    return ended;
  };
  const stop = () => void end();
  signal?.addEventListener('abort', stop, { once: true });
  let giveUp: (reason: DownloadError) => void = () => {};
  const noneLeft = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  // The pool replaces a process that dies, but not where one has died as it was started: links would wait for ever.
  const lookWhoIsLeft = (error: unknown) => {
    if (pool.threads.length > 0) return;
    // What was noticed first, its exit or that it takes no message, is of no interest.
    giveUp(
      new DownloadError('DOWNLOAD_PROCESS', 'no process is left to download: each ends as it is started', {
        cause: error,
      }),
    );
  };
  // Told of the death of a process without a link, which would end the program if nobody listened.
  pool.on('error', lookWhoIsLeft);
  const download = async (link: string): Promise<string | undefined> => {
    try {
      return await pool.run([directory, link]);
    } catch (error) {
      lookWhoIsLeft(error);
      return `${withoutCredentials(link)}: its process failed: ${messageOf(error)}`;
    }
  };
  try {
    const outcomes = await Promise.race([Promise.all(links.map(download)), noneLeft]);
    signal?.throwIfAborted();
    onLast?.();
    return outcomes
      .flatMap((message) => message ?? [])
      .map((message) => new DownloadError('DOWNLOAD_PROCESS', message));
  } catch (error) {
    // The reason, rather than what the end of its process made of a download.
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', stop);
    await end();
  }
}

/** Node options for the processes: this program's own, and what loads TypeScript where Node needs that. */
function processArgv(): string[] {
  const argv = process.execArgv;
  const loadsTypeScript = 'typescript' in process.features || argv.some((option) => option.includes('tsx'));
  if (!import.meta.url.endsWith('.ts') || loadsTypeScript) return argv;
  return [...argv, '--import', import.meta.resolve('tsx')];
}

/** The lesson's program with processes. Prints `Took <seconds>`; throws `DownloadsFailed` when links failed. */
export async function main(
  { clientId = CLIENT_ID, dir = 'images', workers = 8 } = {},
  signal?: AbortSignal,
): Promise<void> {
  checkWorkers('options.workers', workers);
  const start = performance.now();
  const directory = await setupDownloadDir(dir);
  const links = await getLinks(clientId, { signal });
  const failures = await downloadAll(directory, links, workers, signal);
  console.log(`Took ${(performance.now() - start) / 1000}`);
  if (failures.length > 0) throw new DownloadsFailed(failures, links.length);
}

if (isMain(import.meta.url)) main();
