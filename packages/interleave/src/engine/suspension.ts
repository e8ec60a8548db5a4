/** Thrown through a body to suspend it. No `Error`, so that making it costs nothing. */
export const suspension = Object.freeze({ suspended: 'by @pkg/interleave' });

/** An error in one line. */
export function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
