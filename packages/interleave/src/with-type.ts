/** A value and its type, for an error message. */
export const withType = (value: unknown): string => `${String(value)} (${typeof value})`;
