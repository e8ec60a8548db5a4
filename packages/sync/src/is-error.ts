type Getter = (this: unknown) => unknown;

/** Undefined where the platform has no DOMException. */
const exceptionName = domExceptionGetter('name');
const exceptionMessage = domExceptionGetter('message');

function domExceptionGetter(key: 'name' | 'message'): Getter | undefined {
  if (typeof DOMException !== 'function') return undefined;
  return Object.getOwnPropertyDescriptor(DOMException.prototype, key)!.get as Getter;
}

/** The name and message that a DOMException was made with; undefined for anything else. */
export function domExceptionTexts(value: unknown): readonly [name: string, message: string] | undefined {
  try {
    const texts = [exceptionName?.call(value), exceptionMessage?.call(value)];
    return texts.every((text) => typeof text === 'string') ? (texts as [string, string]) : undefined;
  } catch {
    return undefined;
  }
}

const objectToString = Object.prototype.toString;

/**
 * Whether a value is an error, of whatever realm (an iframe, a `vm` context). Never throws: a revoked proxy is none.
 *
 * Where ancestry does not tell, `[object Error]` does, which comes from an internal slot unless the object has a tag of its
 * own. In a `vm` context a DOMException has neither, for its class is Node's, and extends the `Error` of another realm; nor has
 * a QuotaExceededError, which is one by another tag.
 */
export function isError(value: unknown): value is Error {
  try {
    // Ancestry first: a proxy may tell that and throw when it is asked for its tag.
    if (value instanceof Error) return true;
    const tag = objectToString.call(value);
    if (tag === '[object Error]') return !(Symbol.toStringTag in (value as object));
    // Asked last, and only of what goes by that name: for anything else, asking takes as long as a throw.
    const mayBeException = tag === '[object DOMException]' || tag === '[object QuotaExceededError]';
    return mayBeException && domExceptionTexts(value) !== undefined;
  } catch {
    return false;
  }
}
