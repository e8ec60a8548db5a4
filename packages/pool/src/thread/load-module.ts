/**
 * Loads the module of a Thread class in its thread, TypeScript too, the way the program itself was loaded:
 * by tsx where the program runs under tsx, else by Node's own type stripping, else by tsx if it is installed.
 *
 * On Node 20, tsx does not reach worker threads by itself, so it is registered here. tsx is no dependency:
 * it is used where the user has it.
 *
 * @packageDocumentation
 */
import { join } from 'node:path';
import { pathToFileURL } from '../builtins.ts';
import { TSX_REGISTERED, tsxApi } from './tsx.ts';

type Namespace = Record<string, unknown>;

const TYPESCRIPT = /\.[cm]?tsx?$/;
/** How Node's type stripping refuses what it cannot just strip, such as parameter properties. */
const NOT_STRIPPABLE = new Set(['ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX', 'ERR_INVALID_TYPESCRIPT_SYNTAX']);

const stripsTypes = (): boolean =>
  Boolean((process.features as { typescript?: unknown }).typescript) ||
  'bun' in process.versions ||
  'deno' in process.versions;

/** Whether tsx reaches worker threads without help. */
const tsxReachesWorkers = (): boolean => Number(process.versions.node.split('.')[0]) >= 22;

/** Loads the module at `url`. Throws what its loading throws. */
export async function loadModule(url: string): Promise<Namespace> {
  const isTypeScript = TYPESCRIPT.test(new URL(url).pathname);
  const loader = tsxOfProgram();
  if (loader === undefined ? isTypeScript && !stripsTypes() : !tsxReachesWorkers()) await useTsx(url);
  try {
    return (await import(url)) as Namespace;
  } catch (error) {
    if (loader !== undefined || !NOT_STRIPPABLE.has(String((error as { code?: unknown } | null)?.code)))
      throw error;
    if (!(await useTsx(url))) throw error;
    return (await import(url)) as Namespace;
  }
}

let registered: Promise<boolean> | undefined;

/** Registers tsx in this thread if it can be found; returns whether it could. */
function useTsx(url: string): Promise<boolean> {
  registered ??= (async () => {
    if (Symbol.for(TSX_REGISTERED) in globalThis) return true;
    const apis = findTsx(url);
    for (const api of apis) {
      const { register } = (await import(api)) as { register: () => unknown };
      register();
    }
    return apis.length > 0;
  })();
  return registered;
}

/**
 * URLs of tsx's APIs, as the program, the module, this package or the working directory finds them: for ES modules, and for
 * CommonJS, which modules of a package without `"type": "module"` go through, whatever their syntax.
 */
function findTsx(url: string): string[] {
  const places = [
    tsxOfProgram(),
    url,
    import.meta.url,
    pathToFileURL(join(process.cwd(), 'package.json')).href,
  ];
  for (const place of places) {
    if (place === undefined) continue;
    const apis = [tsxApi(place, 'esm'), tsxApi(place, 'cjs')].filter((api) => api !== undefined);
    if (apis.length > 0) return apis;
  }
  return [];
}

/** What makes the program run under tsx, when it does: the specifier or URL of tsx's loader. */
function tsxOfProgram(): string | undefined {
  const flags = [...process.execArgv, ...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/)];
  return flags
    .map((flag) => flag.slice(flag.indexOf('=') + 1))
    .find((flag) => /(^|[\\/])tsx([\\/]|$)/.test(flag.replace(/\?.*$/, '')));
}
