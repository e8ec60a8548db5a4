// After `tsc -b` has written the declarations: the JavaScript of the packages whose modules every new thread loads, in
// few files. A thread starts in half the time so; what is imported from outside a package stays outside.
import { rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { build } from 'esbuild';

const packages = {
  sync: ['index', 'kernel', 'platform/node', 'platform/web'],
  queue: ['index'],
  pool: ['index', 'thread-bootstrap', 'executor-bootstrap'],
};

for (const [name, entries] of Object.entries(packages)) {
  const root = `packages/${name}`;
  for (const file of await readdir(`${root}/dist`)) {
    if (/^chunk-.*\.js(\.map)?$/.test(file)) rmSync(`${root}/dist/${file}`);
  }
  await build({
    entryPoints: entries.map((entry) => `${root}/src/${entry}.ts`),
    outbase: `${root}/src`,
    outdir: `${root}/dist`,
    bundle: true,
    splitting: true,
    // Beside the entries: a module that looks for its neighbours by import.meta.url finds them there.
    chunkNames: 'chunk-[hash]',
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    packages: 'external',
    external: ['node:*', '#platform'],
    // Names stay: errors show them, and classes are found by them. The rest is what every thread has to read.
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: true,
    logLevel: 'warning',
  });
}
