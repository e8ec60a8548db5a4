/**
 * Finds how an item that travelled differs from the original: undefined if in nothing that matters. Strict
 * about −0, NaN, holes, classes, flags, the order of keys, and about which references are shared.
 */
export function difference(left: unknown, right: unknown): string | undefined {
  const pairs = new Map<object, object>();
  const backwards = new Map<object, object>();
  // A list of work instead of recursion: items may nest 100,000 deep.
  const work: [unknown, unknown, string][] = [[left, right, 'item']];

  const compareObjects = (a: object, b: object, path: string): string | undefined => {
    if (pairs.has(a) || backwards.has(b)) {
      return pairs.get(a) === b && backwards.get(b) === a ? undefined : `${path}: sharing differs`;
    }
    pairs.set(a, b);
    backwards.set(b, a);
    const tags = [a, b].map((value) => Object.prototype.toString.call(value));
    if (tags[0] !== tags[1]) return `${path}: ${tags[0]} became ${tags[1]}`;
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `${path}: prototype differs`;

    if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
      if (a.byteOffset !== b.byteOffset || a.byteLength !== b.byteLength) return `${path}: bounds differ`;
      work.push([a.buffer, b.buffer, `${path}.buffer`]);
      return undefined;
    }
    if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) {
      if (a.resizable !== b.resizable || a.maxByteLength !== b.maxByteLength) return `${path}: size differs`;
      const [x, y] = [new Uint8Array(a), new Uint8Array(b)];
      const same = x.length === y.length && x.every((byte, index) => byte === y[index]);
      return same ? undefined : `${path}: bytes differ`;
    }
    if (a instanceof Date && b instanceof Date) work.push([a.getTime(), b.getTime(), `${path} (time)`]);
    else if (a instanceof RegExp) work.push([String(a), String(b), `${path} (source)`]);
    else if (a instanceof Map && b instanceof Map) pushList([...a].flat(), [...b].flat(), path, work);
    else if (a instanceof Set && b instanceof Set) pushList([...a], [...b], path, work);
    else if (a instanceof Number || a instanceof String || a instanceof Boolean || a instanceof BigInt) {
      work.push([a.valueOf(), (b as typeof a).valueOf(), `${path} (boxed)`]);
      return undefined;
    } else if (tags[0] === '[object DOMException]' || tags[0] === '[object QuotaExceededError]') {
      pushList(shownBy(a as DOMException), shownBy(b as DOMException), path, work);
    }
    return compareProperties(a, b, path, work);
  };

  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const [a, b, path] = next;
    if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null) {
      const found = compareObjects(a, b, path);
      if (found !== undefined) return found;
    } else if (!Object.is(a, b)) {
      return `${path}: ${String(a)} became ${String(b)}`;
    }
  }
  return undefined;
}

/** Where an error was made, in properties that Bun's engine gives to it. */
const PLACES: ReadonlySet<string> = new Set([
  'line',
  'column',
  'sourceURL',
  'originalLine',
  'originalColumn',
]);

/** Own properties, non-enumerable ones too (an error's message, an array's length), in order for fields. */
function compareProperties(
  a: object,
  b: object,
  path: string,
  work: [unknown, unknown, string][],
): string | undefined {
  const keys = [Object.keys(a), Object.keys(b)];
  if (JSON.stringify(keys[0]) !== JSON.stringify(keys[1]))
    return `${path}: keys ${keys[0]} became ${keys[1]}`;
  const names = Object.getOwnPropertyNames(a).filter(
    (name) => !(a instanceof RegExp && name === 'lastIndex') && !(a instanceof Error && PLACES.has(name)),
  );
  for (const name of names) {
    const from = Object.getOwnPropertyDescriptor(a, name)!;
    const to = Object.getOwnPropertyDescriptor(b, name);
    if (to === undefined || from.enumerable !== to.enumerable) return `${path}.${name}: not as it was`;
    // An engine may keep an error's stack behind an accessor.
    work.push([Reflect.get(a, name), to.value, path.length < 200 ? `${path}.${name}` : path]);
  }
  return undefined;
}

/** What a DOMException has in slots of its own. By its tag, for a test may take the class away. */
const shownBy = ({
  name,
  message,
  code,
  quota,
  requested,
}: DOMException & { quota?: unknown; requested?: unknown }) => [name, message, code, quota, requested];

function pushList(
  a: readonly unknown[],
  b: readonly unknown[],
  path: string,
  work: [unknown, unknown, string][],
): void {
  work.push([a.length, b.length, `${path}.size`]);
  a.forEach((value, index) => void work.push([value, b[index], `${path}{${index}}`]));
}
