import { isMainThread } from 'node:worker_threads';

/**
 * Whether the module at `url` is the program that was started, like Python's `__name__ == '__main__'`:
 * false when another module imports it, and false in every thread.
 *
 * @example
 * ```ts
 * if (isMain(import.meta.url)) main();
 * ```
 */
export function isMain(url: string): boolean {
  const program = process.argv[1];
  if (!isMainThread || !program) return false;
  // Not by import: only the main thread needs them.
  const { realpathSync } = process.getBuiltinModule('node:fs');
  const { fileURLToPath } = process.getBuiltinModule('node:url');
  try {
    return realpathSync(program) === realpathSync(fileURLToPath(url));
  } catch {
    return false;
  }
}
