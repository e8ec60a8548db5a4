import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { runScript } from './run-script.ts';

const path = fileURLToPath(new URL('./script-that-is-nowhere.cjs', import.meta.url));
const source = `(function (exports, require, module, __filename, importModule) {
  exports.path = __filename;
  exports.join = (...parts) => require('node:path').join(...parts);
  exports.load = (name) => importModule(name);
})`;

interface Exports {
  readonly path: string;
  join(...parts: string[]): string;
  load(name: string): Promise<Record<string, unknown>>;
}

describe('a script', () => {
  it('is run as a CommonJS module', () => {
    const { exports, wasCompiled } = runScript<Exports>({ path, source, compiled: undefined });
    expect(exports.path).toBe(path);
    expect(exports.join('a', 'b')).toBe('a/b');
    expect(wasCompiled).toBeUndefined();
  });

  it('imports modules', async () => {
    const { exports } = runScript<Exports>({ path, source, compiled: undefined });
    expect(Object.keys(await exports.load('fast-check'))).toContain('property');
  });

  it('uses what another thread has compiled', async () => {
    const own = `${source}// of its own`;
    const { exports, wasCompiled } = runScript<Exports>({
      path,
      source: own,
      compiled: await compileElsewhere(own),
    });
    expect(wasCompiled).toBe(true);
    expect(exports.join('a', 'c')).toBe('a/c');
  });

  it('does without what does not fit', async () => {
    const compiled = await compileElsewhere(`${source}// something else`);
    const { exports, wasCompiled } = runScript<Exports>({ path, source: `${source}// else`, compiled });
    expect(wasCompiled).toBe(false);
    expect(exports.join('a', 'd')).toBe('a/d');
  });

  it('tells what it has compiled', () => {
    const { compiled } = runScript<Exports>({ path, source, compiled: undefined });
    expect(compiled().byteLength).toBeGreaterThan(500);
  });
});

/** In another thread: in this one V8 would know the script by itself. */
async function compileElsewhere(script: string): Promise<SharedArrayBuffer> {
  const worker = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     const { Script } = require('node:vm');
     const script = new Script(workerData.script, { filename: workerData.path });
     script.runInThisContext()({}, require, {}, workerData.path);
     parentPort.postMessage(script.createCachedData());`,
    { eval: true, workerData: { script, path } },
  );
  const [bytes] = (await once(worker, 'message')) as [Uint8Array];
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  return shared;
}
