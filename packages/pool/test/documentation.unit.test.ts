import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const GENERATED = new Set(['node_modules', 'dist', '.generated', '.git']);

/** What looks like a file of this repository, or like a directory by its first part. */
const NAMED =
  /`((?:[\w.-]+\/)*[\w.-]+\.(?:[cm]?[jt]s|json|md)|(?:packages|docs|scripts|benchmarks|\.ci)\/[\w./-]*\w)`/g;

/** Files and directories of the repository, below a directory. */
function below(directory: string): string[] {
  return readdirSync(join(root, directory), { withFileTypes: true })
    .filter(({ name }) => !GENERATED.has(name))
    .flatMap((entry) => {
      const path = join(directory, entry.name);
      return entry.isDirectory() ? [path, ...below(path)] : [path];
    });
}

const files = below('');
const pages = files.filter((file) => file.endsWith('.md') && !file.startsWith('.changeset'));
const textOf = (page: string) =>
  readFileSync(join(root, page), 'utf8').replace(/^( *)```[\s\S]*?^\1```/gm, '');

describe.each(pages)('%s', (page) => {
  it('names files that there are', () => {
    const named = [...textOf(page).matchAll(NAMED)].map(([, path]) => path!);
    // In full, or only its end: `queue/src/layout.ts`, `layout.ts`, `.unit.test.ts`.
    const isEnd = (path: string) => (file: string) =>
      `/${file}`.endsWith(/^\.\w+\./.test(path) ? path : `/${path}`);
    expect(named.filter((path) => !files.some(isEnd(path)))).toEqual([]);
  });

  it('links to files that there are', () => {
    const links = [...textOf(page).matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g)].map(([, target]) => target!);
    expect(links.filter((target) => !existsSync(join(root, dirname(page), target)))).toEqual([]);
  });
});
