/**
 * What a worker of this package runs first. This module and `worker-bootstrap.ts` lie side by side, in the sources
 * and in what is published.
 *
 * @packageDocumentation
 */
import { dirname } from 'node:path';
import { TSX_REGISTERED, tsxApi } from './thread/tsx.ts';

/** Arguments for `new Worker(...)`. */
export interface Entry {
  readonly script: string | URL;
  readonly eval: boolean;
}

/** What every worker of this package takes over from the thread that starts it, beside what it is for. */
export interface Inherited {
  /** Where the program keeps its compiled code, if it does. */
  readonly compileCache: string | undefined;
}

/**
 * What the workers that this thread starts take over from it. The compile cache: Node gives them one by itself only where
 * an environment variable asks for it, not where the program has called `module.enableCompileCache()`.
 */
export function inherited(): Inherited {
  const module = process.getBuiltinModule('node:module') as { getCompileCacheDir?(): string | undefined };
  const directory = module.getCompileCacheDir?.();
  // Node adds a directory for its version, which it will add again.
  return { compileCache: directory && dirname(directory) };
}

let entry: Entry | undefined;

/** The first module of a thread or of an executor's worker, in the form in which this package itself was loaded. */
export function workerEntry(): Entry {
  entry ??= import.meta.url.endsWith('.ts')
    ? sourceEntry(new URL('./worker-bootstrap.ts', import.meta.url))
    : { script: new URL('./worker-bootstrap.js', import.meta.url), eval: false };
  return entry;
}

/**
 * For work on this package itself, from its TypeScript sources: where Node does not strip types, a line of
 * JavaScript has to bring tsx first.
 */
function sourceEntry(bootstrap: URL): Entry {
  if ((process.features as { typescript?: unknown }).typescript) return { script: bootstrap, eval: false };
  const script = [
    `import(${JSON.stringify(tsxApi(import.meta.url))}).then(({ register }) => {`,
    '  register();',
    `  globalThis[Symbol.for('${TSX_REGISTERED}')] = true;`,
    `  return import(${JSON.stringify(bootstrap.href)});`,
    '});',
  ];
  return { script: script.join('\n'), eval: true };
}
