import { describe } from './engine/suspension.ts';

const plainPrototypes: readonly unknown[] = [
  Object.prototype,
  Array.prototype,
  Map.prototype,
  Set.prototype,
  null,
];
const TypedArray = Object.getPrototypeOf(Int32Array) as typeof Int32Array;

/** Shared memory that a context holds, and by which of its properties: `queue.items`. */
export interface Held {
  readonly path: string;
  /** How many steps the path has. */
  readonly depth: number;
  /** Whether it is reached through arrays, maps, sets and plain objects only, and not inside an object of a class. */
  readonly isDirect: boolean;
  readonly value: SharedArrayBuffer | ArrayBufferView<SharedArrayBuffer>;
}

/** Something in a context that is still to be looked at. */
type Part = Omit<Held, 'value'> & { readonly value: unknown };

/**
 * The buffers and views of shared memory in the properties of a context and the entries of its maps and sets, and in those
 * of its objects: in the order of a walk through it, which is the same in each thread that has a copy.
 *
 * @throws {TypeError} that names what cannot be looked at: a getter that throws, a revoked proxy
 */
export function heldMemory(context: unknown): Held[] {
  const held: Held[] = [];
  const seen = new Set<unknown>();
  // Not by recursion: a linked list is as deep as it is long.
  const left: Part[] = [{ path: '', depth: 0, isDirect: true, value: context }];
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    const { path, value } = part;
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    const kind = look(path, () => kindOf(value));
    if (kind === 'shared') held.push({ ...part, value: value as Held['value'] });
    else if (kind === 'other') for (const each of partsOf(part, value).reverse()) left.push(each);
  }
  return held;
}

/** By class, as the model's views are proxies. */
function kindOf(value: object): 'shared' | 'own' | 'other' {
  if (value instanceof SharedArrayBuffer) return 'shared';
  if (!(value instanceof TypedArray || value instanceof DataView)) return 'other';
  return value.buffer instanceof SharedArrayBuffer ? 'shared' : 'own';
}

function partsOf({ path, depth, isDirect }: Part, value: object): Part[] {
  const isPlain = isDirect && plainPrototypes.includes(Object.getPrototypeOf(value));
  const parts: Part[] = [];
  const add = (step: string, read: () => unknown) => {
    const at = path === '' ? step : `${path}.${step}`;
    parts.push({ path: at, depth: depth + 1, isDirect: isPlain, value: look(at, read) });
  };
  for (const key of look(path, () => Object.keys(value))) {
    add(key, () => (value as Record<string, unknown>)[key]);
  }
  const entries = entriesOf(value);
  for (const [index, [key, item]] of entries.entries()) {
    // The keys of a map are mostly texts; those of a set are its values.
    if (typeof key === 'string') add(`get(${JSON.stringify(key)})`, () => item);
    else {
      if (key !== item) add(`keys()[${index}]`, () => key);
      add(`values()[${index}]`, () => item);
    }
  }
  return parts;
}

/** The entries of a map or a set; none of anything else that has their prototype, such as a proxy. */
function entriesOf(value: object): [unknown, unknown][] {
  const collection = [Map, Set].find((each) => value instanceof each);
  if (collection === undefined) return [];
  try {
    return [...collection.prototype.entries.call(value as never)];
  } catch {
    return [];
  }
}

/** @throws {TypeError} that names the place, when `read` throws */
function look<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new TypeError(
      `${path === '' ? 'The context' : `context.${path}`} cannot be searched for shared memory: ${describe(error)}. ` +
        'Let the context hold what can be read without an error',
      { cause: error },
    );
  }
}
