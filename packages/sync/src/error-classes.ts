import { describeValue } from './describe-value.ts';
import { perRealm } from './per-realm.ts';

/** A class of errors, as the registry needs it. */
export type ErrorClass = abstract new (...args: never[]) => Error;

const builtIns = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  AggregateError,
  DOMException,
  // Where the engine has them.
  ...['SuppressedError', 'QuotaExceededError'].flatMap(
    (name) => (globalThis as unknown as Record<string, ErrorClass | undefined>)[name] ?? [],
  ),
] as const;

const classes = perRealm(
  '@pkg/sync.error-classes',
  () => new Map(builtIns.map((each): [string, ErrorClass] => [each.name, each])),
);

/**
 * Makes a class of errors known on the calling thread, so that its errors, thrown in another thread, arrive
 * here as instances of it, own fields included. The constructor is not run on arrival. Both threads have to
 * know the class by the same name; call this beside the class, in its module. Does not block.
 *
 * Errors of classes that are not registered arrive as the nearest registered or built-in class that they
 * extend, under their own name.
 *
 * @param errorClass the class
 * @param name what it is known by, by default its own name
 * @throws TypeError when `errorClass` is no class of errors
 * @example
 * ```ts
 * export class QuotaExceeded extends Error {
 *   readonly limit: number;
 *   constructor(limit: number) {
 *     super(`more than ${limit}`);
 *     this.limit = limit;
 *   }
 * }
 * registerErrorClass(QuotaExceeded);
 * ```
 */
export function registerErrorClass(errorClass: ErrorClass, name: string = errorClass?.name): void {
  if (typeof errorClass !== 'function' || !isOfErrors(errorClass.prototype)) {
    throw new TypeError(
      `registerErrorClass() takes a class that extends Error, not ${describeValue(errorClass)}`,
    );
  }
  if (name === '') throw new TypeError('registerErrorClass() needs a name for an anonymous class');
  classes.set(name, errorClass);
}

/** In a `vm` context DOMException is Node's, and extends the `Error` of another realm. */
const isOfErrors = (prototype: unknown): boolean =>
  prototype instanceof Error || prototype instanceof DOMException;

/** The first known class among `names`, most special first. */
export function errorClassOf(names: readonly string[]): ErrorClass {
  for (const name of names) {
    const known = classes.get(name);
    if (known !== undefined) return known;
  }
  return Error;
}

/** The names that an error's class and its ancestors go by, most special first. */
export function classNamesOf(error: Error): string[] {
  const names: string[] = [];
  for (let proto = Object.getPrototypeOf(error); proto !== null; proto = Object.getPrototypeOf(proto)) {
    const own: unknown = Object.getOwnPropertyDescriptor(proto, 'constructor')?.value;
    if (typeof own !== 'function') continue;
    const registered = [...classes].find(([, known]) => known === own)?.[0];
    if (registered !== undefined) names.push(registered);
    if (own.name !== '' && own.name !== registered) names.push(own.name);
    if (own === Error) break;
  }
  return names;
}
