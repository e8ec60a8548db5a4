/**
 * Lets the consumer of a generator leave also while a `next()` is pending. A generator's own `return()` and `throw()` are
 * queued behind that `next()`, which may wait for what never comes: so each of them calls `leave` first. Not only callers
 * by hand depend on that: `Readable.from()` calls the one or the other when it is destroyed, at whatever time.
 *
 * @param leave ends at once what the generator's `next()` waits for; called each time, also before the first `next()` and
 *   after the end
 * @returns the generator itself
 */
export function leavable<T, R, N>(
  generator: AsyncGenerator<T, R, N>,
  leave: () => void,
): AsyncGenerator<T, R, N> {
  const ownReturn = generator.return.bind(generator);
  const ownThrow = generator.throw.bind(generator);
  // Defined, as nothing can be assigned where the engine's prototypes are frozen (`--frozen-intrinsics`).
  return Object.defineProperties(generator, {
    return: method((value: R | PromiseLike<R>) => {
      leave();
      return ownReturn(value);
    }),
    throw: method((error: unknown) => {
      leave();
      return ownThrow(error);
    }),
  });
}

/** The descriptor that an assignment would have made. */
function method(value: (argument: never) => unknown): PropertyDescriptor {
  return { value, writable: true, enumerable: true, configurable: true };
}
