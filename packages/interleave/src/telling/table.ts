import { formatEvent, type TraceEvent } from './trace.ts';

/** Rows that are shown of a long execution: the first and the last. */
const head = 20;
const tail = 100;

/** Whether the event at `index` out of `count` gets a row. */
export const isShown = (index: number, count: number): boolean =>
  count <= head + tail || index < head || index >= count - tail;

/** Draws an execution as a table: a row for each event, a column for each thread, the source line at the end. */
export function drawTable(events: readonly TraceEvent[], scenarioThreads: number): string {
  const columns = Math.max(scenarioThreads, ...events.map(({ thread }) => thread + 1));
  const title = (thread: number) => (thread < scenarioThreads ? `thread ${thread}` : `recovery ${thread}`);
  const rows: string[][] = [['', ...Array.from({ length: columns }, (_, thread) => title(thread)), 'at']];
  for (const [index, event] of events.entries()) {
    if (!isShown(index, events.length)) {
      if (index === head) rows.push(['…', ...Array.from({ length: columns }, () => ''), '']);
      continue;
    }
    const row = [String(index + 1), ...Array.from({ length: columns }, () => ''), event.site];
    row[event.thread + 1] = formatEvent(event);
    rows.push(row);
  }
  const widths = (rows[0] as string[]).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] as string).length)),
  );
  const lines = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padStart(widths[0] as number) : cell.padEnd(widths[column] as number),
      )
      .join(' │ ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '─'.repeat(width)).join('─┼─'));
  return lines.join('\n');
}
