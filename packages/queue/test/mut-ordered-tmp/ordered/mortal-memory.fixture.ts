import type { Pages } from '../pages.ts';

/**
 * Memory in which the acting thread can be made to die at any write, atomic or plain: before its n-th write an
 * exception ends it, and from then on nothing it does (in a `finally`, say) has an effect.
 */

/** What ends a thread here. */
export class Death extends Error {}

let limit = -1;
let writes = 0;
let dead = false;

const originals = new WeakMap<object, Int32Array>();
const unwrap = (value: unknown): unknown => originals.get(value as object) ?? value;

function beforeRead(): void {
  if (dead) throw new Death();
}

function beforeWrite(): void {
  if (limit < 0) return;
  if (dead || writes === limit) {
    dead = true;
    throw new Death();
  }
  writes++;
}

/**
 * Runs `body` and ends it before write number `killBefore`, 0 for the first.
 *
 * @returns whether it was killed, and how many writes it made
 */
export function runMortal(body: () => void, killBefore: number): { killed: boolean; writes: number } {
  limit = killBefore;
  writes = 0;
  try {
    body();
    return { killed: false, writes };
  } catch (error) {
    if (!dead) throw error;
    return { killed: true, writes };
  } finally {
    limit = -1;
    dead = false;
  }
}

const WRITES = new Set(['store', 'add', 'sub', 'and', 'or', 'xor', 'exchange', 'compareExchange', 'notify']);

/** Replaces the global `Atomics` until the function that it returns is called. */
export function installMortality(): () => void {
  const native = globalThis.Atomics;
  const instrumented: Record<string, unknown> = {};
  for (const name of Object.getOwnPropertyNames(native)) {
    const method = native[name as keyof Atomics] as unknown as (...args: unknown[]) => unknown;
    instrumented[name] = (array: unknown, ...rest: unknown[]) => {
      if (name === 'wait') throw new Error('would wait for ever: nobody else runs');
      if (WRITES.has(name)) beforeWrite();
      else beforeRead();
      return Reflect.apply(method, native, [unwrap(array), ...rest]);
    };
  }
  globalThis.Atomics = instrumented as unknown as Atomics;
  return () => {
    globalThis.Atomics = native;
  };
}

function mortal(array: Int32Array): Int32Array {
  const proxy = new Proxy(array, {
    get(target, key) {
      beforeRead();
      const value = Reflect.get(target, key, target) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (key === 'set' || key === 'fill') beforeWrite();
        return Reflect.apply(value, target, args.map(unwrap));
      };
    },
    set(target, key, value) {
      beforeWrite();
      return Reflect.set(target, key, value, target);
    },
  });
  originals.set(proxy, array);
  return proxy;
}

/** Makes plain accesses through `pages` mortal too; to be called before a store is built on them. */
export function makeMortal(pages: Pages): void {
  let words = mortal(pages.words);
  Object.defineProperty(pages, 'header', { value: mortal(pages.header) });
  Object.defineProperty(pages, 'words', {
    get: () => words,
    set: (renewed: Int32Array) => {
      words = mortal(renewed);
    },
  });
}
