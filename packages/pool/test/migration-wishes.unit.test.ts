import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(join(root, 'docs/reference/wishes.md'), 'utf8');
const rows = page.split('\n').filter((line) => /^\| \d+ +\|/.test(line));

const repositories: Record<string, string> = {
  piscina: 'piscinajs/piscina',
  tinypool: 'tinylibs/tinypool',
  workerpool: 'josdejong/workerpool',
  poolifier: 'poolifier/poolifier',
  'threads.js': 'andywer/threads.js',
};

const pool = join(root, 'packages/pool');
const tests = new Map(
  ['src', 'test']
    .flatMap((folder) =>
      readdirSync(join(pool, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(folder, file),
      ),
    )
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => [basename(file), readFileSync(join(pool, file), 'utf8')]),
);

describe('the table of wishes', () => {
  it('counts what it lists', () => {
    const states = rows.map((row) => /\| \*\*(done|in part|not here)\*\*/.exec(row)?.[1]);
    const count = (state: string) => states.filter((each) => each === state).length;
    expect(rows.length).toBeGreaterThanOrEqual(50);
    expect(rows.map((row) => Number(row.split('|')[1]))).toEqual(rows.map((_, index) => index + 1));
    expect(page).toContain(
      `${rows.length} wishes: ${count('done')} done, ${count('in part')} in part, ${count('not here')} not here.`,
    );
    expect(states).not.toContain(undefined);
  });

  it('links to where each was asked', () => {
    for (const row of rows) {
      const links = [...row.split('|')[3]!.matchAll(/\[(.+?)#(\d+)\]\((.+?)\)/g)];
      expect(links.length, row).toBeGreaterThan(0);
      for (const [, library, number, url] of links) {
        const address = `https://github.com/${repositories[library!]}`;
        expect([`${address}/issues/${number}`, `${address}/pull/${number}`]).toContain(url);
      }
    }
  });

  it('names tests that there are', () => {
    const named = [...page.matchAll(/\(`([\w.-]+\.test\.ts)`: "(.+?)"\)/g)];
    expect(named.length).toBeGreaterThan(0);
    const missing = named.filter(([, file, title]) => !tests.get(file!)?.includes(`'${title}'`));
    expect(missing.map(([reference]) => reference)).toEqual([]);
  });
});
