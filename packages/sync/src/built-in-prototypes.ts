/** Whether an object is the `Object.prototype` of this or another realm (an iframe, a `vm` context). */
export function isObjectPrototype(value: object): boolean {
  if (value === Object.prototype) return true;
  return Object.getPrototypeOf(value) === null && Object.hasOwn(value, 'hasOwnProperty');
}

/** Whether an object is the `Array.prototype` of this or another realm. */
export function isArrayPrototype(value: object | null): boolean {
  if (value === Array.prototype) return true;
  if (!Array.isArray(value)) return false;
  const proto: object | null = Object.getPrototypeOf(value);
  return proto !== null && isObjectPrototype(proto);
}
