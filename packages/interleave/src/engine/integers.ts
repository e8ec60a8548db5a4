/** A value as the language's functions take it for a whole number: fractions cut off, what is no number 0. */
export const toInteger = (value: unknown): number => Math.trunc(+(value as number)) || 0;

/** A relative index such as `slice` takes, brought into the range 0 to `length`. */
export function clamp(value: unknown, length: number, absent: number): number {
  if (value === undefined) return absent;
  const index = toInteger(value);
  return index < 0 ? Math.max(0, length + index) : Math.min(index, length);
}
