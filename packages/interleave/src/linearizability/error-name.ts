/** The name by which an outcome that was thrown is known; undefined for a value that has none, as `null` may be thrown too. */
export function errorNameOf(error: unknown): string | undefined {
  return (error as { name?: string } | null | undefined)?.name;
}
