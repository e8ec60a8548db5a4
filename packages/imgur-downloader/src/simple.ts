import { downloadLink, getLinks, setupDownloadDir } from './download.ts';
import { DownloadsFailed } from './errors.ts';
import { isMain } from './is-main.ts';

const CLIENT_ID = process.env['IMGUR_CLIENT_ID'];

/** Downloads the links one after the other, and returns the errors of those that failed. */
export async function downloadAll(directory: string, links: readonly string[]): Promise<Error[]> {
  const failures: Error[] = [];
  for (const link of links) {
    try {
      await downloadLink(directory, link);
    } catch (error) {
      failures.push(error as Error);
    }
  }
  return failures;
}

/** The lesson's sequential program. Prints `Took <seconds>`; throws `DownloadsFailed` when links failed. */
export async function main({ clientId = CLIENT_ID, dir = 'images' } = {}) {
  const start = performance.now();
  const directory = await setupDownloadDir(dir);
  const links = await getLinks(clientId);
  const failures = await downloadAll(directory, links);
  console.log(`Took ${(performance.now() - start) / 1000}`);
  if (failures.length > 0) throw new DownloadsFailed(failures, links.length);
}

if (isMain(import.meta.url)) main();
