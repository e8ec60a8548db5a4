import { existsSync } from 'node:fs';
import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeDirectory } from './make-directory.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'make-directory-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('makeDirectory', () => {
  it('makes what is missing, also when others make the same', async () => {
    const paths = ['a/b/c/d', 'a/b/c', 'a/b/e', 'a/b/c/d'].map((path) => join(root, path));
    await Promise.all(paths.map(makeDirectory));
    for (const path of paths) expect((await stat(path)).isDirectory()).toBe(true);
  });

  it('is content with a directory, a link to one, and the root', async () => {
    await symlink(root, join(root, 'link'), 'dir');
    for (const path of [root, join(root, 'link'), parse(root).root]) await makeDirectory(path);
    await makeDirectory(join(root, 'link', 'a'));
    expect((await stat(join(root, 'a'))).isDirectory()).toBe(true);
  });

  it('refuses a file in the way', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(makeDirectory(join(root, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(makeDirectory(join(root, 'file', 'a', 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  // Linux makes no directory there, whoever asks, and says that it does not exist.
  it.skipIf(!existsSync('/proc/self'))('ends where none can be made', async () => {
    for (const path of ['/proc/x', '/proc/x/images']) {
      await expect(makeDirectory(path)).rejects.toMatchObject({ code: 'ENOENT', path: '/proc/x' });
    }
  });
});
