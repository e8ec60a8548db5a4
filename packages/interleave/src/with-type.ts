/** A value and its type, for an error message. */
export function withType(value: unknown): string {
  try {
    return Array.isArray(value) ? `[${String(value)}] (array)` : `${String(value)} (${typeof value})`;
  } catch {
    // An object without a prototype, say, cannot become a string.
    return `an ${typeof value} that cannot become a string`;
  }
}
