/**
 * What belongs to the thread, while a scenario of `@pkg/interleave` runs in it. There the globals are the model's: views
 * are proxies that end with the scenario, and what is written is taken back. Objects under test are to be made so, but
 * not what outlives them. This package does not depend on the explorer: both know the symbol.
 *
 * @packageDocumentation
 */

/** Key of what an `Atomics` of the explorer offers, and mark of memory that is not to be a scenario's. */
const OUTSIDE = Symbol.for('@pkg/interleave.outside');

type Outside = <T>(body: () => T) => T;

const offered = (): Outside | undefined => (Atomics as { readonly [OUTSIDE]?: Outside })[OUTSIDE];

/** Whether the caller runs in a scenario. Does not block. */
export const isInScenario = (): boolean => offered() !== undefined;

/** Runs `body` with the genuine globals, also where the caller runs in a scenario. */
export function outsideScenarios<T>(body: () => T): T {
  const outside = offered();
  return outside === undefined ? body() : outside(body);
}

/** Keeps memory out of every scenario, whatever holds it: nothing of it is put back, and accesses are left alone. */
export function keepOutOfScenarios(memory: SharedArrayBuffer): void {
  Object.defineProperty(memory, OUTSIDE, { value: true, configurable: true });
}
