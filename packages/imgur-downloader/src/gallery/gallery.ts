import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { GalleryClosed } from '../errors.ts';
import { checkGalleryOptions } from './check-options.ts';
import { GALLERY_CLIENT_ID, type GalleryOptions, type GalleryStats } from './gallery-options.ts';
import { importInWorker } from './load-typescript.ts';

/** A running gallery; `startGallery` makes it. */
export class Gallery {
  /** The base of the API, as `http://127.0.0.1:49152`. */
  readonly url: string;
  /** The client id that the gallery accepts; any other is refused, as Imgur does. */
  readonly clientId = GALLERY_CLIENT_ID;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  /** What its thread died of, if it did. */
  #failure: ErrorOptions = {};

  constructor(url: string, worker: Worker) {
    this.url = url;
    this.#worker = worker;
    this.#exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    // For whoever downloads, a thread that dies is a server that is down. An error that nobody listens to would end them too.
    worker.on('error', (error) => {
      this.#failure = { cause: error };
    });
  }

  /**
   * What the gallery has seen so far.
   *
   * @throws GalleryClosed after `close()`, or when its thread has died; `cause` then tells of what
   */
  async stats(): Promise<GalleryStats> {
    this.#worker.ref();
    try {
      return await new Promise((resolve, reject) => {
        this.#worker.once('message', resolve);
        this.#exited.then(() => reject(new GalleryClosed(this.url, this.#failure)));
        this.#worker.postMessage('stats');
      });
    } finally {
      this.#worker.unref();
    }
  }

  /** Stops the server and closes its connections. May be called more than once. */
  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/**
 * Starts an Imgur-compatible server on loopback, on a port that is free, with pictures of its own.
 *
 * It runs in a worker thread, so it goes on serving while the calling thread blocks in `queue.put()` or
 * `queue.join()`. It does not keep the process alive, and ends with it.
 *
 * @throws TypeError, RangeError naming an option that there is not, or whose value is of a wrong type or out of bounds;
 *   no server has been started then
 * @throws what the server's thread threw, when it cannot start
 * @example
 * ```ts
 * const gallery = await startGallery({ images: 8, latency: 0 });
 * const links = await getLinks(gallery.clientId, { apiBase: gallery.url });
 * await gallery.close();
 * ```
 */
export async function startGallery(options: GalleryOptions = {}): Promise<Gallery> {
  checkGalleryOptions(options);
  const url = import.meta.url;
  const module = new URL(url.endsWith('.ts') ? './worker.ts' : './worker.js', url).href;
  // The thread needs none of the program's own Node options; an `--import` there would only slow its start.
  const worker = new Worker(importInWorker(module), {
    eval: true,
    name: 'gallery',
    execArgv: [],
    workerData: { options },
  });
  const [address] = await once(worker, 'message');
  worker.unref();
  return new Gallery(address, worker);
}
