/**
 * One step from an object to a value inside it: a property name, an array index, or a place in a Map or Set.
 */
export type Step =
  | string
  | number
  | { readonly key: unknown }
  | { readonly keyAt: number }
  | { readonly valueAt: number };

/** The steps to a deferred object, shared by all that were deferred out of the same parent. */
export interface Prefix {
  readonly before: Prefix | undefined;
  readonly steps: readonly Step[];
}

/** The path `item…` after the given steps. The middle of a very long path is left out. */
export function formatPath(prefix: Prefix | undefined, steps: readonly Step[]): string {
  const all: Step[][] = [[...steps]];
  for (let part = prefix; part !== undefined; part = part.before) all.push([...part.steps]);
  const flat = all.reverse().flat();
  if (flat.length <= 64) return `item${flat.map(formatStep).join('')}`;
  const head = flat.slice(0, 16).map(formatStep).join('');
  const tail = flat.slice(-16).map(formatStep).join('');
  return `item${head}…(${flat.length - 32} more)…${tail}`;
}

function formatStep(step: Step): string {
  if (typeof step === 'number') return `[${step}]`;
  if (typeof step === 'string') {
    return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  }
  if ('keyAt' in step) return `.keys()[${step.keyAt}]`;
  if ('valueAt' in step) return `.values()[${step.valueAt}]`;
  return `.get(${formatKey(step.key)})`;
}

function formatKey(key: unknown): string {
  switch (typeof key) {
    case 'string':
      return JSON.stringify(key);
    case 'number':
    case 'boolean':
    case 'undefined':
      return String(key);
    default:
      return key === null ? 'null' : typeof key;
  }
}
