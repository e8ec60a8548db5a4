// node --conditions=@pkg/source --import tsx packages/queue/deep/main.ts [--seed N] [--minutes M] [--only PART]
//   [--kind CLASS] [--match TEXT] [--each M] [--restart]
//
// The long run: more schedules than the suite has time for. Interrupted or out of time, it goes on where it was, in
// `.deep/`, a file for each seed and class: so runs for different classes can go on side by side. After a change of
// the kernel, pass --restart.
//
//   --seed     of what is drawn at random; default 1
//   --minutes  for the whole run; default 60
//   --only     a part: random, pairs, deaths, trios, unbounded; see jobs.ts
//   --kind     a class: Queue, LifoQueue, PriorityQueue, SimpleQueue
//   --match    programs whose name has this text, as the run prints it: ', 2 preemptions:'
//   --each     most minutes for one program, which another run then begins anew; default 20
//
// What shows most in the least time comes first. For a `Queue`, with two searches at a time on two cores and Node 24
// (`engines/node_modules/node24/bin/node`; Node 20 takes a third more): `random` (3 s a program: 5 minutes), `pairs` of
// verbs of one sort (281 programs: a minute), `deaths` of three threads with one preemption (some minutes each), `trios` (10
// to 70 seconds each, 15 programs: 7 minutes), both with redelivery (10 minutes), and `pairs` of mixed verbs (7,114
// programs: 23 minutes). Then what takes hours: `deaths` with two preemptions (half a minute for two threads, half an hour
// for three; for three that wait, a search of 2 to 60 minutes for the deaths of each thread in each of its calls).
// LIFO and priority have `pairs` with three preemptions (7 minutes a class); `unbounded`, which comes last, takes days.
import { parseArgs } from 'node:util';
import { explore, InterleavingFailure } from '@pkg/interleave';
import { KINDS, type KindName } from '../src/queue-kinds.fixture.ts';
import { queueScenario } from '../src/queue-scenarios.fixture.ts';
import { type Job, jobsOf, PARTS } from './jobs.ts';
import { Results, sumOf, tell } from './results.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '60' },
    only: { type: 'string', default: '' },
    kind: { type: 'string', default: '' },
    match: { type: 'string', default: '' },
    each: { type: 'string', default: '20' },
    restart: { type: 'boolean', default: false },
  },
});

const seed = numberOf('seed', values.seed);
const end = performance.now() + numberOf('minutes', values.minutes) * 60_000;
const each = numberOf('each', values.each) * 60_000;
oneOf('only', values.only, PARTS);
const kinds = Object.keys(KINDS) as KindName[];
oneOf('kind', values.kind, kinds);

const jobs = jobsOf(seed).filter(
  ({ part, kind, name }) =>
    (values.only === '' || part === values.only) &&
    (values.kind === '' || kind === values.kind) &&
    name.includes(values.match),
);
const results = new Map<KindName, Results>();
for (const kind of kinds.filter((name) => values.kind === '' || values.kind === name)) {
  results.set(kind, new Results(`.deep/queue-${seed}-${kind}.json`, values.restart));
}
const resultOf = ({ kind, name }: Job) => results.get(kind)!.get(name);
const failed = new Set<string>();

for (const job of jobs) {
  const left = end - performance.now();
  if (left <= 0) break;
  if (resultOf(job) === undefined) run(job, Math.min(left, each));
}
summarise();
process.exitCode = failed.size === 0 ? 0 : 1;

function run({ kind, name, program, queue, options }: Job, milliseconds: number): void {
  try {
    const report = explore(queueScenario(name, program, queue), { ...options, milliseconds });
    const isDone =
      report.complete || (options.strategy !== undefined && report.schedules >= options.schedules!);
    if (isDone) results.get(kind)!.add(name, report);
    console.log(`${name}: ${tell(report)}${isDone ? '' : ', out of time'}`);
  } catch (error) {
    // The table and the line that replays it are in the message. Other programs still count.
    if (!(error instanceof InterleavingFailure)) throw error;
    failed.add(name);
    console.log(`FAILED ${error.message}`);
  }
}

function summarise(): void {
  console.log();
  for (const kind of kinds) {
    for (const part of PARTS) {
      const all = jobs.filter((job) => job.kind === kind && job.part === part);
      if (all.length === 0) continue;
      const done = all.map(resultOf).filter((result) => result !== undefined);
      console.log(`${kind}, ${part}: ${done.length} of ${all.length} programs, ${tell(sumOf(done))}`);
    }
  }
  const open = jobs.filter((job) => resultOf(job) === undefined && !failed.has(job.name)).length;
  console.log(
    open === 0
      ? 'every program was explored'
      : `${open} programs are left for further runs; those that show most come first`,
  );
  console.log(failed.size === 0 ? 'no failure' : `${failed.size} FAILED:\n${[...failed].join('\n')}`);
}

function numberOf(option: string, value: string): number {
  const number = Number(value);
  if (value === '' || !Number.isFinite(number))
    throw new TypeError(`--${option} takes a number, not '${value}'`);
  return number;
}

function oneOf(option: string, value: string, allowed: readonly string[]): void {
  if (value !== '' && !allowed.includes(value)) {
    throw new RangeError(`--${option} takes one of ${allowed.join(', ')}, not '${value}'`);
  }
}
