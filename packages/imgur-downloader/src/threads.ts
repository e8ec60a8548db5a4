import { Thread } from '@pkg/pool/thread';
import { Queue } from '@pkg/queue';
import { downloadLink, getLinks, setupDownloadDir } from './download.ts';
import { DownloadsFailed } from './errors.ts';
import { isMain } from './is-main.ts';

const CLIENT_ID = process.env['IMGUR_CLIENT_ID'];

export class DownloadWorker extends Thread {
  static override readonly url = import.meta.url;
  queue: Queue<[string, string]>;
  failures: Queue<Error>;

  constructor(queue: Queue<[string, string]>, failures: Queue<Error>) {
    // A daemon thread lets the program end although it still waits for work
    super({ daemon: true });
    this.queue = queue;
    this.failures = failures;
  }

  override async run() {
    while (true) {
      // Get the work from the queue and take the tuple apart
      const [directory, link] = await this.queue.getAsync();
      try {
        await downloadLink(directory, link);
      } catch (error) {
        this.failures.put(error as Error);
      } finally {
        // Even after an error, or join would wait for ever
        this.queue.taskDone();
      }
    }
  }
}

export async function main({ clientId = CLIENT_ID, dir = 'images', workers = 8 } = {}) {
  const start = performance.now();
  const directory = await setupDownloadDir(dir);
  const links = await getLinks(clientId);
  // Create the queues to communicate with the worker threads
  const queue = new Queue<[string, string]>();
  const failures = new Queue<Error>();
  // Create the worker threads
  for (let i = 0; i < workers; i++) {
    new DownloadWorker(queue, failures).start();
  }
  // Put the tasks into the queue as tuples
  for (const link of links) {
    console.log(`Queueing ${link}`);
    queue.put([directory, link]);
  }
  // Wait until every task in the queue is done
  await queue.joinAsync();
  console.log(`Took ${(performance.now() - start) / 1000}`);
  failures.shutdown();
  if (!failures.empty()) throw new DownloadsFailed([...failures], links.length);
}

if (isMain(import.meta.url)) main();
