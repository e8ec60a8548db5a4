import { type Row, table } from '../report.ts';
import { benchHashing } from './hashing.ts';
import { benchIdle } from './idle.ts';
import { benchIdleSubmission, benchRoundTrip } from './latency.ts';
import { benchStart } from './start.ts';
import { benchBurst } from './throughput.ts';

const full = { rounds: 5, burst: 50_000, roundTrips: 5000, samples: 200, passes: 64, idle: 10_000 };
const quick = { rounds: 1, burst: 2500, roundTrips: 200, samples: 10, passes: 1, idle: 1000 };

/** The rows by name, for `--only`. */
const benches: Record<string, (counts: typeof full) => Promise<Row | Row[]>> = {
  int: ({ rounds, burst }) => benchBurst('int', rounds, burst),
  tuple: ({ rounds, burst }) => benchBurst('tuple', rounds, burst),
  'round-trip': ({ rounds, roundTrips }) => benchRoundTrip(rounds, roundTrips),
  'idle-submission': ({ rounds, samples }) => benchIdleSubmission(rounds, samples),
  start: ({ rounds }) => benchStart(rounds),
  hashing: ({ rounds, passes }) => benchHashing(rounds, passes),
  idle: ({ rounds, idle }) => benchIdle(rounds, idle),
};

/**
 * Runs the rows of the pools' table and prints it.
 *
 * @param only the name of one row, to run that alone
 * @param isQuick a run with small counts, to see that it works; its figures mean nothing
 */
export async function benchPool(only: string | undefined, isQuick: boolean): Promise<void> {
  if (only !== undefined && !Object.hasOwn(benches, only)) {
    console.error(`--only ${Object.keys(benches).join('|')}, not '${only}'`);
    process.exit(2);
  }
  // What a peer throws outside of its promises must not end the run of the others.
  process.on('uncaughtException', (error) => console.error('uncaught:', error));
  const rows: Row[] = [];
  for (const [name, bench] of Object.entries(benches)) {
    if (only !== undefined && only !== name) continue;
    for (const row of [await bench(isQuick ? quick : full)].flat()) {
      rows.push(row);
      console.error(`${row.work}: ${row.ours}, ${row.peer} (${row.ratio?.toFixed(2) ?? ''})`);
    }
  }
  console.log(table(rows));
}
