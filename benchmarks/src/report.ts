/** A line of a benchmark's table. */
export interface Row {
  readonly work: string;
  readonly ours: string;
  readonly peer?: string;
  readonly ratio?: number;
  readonly goal: string;
}

/** The middle one of an odd number of figures. */
export function median(figures: readonly number[]): number {
  return [...figures].sort((a, b) => a - b)[figures.length >> 1]!;
}

/** A Markdown table, with the runtime above it. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map(
    (row) =>
      `| ${row.work} | ${row.ours} | ${row.peer ?? ''} | ${row.ratio?.toFixed(2) ?? ''} | ${row.goal} |`,
  );
  return [
    `Node ${process.version}, ${process.platform} ${process.arch}`,
    '',
    '| work | ours | beside it | ratio | goal |',
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}
