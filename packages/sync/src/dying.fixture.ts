/** What a thread that has died throws in these tests: nothing catches it but {@link dieAt}. */
const DEATH = Symbol('death');

/**
 * Runs `body` until just before its `step`-th access to shared memory, where it dies.
 *
 * @returns whether it died; false when it came to its end with fewer accesses
 */
export function dieAt(step: number, body: () => unknown): boolean {
  const real = globalThis.Atomics;
  let left = step;
  let dead = false;
  const counting = new Proxy(real, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => {
        // Dead threads run no `finally`: whatever comes after the first throw changes nothing.
        if (dead || left-- === 0) {
          dead = true;
          throw DEATH;
        }
        return Reflect.apply(method, target, args) as unknown;
      };
    },
  });
  globalThis.Atomics = counting;
  try {
    body();
    return false;
  } catch (error) {
    if (error !== DEATH) throw error;
    return true;
  } finally {
    globalThis.Atomics = real;
  }
}
