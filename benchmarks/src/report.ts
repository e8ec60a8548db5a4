import { markdownTable } from './markdown-table.ts';

/** A line of a benchmark's table. */
export interface Row {
  readonly work: string;
  readonly ours: string;
  readonly peer?: string;
  readonly ratio?: number | undefined;
  readonly goal: string;
  /** Figures of further peers, each in a column of its own. */
  readonly others?: Readonly<Record<string, string>>;
}

/** The middle one of an odd number of figures. */
export function median(figures: readonly number[]): number {
  return percentile(figures, 0.5);
}

/** The figure below which a part of all lies: 0.99 for all but one in a hundred. */
export function percentile(figures: readonly number[], part: number): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!;
}

/** A Markdown table, with the runtime above it. */
export function table(rows: readonly Row[]): string {
  const others = [...new Set(rows.flatMap((row) => Object.keys(row.others ?? {})))];
  const head = ['work', 'ours', 'beside it', 'ratio', 'goal', ...others];
  const cells = rows.map((row) => [
    row.work,
    row.ours,
    row.peer ?? '',
    row.ratio?.toFixed(2) ?? '',
    row.goal,
    ...others.map((name) => row.others?.[name] ?? ''),
  ]);
  return `Node ${process.version}, ${process.platform} ${process.arch}\n\n${markdownTable(head, cells)}`;
}
