// After `tsc -b` has written the declarations: the JavaScript of the packages whose modules every new thread loads, in
// few files. A thread spends about a millisecond on each file that it loads and on each name that it has to look up,
// beside the time for what is in them. What is imported from outside a package stays outside.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import * as esbuild from 'esbuild';

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
  // For an error that nobody catches Node prints the line that threw it: not to be a whole package.
  lineLimit: 100,
  sourcemap: true,
  logLevel: 'warning',
};

/** What this build has written, as absolute paths. */
const written = new Set();

/**
 * Builds and writes. Classes that speak of themselves get a name with an underscore from esbuild, by which users would then
 * see them; a blank in its place leaves all columns where the source map has them.
 */
async function build(options, change = (text) => text) {
  const result = await esbuild.build({ ...options, write: false });
  if (options.write === false) return result;
  for (const { path, text } of result.outputFiles) {
    const renamed = [...text.matchAll(/\bclass (_[A-Z]\w*)/g)].map(([, name]) => name);
    const named = renamed.reduce(
      (code, name) => code.replace(new RegExp(`(?<![\\w$.])${name}\\b`, 'g'), ` ${name.slice(1)}`),
      text,
    );
    written.add(resolve(path));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, path.endsWith('.map') ? text : change(named));
  }
  return result;
}

/** Both entries of `@pkg/sync` are one file: asked for under one name, it is looked for once. */
const oneNameForSync = {
  name: 'one name for @pkg/sync',
  setup({ onResolve }) {
    onResolve({ filter: /^@pkg\/sync$/ }, () => ({ path: '@pkg/sync/kernel', external: true }));
  },
};

/** Leaves imports of the given files (below `src`) to what is published in their place (below `dist`). */
function leave(root, places, outfile) {
  const targets = new Map(
    Object.entries(places).map(([file, place]) => {
      const path = relative(dirname(outfile), `${root}/dist/${place}`);
      return [resolve(root, 'src', file), path.startsWith('.') ? path : `./${path}`];
    }),
  );
  return {
    name: 'leave to other files',
    setup({ onResolve }) {
      onResolve({ filter: /^\./ }, ({ path, resolveDir, kind }) => {
        const target = kind === 'entry-point' ? undefined : targets.get(resolve(resolveDir, path));
        return target && { path: target, external: true };
      });
    },
  };
}

/** Removes what an earlier build left and this one will not overwrite. */
async function clear(root) {
  for (const file of await readdir(`${root}/dist`, { recursive: true })) {
    if (/\.js(\.map)?$/.test(file)) rmSync(`${root}/dist/${file}`);
  }
}

/** All that `modules` export, in one file. More than the declarations of an entry say may be in it. */
async function bundleTogether(root, modules, outfile, options = {}) {
  const contents = modules.map((module) => `export * from './${module}.ts';`).join('\n');
  const stdin = { contents, resolveDir: `${root}/src`, sourcefile: outfile, loader: 'ts' };
  return await build({ ...common, stdin, outfile: `${root}/dist/${outfile}`, ...options });
}

async function bundleSync() {
  const root = 'packages/sync';
  await clear(root);
  for (const platform of ['node', 'web']) {
    await bundleTogether(root, ['index', 'kernel'], `${platform}.js`, {
      alias: { '#platform': `./${root}/src/platform/${platform}.ts` },
    });
  }
}

async function bundleQueue() {
  const root = 'packages/queue';
  await clear(root);
  await bundleTogether(root, ['index'], 'index.js', { plugins: [oneNameForSync] });
}

/**
 * In two layers, so that a thread loads what it needs and each module exists once: what a thread and its starter need, and
 * the rest. The workers of executors run a script of their own, which has all in it but what few of them meet.
 */
async function bundlePool() {
  const root = 'packages/pool';
  await clear(root);
  const layers = {
    'thread.js': ['thread-module', 'thread/thread-main'],
    'index.js': ['index'],
  };
  const places = {};
  for (const [file, modules] of Object.entries(layers)) {
    const outfile = `${root}/dist/${file}`;
    const plugins = [oneNameForSync, leave(root, places, outfile)];
    const { metafile } = await bundleTogether(root, modules, file, { plugins, metafile: true, write: false });
    const own = Object.keys(metafile.inputs)
      .filter((input) => input.startsWith(`${root}/src/`) && input !== `${root}/src/${file}`)
      .map((input) => relative(`${root}/src`, input));
    await bundleTogether(root, file === 'index.js' ? modules : own.map(withoutType), file, { plugins });
    // A list of exports may be in two files: what it lists is in one, and an `export *` of another file is lost.
    for (const module of own) if (module !== 'thread-module.ts') places[module] = file;
  }
  const worker = 'executor/worker/worker-main.ts';
  await bundleScript(`${root}/src/${worker}`, `${root}/dist/executor-worker.cjs`);
  places[worker] = 'executor-worker.cjs';
  const outfile = `${root}/dist/worker-bootstrap.js`;
  const entryPoints = [`${root}/src/worker-bootstrap.ts`];
  await build({ ...common, entryPoints, outfile, plugins: [leave(root, places, outfile)] });
}

/**
 * A module with all that it imports, whatever package that is from, as the body of a function of what a CommonJS module is
 * given and of `importModule`, in place of `import()`: for that a script that comes from a code cache has nobody to turn to.
 */
async function bundleScript(entryPoint, outfile) {
  const options = {
    ...common,
    entryPoints: [entryPoint],
    outfile,
    format: 'cjs',
    platform: 'node',
    packages: 'bundle',
    conditions: ['@pkg/source'],
    define: { 'import.meta.url': 'moduleUrl' },
    banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
    plugins: [leaveToRunTime],
  };
  await build(options, (text) => text.replace(/\bimport\(/g, 'importModule('));
}

const leaveToRunTime = {
  name: 'leave to run time what is imported then',
  setup({ onResolve }) {
    onResolve({ filter: /^@pkg\// }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    );
  },
};

const withoutType = (module) => module.replace(/\.ts$/, '');

/** Modules that are started, found by their address, or have to exist once; each takes in whatever else it imports. */
async function bundleDownloader() {
  const root = 'packages/imgur-downloader';
  const modules = [
    'cli',
    'index',
    'threads',
    'simple',
    'procs',
    'procs-task',
    'compare',
    'download',
    'errors',
    'gallery/default-gallery',
    'gallery/gallery',
    'gallery/worker',
  ];
  await clear(root);
  const places = Object.fromEntries(modules.map((module) => [`${module}.ts`, `${module}.js`]));
  for (const module of modules) {
    const outfile = `${root}/dist/${module}.js`;
    const plugins = [leave(root, places, outfile)];
    await build({ ...common, entryPoints: [`${root}/src/${module}.ts`], outfile, plugins });
  }
}

/**
 * Removes what earlier builds made of modules that are gone, which would be published: tsc overwrites what it makes, and
 * removes nothing.
 */
async function removeStale() {
  for (const name of await readdir('packages')) {
    const dist = join('packages', name, 'dist');
    if (!existsSync(dist)) continue;
    for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      if (!entry.isFile() || entry.name === '.tsbuildinfo' || written.has(resolve(file))) continue;
      const module = relative(dist, file).replace(/(\.d\.ts|\.js)(\.map)?$/, '');
      // Tests and fixtures are sources too, and nothing is built of them.
      const isBuilt =
        !/\.(test|fixture)$/.test(module) && existsSync(join('packages', name, 'src', `${module}.ts`));
      if (!isBuilt) rmSync(file);
    }
  }
}

/** Every file that a package's `exports` and `bin` name, under whatever condition. */
function targets(value) {
  if (typeof value === 'string') return [value];
  return Object.values(value ?? {}).flatMap(targets);
}

/** Throws when a package promises a file that is not there: JavaScript that neither tsc nor this script has written, say. */
async function checkTargets() {
  const missing = (await readdir('packages')).flatMap((name) => {
    const root = join('packages', name);
    // What git leaves of a package that another branch has.
    if (!existsSync(join(root, 'package.json'))) return [];
    const { exports, bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const files = [...targets(exports), ...targets(bin)].map((target) => join(root, target));
    return files.filter((file) => !existsSync(file));
  });
  if (missing.length > 0) {
    throw new Error(`named in exports or bin, and not there after the build: ${missing.join(', ')}`);
  }
}

await bundleSync();
await bundleQueue();
await bundlePool();
await bundleDownloader();
await removeStale();
await checkTargets();
