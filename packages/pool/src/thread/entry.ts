/**
 * What a thread's worker runs first.
 *
 * @packageDocumentation
 */
import { TSX_REGISTERED, tsxApi } from './tsx.ts';

/** Arguments for `new Worker(...)`. */
export interface Entry {
  readonly script: string | URL;
  readonly eval: boolean;
}

let entry: Entry | undefined;

/** The worker's first module: `bootstrap`, in the form in which this package itself was loaded. */
export function workerEntry(): Entry {
  entry ??= import.meta.url.endsWith('.ts')
    ? sourceEntry()
    : { script: new URL('./bootstrap.js', import.meta.url), eval: false };
  return entry;
}

/**
 * For work on this package itself, from its TypeScript sources: where Node does not strip types, a line of
 * JavaScript has to bring tsx first.
 */
function sourceEntry(): Entry {
  const bootstrap = new URL('./bootstrap.ts', import.meta.url);
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
