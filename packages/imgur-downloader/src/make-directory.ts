import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a directory, and those above it, unless they are there.
 *
 * Not by Node's own `recursive`: where a file system that nobody can make anything in says of a new name that it does not
 * exist, as `/proc` does, that takes the directory above for missing and tries again for ever.
 *
 * @throws the error of the file system
 */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await makeUnlessThere(path);
  } catch (error) {
    const above = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === path) throw error;
    await makeDirectory(above);
    // Whatever is wrong now, it is not that the one above is missing.
    await makeUnlessThere(path);
  }
}

/** Looks afterwards rather than before: meanwhile somebody else may have made it. */
async function makeUnlessThere(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const isThere = await stat(path).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isThere) throw error;
  }
}
