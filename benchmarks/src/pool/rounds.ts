/** After this many milliseconds without an end, a contender counts as hanging. */
const LONGEST = 60_000;

/** Something that is measured again and again. */
export interface Entry {
  readonly name: string;
  /** Measures once, and says how much it was. */
  measure(): Promise<number>;
}

/** All that was measured of an entry; or how it failed. */
export interface Series {
  readonly figures: number[];
  failure?: string;
}

/** What the promise resolves to, or an error that says how it failed. */
export async function withinLimit<T>(work: PromiseLike<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`hangs (> ${LONGEST / 1000} s)`)), LONGEST);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** The first line of what was thrown, short enough for a cell of a table. */
export function failureOf(error: unknown): string {
  return `failed: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 80)}`;
}

/**
 * Measures each entry in turn, round by round, so that a slow minute of the machine hits all of them. One that fails
 * takes no further part.
 */
export async function inTurn(entries: readonly Entry[], rounds: number): Promise<Map<string, Series>> {
  const all = new Map(entries.map(({ name }) => [name, { figures: [] } as Series]));
  for (let round = 0; round < rounds; round++) {
    for (const entry of entries) {
      const series = all.get(entry.name)!;
      if (series.failure !== undefined) continue;
      try {
        series.figures.push(await withinLimit(entry.measure()));
      } catch (error) {
        series.failure = failureOf(error);
      }
    }
  }
  return all;
}
