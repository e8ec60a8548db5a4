/** Whether an object is the `Object.prototype` of this or another realm (an iframe, a `vm` context). */
export function isObjectPrototype(value: object): boolean {
  if (value === Object.prototype) return true;
  return Object.getPrototypeOf(value) === null && Object.hasOwn(value, 'hasOwnProperty');
}
