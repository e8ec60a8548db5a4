import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import type { Patch } from './mutant.ts';

const PACKAGES = fileURLToPath(new URL('../../', import.meta.url));

/** What programs are made of, out of one copy of the kernel. */
export interface Kernel {
  readonly queue: typeof import('../src/queue-scenarios.fixture.ts');
  readonly sync: typeof import('@pkg/sync/kernel');
  readonly interleave: typeof import('@pkg/interleave');
}

/** The unchanged source text that a patch is made for. */
const sourceOf = (patch: Patch): string => readFileSync(join(PACKAGES, patch.file), 'utf8');

/** How often the text to be replaced stands in the source: exactly once, or the patch is out of date. */
export const matchesOf = (patch: Patch): number => sourceOf(patch).split(patch.find).length - 1;

/** The copy without a patch. */
export const ORIGINAL = 'original';

/**
 * A workspace outside of the sources that holds copies of the packages `sync` and `queue`, each with one patch
 * applied and each importing its own `sync` only; the copy {@link ORIGINAL} has none. The copies are JavaScript,
 * so that any thread can import them without a loader, and lie below a `node_modules`, so that the test runner leaves
 * them as they are.
 */
export class KernelCopies {
  readonly #folder = realpathSync(mkdtempSync(join(tmpdir(), 'mutants-')));
  readonly #root = join(this.#folder, 'node_modules');

  constructor() {
    mkdirSync(this.#root);
    symlinkSync(
      dirname(createRequire(import.meta.url).resolve('fast-check/package.json')),
      join(this.#root, 'fast-check'),
    );
    for (const name of ['sync', 'queue', 'interleave']) {
      for (const folder of ['src', 'mutants']) {
        const from = join(PACKAGES, name, folder);
        if (!existsSync(from)) continue;
        for (const file of readdirSync(from, { recursive: true, encoding: 'utf8' })) {
          if (!file.endsWith('.ts') || file.endsWith('.test.ts')) continue;
          this.#translate(ORIGINAL, `${name}/${folder}/${file}`, readFileSync(join(from, file), 'utf8'));
        }
      }
      this.#write(
        ORIGINAL,
        `${name}/package.json`,
        toSources(readFileSync(join(PACKAGES, name, 'package.json'), 'utf8')),
      );
    }
    this.#link(ORIGINAL);
  }

  /** Makes the copy `id`, with the patch applied. */
  add(id: string, patch: Patch): void {
    const matches = matchesOf(patch);
    if (matches !== 1)
      throw new Error(`mutant ${id}: its text stands ${matches} times in ${patch.file}, not once`);
    for (const name of ['sync', 'queue']) {
      cpSync(join(this.#root, ORIGINAL, name), join(this.#root, id, name), { recursive: true });
    }
    this.#link(id);
    this.#translate(
      id,
      patch.file,
      sourceOf(patch).replace(patch.find, () => patch.replace),
    );
  }

  /** Imports the copy `id`. */
  async load(id: string): Promise<Kernel> {
    const [queue, sync, interleave] = await Promise.all([
      import(this.urlOf(id, 'queue/src/queue-scenarios.fixture.js')),
      import(this.urlOf(id, 'sync/src/kernel.js')),
      import(this.urlOf(ORIGINAL, 'interleave/src/index.js')),
    ]);
    return { queue, sync, interleave };
  }

  /** Where a module of the copy `id` is. */
  urlOf(id: string, path: string): string {
    return pathToFileURL(join(this.#root, id, path)).href;
  }

  /** Removes all copies from the disk. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #link(id: string): void {
    const scope = join(this.#root, id, 'node_modules', '@pkg');
    mkdirSync(scope, { recursive: true });
    for (const name of ['sync', 'queue']) symlinkSync(join(this.#root, id, name), join(scope, name));
    symlinkSync(join(this.#root, ORIGINAL, 'interleave'), join(scope, 'interleave'));
  }

  #translate(id: string, path: string, source: string): void {
    const { outputText } = ts.transpileModule(source, {
      fileName: path,
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
        rewriteRelativeImportExtensions: true,
      },
    });
    this.#write(id, path.replace(/\.ts$/, '.js'), outputText);
  }

  #write(id: string, path: string, text: string): void {
    const to = join(this.#root, id, path);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, text);
  }
}

/** The manifest of a copy: whatever can be imported is found in the translated sources. */
function toSources(text: string): string {
  const manifest = JSON.parse(text) as { exports: Entries; imports?: Entries };
  const translated = (entries: Entries) =>
    Object.fromEntries(Object.entries(entries).map(([name, target]) => [name, sourceIn(target)]));
  const { exports, imports } = manifest;
  return JSON.stringify({ ...manifest, exports: translated(exports), imports: translated(imports ?? {}) });
}

type Target = string | { readonly [condition: string]: Target };
type Entries = Record<string, Target>;

/** The module that a target stands for among the sources, under Node. */
function sourceIn(target: Target): string {
  if (typeof target === 'string') return target.replace(/\.ts$/, '.js');
  return sourceIn((target['@pkg/source'] ?? target['node'] ?? target['default'])!);
}
