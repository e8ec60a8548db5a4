/**
 * What a worker of this package runs first. This module and `worker-bootstrap.ts` lie side by side, in the sources
 * and in what is published.
 *
 * @packageDocumentation
 */
import { TSX_REGISTERED, tsxApi } from './thread/tsx.ts';

/** Arguments for `new Worker(...)`. */
export interface Entry {
  readonly script: string | URL;
  readonly eval: boolean;
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
