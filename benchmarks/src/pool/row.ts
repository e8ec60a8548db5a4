import { median, type Row } from '../report.ts';
import type { OpenPool } from './open-pools.ts';
import type { Series } from './rounds.ts';

/** A line of the table, before it is formatted. */
export interface RowParts {
  readonly work: string;
  readonly goal: string;
  readonly series: ReadonlyMap<string, Series>;
  /** The entry that is ours, by its name. */
  readonly ours?: string;
  /** The entry that the goal names. */
  readonly reference: string;
  readonly summarise?: (figures: readonly number[]) => number;
  readonly format: (figure: number) => string;
  /** The pools, for their settings and for those that failed before they could be measured. */
  readonly pools?: readonly OpenPool[];
}

/** Formats a line: ours, the reference with the ratio of the two, and the figures of everybody else. */
export function rowOf(parts: RowParts): Row {
  const { work, goal, series, ours = 'ours', reference, summarise = median, format, pools = [] } = parts;
  const figureOf = (name: string): number | undefined => {
    const measured = series.get(name);
    return measured === undefined || measured.failure !== undefined || measured.figures.length === 0
      ? undefined
      : summarise(measured.figures);
  };
  const text = (name: string): string => {
    const pool = pools.find((each) => each.name === name);
    const figure = figureOf(name);
    if (figure === undefined) return series.get(name)?.failure ?? pool?.failure ?? 'not measured';
    const setting =
      pool === undefined || name === ours || pool.setting === 'default' ? '' : ` (${pool.setting})`;
    return format(figure) + setting;
  };
  const names = new Set([...series.keys(), ...pools.map(({ name }) => name)]);
  names.delete(ours);
  names.delete(reference);
  const [a, b] = [figureOf(ours), figureOf(reference)];
  return {
    work,
    ours: text(ours),
    peer: `${reference} ${text(reference)}`,
    ratio: a === undefined || b === undefined ? undefined : a / b,
    goal,
    others: Object.fromEntries([...names].map((name) => [name, text(name)])),
  };
}
