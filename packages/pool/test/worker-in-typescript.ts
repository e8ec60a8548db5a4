import { Worker } from 'node:worker_threads';
import { tsxApi } from '../src/thread/tsx.ts';

/** A bare worker that runs a TypeScript module, on Node 20 too. */
export const workerInTypeScript = (url: URL): Worker =>
  new Worker(
    `import(${JSON.stringify(tsxApi(import.meta.url))}).then(({ register }) => {
      register();
      return import(${JSON.stringify(url.href)});
    });`,
    { eval: true },
  );
