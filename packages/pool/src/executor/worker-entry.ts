/**
 * What an executor's worker runs first, in the form in which this package itself was loaded.
 *
 * @packageDocumentation
 */
import { tsxApi } from '../thread/tsx.ts';

/** Arguments for `new Worker(...)`. */
export interface Entry {
  readonly script: string | URL;
  readonly eval: boolean;
}

let entry: Entry | undefined;

export function workerEntry(): Entry {
  entry ??= import.meta.url.endsWith('.ts')
    ? sourceEntry()
    : { script: new URL('./worker/bootstrap.js', import.meta.url), eval: false };
  return entry;
}

/** From the TypeScript sources: where Node does not strip types, a line of JavaScript has to bring tsx first. */
function sourceEntry(): Entry {
  const bootstrap = new URL('./worker/bootstrap.ts', import.meta.url);
  if ((process.features as { typescript?: unknown }).typescript) return { script: bootstrap, eval: false };
  const tsx = JSON.stringify(tsxApi(import.meta.url));
  return {
    script: `import(${tsx}).then(({ register }) => { register(); return import(${JSON.stringify(bootstrap.href)}); });`,
    eval: true,
  };
}
