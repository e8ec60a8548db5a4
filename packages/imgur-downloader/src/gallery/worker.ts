import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { GalleryOptions } from './gallery-options.ts';
import { createGalleryServer } from './server.ts';

/** The gallery's thread: serves until it is terminated, and answers each message with its figures. */
const port = parentPort;
if (!port) throw new Error('the gallery runs in a worker thread; call startGallery()');

const { server, stats } = createGalleryServer(workerData.options as GalleryOptions);
server.listen(0, '127.0.0.1', () => {
  const { port: number } = server.address() as AddressInfo;
  port.postMessage(`http://127.0.0.1:${number}`);
});
port.on('message', () => port.postMessage(stats()));
