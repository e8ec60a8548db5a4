const plainPrototypes: readonly unknown[] = [Object.prototype, Array.prototype, null];
const TypedArray = Object.getPrototypeOf(Int32Array) as typeof Int32Array;

/** Shared memory that a context holds, and by which of its properties: `queue.items`. */
export interface Held {
  readonly path: string;
  /** Whether it is reached through arrays and plain objects only, and not inside an object of a class. */
  readonly isDirect: boolean;
  readonly value: SharedArrayBuffer | ArrayBufferView<SharedArrayBuffer>;
}

/**
 * The buffers and views of shared memory in the properties of a context, and in those of its objects: in the order of a
 * walk through it, which is the same in each thread that has a copy.
 */
export function heldMemory(context: unknown): Held[] {
  const held: Held[] = [];
  const seen = new Set<unknown>();
  const walk = (value: unknown, path: string, isDirect: boolean): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    if (value instanceof SharedArrayBuffer) held.push({ path, isDirect, value });
    // By class, as the model's views are proxies.
    else if (value instanceof TypedArray || value instanceof DataView) {
      if (value.buffer instanceof SharedArrayBuffer)
        held.push({ path, isDirect, value: value as Held['value'] });
    } else {
      const isPlain = plainPrototypes.includes(Object.getPrototypeOf(value));
      for (const key of Object.keys(value)) {
        const part = (value as Record<string, unknown>)[key];
        walk(part, path === '' ? key : `${path}.${key}`, isDirect && isPlain);
      }
    }
  };
  walk(context, '', true);
  return held;
}
