/**
 * Runs the script of an executor's workers in one of them. Apart from the sources that it is made of, it is CommonJS: only
 * of scripts can what V8 has compiled be had, and given to others.
 *
 * @packageDocumentation
 */
import type { WorkerCode } from './executor/worker-code.ts';

/** A script that has been run. */
export interface Ran<Exports> {
  readonly exports: Exports;
  /** Whether what another worker had compiled could be used; undefined when there was nothing. */
  readonly wasCompiled: boolean | undefined;
  /** What V8 has compiled of it by now, for {@link WorkerCode.compiled}. Takes a few milliseconds. */
  compiled(): SharedArrayBuffer;
}

/** Runs the script. What it imports is looked for from this module. */
export function runScript<Exports>({ path, source, compiled }: Omit<WorkerCode, 'report'>): Ran<Exports> {
  const { Script } = process.getBuiltinModule('node:vm');
  const { createRequire } = process.getBuiltinModule('node:module');
  const script = new Script(source, {
    filename: path,
    ...(compiled === undefined ? {} : { cachedData: new Uint8Array(compiled) }),
  });
  const module = { exports: {} as Exports };
  script.runInThisContext()(
    module.exports,
    createRequire(path),
    module,
    path,
    (name: string) => import(name),
  );
  const rejected = script.cachedDataRejected;
  return {
    exports: module.exports,
    wasCompiled: rejected === undefined ? undefined : !rejected,
    compiled() {
      const bytes = script.createCachedData();
      const shared = new SharedArrayBuffer(bytes.length);
      new Uint8Array(shared).set(bytes);
      return shared;
    },
  };
}
