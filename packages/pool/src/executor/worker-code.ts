/**
 * The code of an executor's workers, for the thread that starts them. As published it is one script, apart from what the
 * tasks import: most of a worker's start is compiling, so what the first worker has compiled when its first task is done
 * is handed to those that are started later.
 *
 * @packageDocumentation
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { fileURLToPath, readFileSync } from '../builtins.ts';

/** The script as a worker gets it. */
export interface WorkerCode {
  readonly path: string;
  /** A function of what a CommonJS module is given, and of what stands for `import()`. */
  readonly source: string;
  /** What V8 has compiled of it, if another worker has told. */
  readonly compiled: SharedArrayBuffer | undefined;
  /** Where to tell, for the one worker that is asked to. */
  readonly report: MessagePort | undefined;
}

let script: { readonly path: string; readonly source: string } | undefined;
let compiled: SharedArrayBuffer | undefined;
let isAsked = false;

/** What the next worker runs; undefined from sources, where it imports them. */
export function workerCode(): WorkerCode | undefined {
  if (import.meta.url.endsWith('.ts')) return undefined;
  script ??= readScript(fileURLToPath(new URL('./executor-worker.cjs', import.meta.url)));
  return { ...script, compiled, report: compiled === undefined && !isAsked ? ask() : undefined };
}

function readScript(path: string): { path: string; source: string } {
  // On one line with the first, so that lines and columns are those of the file from the second line on.
  const source = `(function (exports, require, module, __filename, importModule) {${readFileSync(path, 'utf8')}\n})`;
  return { path, source };
}

function ask(): MessagePort {
  isAsked = true;
  const { port1, port2 } = new MessageChannel();
  port1.on('message', (told: SharedArrayBuffer) => {
    compiled = told;
    port1.close();
  });
  // It may end before it tells.
  port1.on('close', () => {
    isAsked = false;
  });
  port1.unref();
  return port2;
}
