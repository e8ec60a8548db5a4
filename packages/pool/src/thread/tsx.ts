import { pathToFileURL } from '../builtins.ts';

/** Key on the global object of a thread in which tsx is at work. */
export const TSX_REGISTERED = '@pkg/pool.tsx';

/**
 * URL of tsx's API for modules of one kind, as seen from the module at `place`, a `file:` URL; undefined when it is not
 * installed there.
 */
export function tsxApi(place: string, kind: 'esm' | 'cjs' = 'esm'): string | undefined {
  if (!place.startsWith('file:')) return undefined;
  // Loaded when it is needed: a thread of plain JavaScript never needs it.
  const { createRequire } = process.getBuiltinModule('node:module');
  try {
    // A require resolves to the CommonJS form, whose register() looks for its hooks in the wrong folder.
    const path = createRequire(place)
      .resolve(`tsx/${kind}/api`)
      .replace(/\.cjs$/, '.mjs');
    return pathToFileURL(path).href;
  } catch {
    return undefined;
  }
}
