import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const examples = fileURLToPath(new URL('../examples/', import.meta.url));
const guide = readFileSync(new URL('../../../docs/guides/migrate-to-the-pool.md', import.meta.url), 'utf8');
const dist = fileURLToPath(new URL('../dist/', import.meta.url));
const cache = fileURLToPath(new URL('../../../node_modules/.cache/', import.meta.url));
const folders = readdirSync(examples).sort();
const filesOf = (folder: string): string[] => readdirSync(join(examples, folder)).sort();
const read = (folder: string, file: string): string => readFileSync(join(examples, folder, file), 'utf8');

/** Where the compiled programs are: a place from which they find the packages that they import. */
let compiled: string;

beforeAll(() => {
  // The built packages, as users have them: their workers start several times faster than those of the sources.
  if (!existsSync(dist)) throw new Error(`${dist} is missing: npm run build`);
  mkdirSync(cache, { recursive: true });
  compiled = mkdtempSync(join(cache, 'examples-'));
  writeFileSync(join(compiled, 'package.json'), '{ "type": "module" }');
  for (const folder of folders) {
    const files = filesOf(folder);
    const sources = files.filter((file) => file.endsWith('.ts')).map((file) => join(examples, folder, file));
    buildSync({ entryPoints: sources, outdir: join(compiled, folder), format: 'esm', target: 'node20' });
    for (const file of files.filter((each) => each.endsWith('.mjs'))) {
      copyFileSync(join(examples, folder, file), join(compiled, folder, file));
    }
  }
});

afterAll(() => rmSync(compiled, { recursive: true, force: true }));

/** What the programs of a folder print, each under its name. */
function output(folder: string, ending: string, run: (file: string) => string): string {
  const programs = filesOf(folder).filter((file) => file.endsWith(ending));
  return programs.map((file) => `## ${file.slice(0, -ending.length)}\n${run(file)}`).join('');
}

const execute = (program: string, file: string): string =>
  execFileSync(program, [file], {
    encoding: 'utf8',
    timeout: 500_000,
    env: { ...process.env, NODE_OPTIONS: '' },
  });

const node = (folder: string, side: string): string =>
  output(folder, `.${side}.ts`, (file) =>
    execute(process.execPath, join(compiled, folder, file.replace(/ts$/, 'js'))),
  );

const python = (folder: string): string =>
  output(folder, '.before.py', (file) => execute('python3', join(examples, folder, file)));

const hasPython = spawnSync('python3', ['--version']).status === 0;

describe('the guide for those who come from other pools', () => {
  const code = folders.flatMap((folder) =>
    filesOf(folder)
      .filter((file) => !file.endsWith('.txt'))
      .map((file) => read(folder, file)),
  );
  const blocks = [...guide.matchAll(/^```(?:ts|js|python)\n(.*?)^```$/gms)].map((match) => match[1]!);

  it('shows each program as it is', () => {
    for (const program of code) expect(blocks).toContain(program);
  });

  it('shows no other code', () => {
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(code).toContain(block);
  });
});

describe.each(folders)('%s', (folder) => {
  const recorded = read(folder, 'output.txt');
  const before = filesOf(folder).some((file) => file.endsWith('.py')) ? python : node;

  it('has a program after for each program before', () => {
    const names = (side: string) =>
      filesOf(folder).flatMap((file) => file.match(new RegExp(`^(.*)\\.${side}\\.\\w+$`))?.[1] ?? []);
    expect(names('after')).toEqual(names('before'));
    expect(names('after').length).toBeGreaterThan(0);
  });

  it('prints the same after', () => {
    expect(node(folder, 'after')).toBe(recorded);
  });

  // Where there is no Python, the recorded output stands for it.
  if (before === node || hasPython) {
    it('prints the same before', () => {
      expect(before(folder, 'before')).toBe(recorded);
    });
  }
});
