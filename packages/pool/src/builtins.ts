/**
 * Functions of Node's own modules, for what every thread loads. An `import` of `node:util`, `node:fs` or `node:url`
 * makes Node evaluate every property of the module, and so load what its lazy ones stand for: on Node 24 some twenty
 * modules (`fs/promises`, `readline`, `os`, …) in each thread.
 */
const { inspect, types } = process.getBuiltinModule('node:util');
const { readFileSync, writeSync } = process.getBuiltinModule('node:fs');

export { inspect, readFileSync, types, writeSync };

export const pathToFileURL = (path: string): URL => process.getBuiltinModule('node:url').pathToFileURL(path);

export const fileURLToPath = (url: string | URL): string =>
  process.getBuiltinModule('node:url').fileURLToPath(url);
