const LONGEST = 60;

/** A value as error messages show it: itself, shortened, and its type. Never throws. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function') {
    return `${/^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function'} ${value.name || '(anonymous)'}`;
  }
  if (typeof value === 'object') {
    const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
    return typeof name === 'string' && name !== '' ? `an object of class ${name}` : 'an object';
  }
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return `${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text} (${typeof value})`;
}
