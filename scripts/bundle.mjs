// After `tsc -b` has written the declarations: the JavaScript of the packages whose modules every new thread loads, in
// few files. A thread spends about a millisecond on each file that it loads, more than on reading what is in it. What
// is imported from outside a package stays outside.
import { rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const common = {
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  packages: 'external',
  external: ['node:*'],
  // Names stay: errors show them, and classes are found by them. The rest is what every thread has to read.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: true,
  logLevel: 'warning',
};

/** Removes what an earlier build left and this one will not overwrite. */
async function clear(directory) {
  for (const file of await readdir(directory, { recursive: true })) {
    if (/\.js(\.map)?$/.test(file)) rmSync(`${directory}/${file}`);
  }
}

/** `@pkg/sync`: one file for each platform, which serves both of its entries. */
async function bundleSync() {
  const root = 'packages/sync';
  await clear(`${root}/dist`);
  for (const platform of ['node', 'web']) {
    await build({
      ...common,
      stdin: {
        contents: `export * from './index.ts'; export * from './kernel.ts';`,
        resolveDir: `${root}/src`,
        sourcefile: `${platform}.ts`,
        loader: 'ts',
      },
      outfile: `${root}/dist/${platform}.js`,
      alias: { '#platform': `./${root}/src/platform/${platform}.ts` },
    });
  }
}

/** Entries of a package; what several of them need lies in chunks beside them. */
async function bundleWithChunks(name, entries) {
  const root = `packages/${name}`;
  await clear(`${root}/dist`);
  await build({
    ...common,
    entryPoints: entries.map((entry) => `${root}/src/${entry}.ts`),
    outbase: `${root}/src`,
    outdir: `${root}/dist`,
    splitting: true,
    // Beside the entries: a module that looks for its neighbours by import.meta.url finds them there.
    chunkNames: 'chunk-[hash]',
  });
}

/** Modules of a package that remain files of their own; each takes in whatever else it imports from the package. */
async function bundleModules(name, modules) {
  const root = resolve('packages', name);
  await clear(`${root}/dist`);
  for (const module of modules) {
    const outfile = `${root}/dist/${module}.js`;
    const others = new Map(
      modules
        .filter((other) => other !== module)
        .map((other) => [`${root}/src/${other}.ts`, relative(dirname(outfile), `${root}/dist/${other}.js`)]),
    );
    const leaveOthers = {
      name: 'leave the other modules where they are',
      setup({ onResolve }) {
        onResolve({ filter: /^\./ }, ({ path, resolveDir }) => {
          const file = others.get(resolve(resolveDir, path));
          return file && { path: file.startsWith('.') ? file : `./${file}`, external: true };
        });
      },
    };
    await build({ ...common, entryPoints: [`${root}/src/${module}.ts`], outfile, plugins: [leaveOthers] });
  }
}

await bundleSync();
await bundleWithChunks('queue', ['index']);
await bundleWithChunks('pool', ['index', 'worker-bootstrap']);
// Whatever is started, or found by its address, or has to exist once.
await bundleModules('imgur-downloader', [
  'cli',
  'index',
  'threads',
  'simple',
  'procs',
  'procs-task',
  'compare',
  'download',
  'errors',
  'part-file',
  'gallery/default-gallery',
  'gallery/gallery',
  'gallery/worker',
]);
