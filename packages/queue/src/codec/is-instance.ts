/**
 * `instanceof` for what was thrown, which can be anything: the question itself throws for a revoked proxy, and may run
 * a proxy's trap. Never throws.
 */
export function isInstance<T>(thrown: unknown, Class: abstract new (...args: never[]) => T): thrown is T {
  try {
    return thrown instanceof Class;
  } catch {
    return false;
  }
}
