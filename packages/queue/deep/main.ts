// npm run test:deep -- [--seed N] [--minutes M] [--only NAME] [--restart]
// The long run: more schedules than the suite has time for. Interrupted, it goes on where it was.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type ExploreOptions, type ExploreReport, explore } from '@pkg/interleave';
import { type Call, nameOf, queueScenario, twoThreadPrograms } from '../src/queue-scenarios.fixture.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '60' },
    only: { type: 'string', default: '' },
    restart: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const end = performance.now() + Number(values.minutes) * 60_000;

interface Job {
  readonly part: string;
  readonly threads: Call[][];
  readonly maxsize: number;
  readonly redeliver: boolean;
  readonly options: ExploreOptions;
}

/** Three threads of three calls each that wait for places, for items and for each other. */
const TRIOS: Call[][][] = [
  [
    [
      ['put', 1],
      ['put', 2],
      ['put', 3],
    ],
    [['get'], ['taskDone'], ['get']],
    [['get'], ['taskDone'], ['getNowait']],
  ],
  [
    [['put', 1], ['put', 2], ['join']],
    [['get'], ['taskDone'], ['getNowait']],
    [['get'], ['taskDone'], ['getNowait']],
  ],
  [
    [['put', 1], ['get'], ['put', 2]],
    [['put', 11], ['get'], ['taskDone']],
    [['putNowait', 21], ['getNowait'], ['getNowait']],
  ],
  [
    [['put', 1], ['put', 2], ['shutdown']],
    [['get'], ['taskDone'], ['get']],
    [['getNowait'], ['get'], ['get']],
  ],
];

const jobs: Job[] = [];
for (const maxsize of [1, 2]) {
  for (const threads of twoThreadPrograms(maxsize)) {
    jobs.push({ part: 'pairs', threads, maxsize, redeliver: false, options: {} });
  }
}
for (const maxsize of [1, 2]) {
  for (const threads of TRIOS) {
    jobs.push({ part: 'trios', threads, maxsize, redeliver: false, options: { preemptions: 3 } });
    for (const redeliver of [false, true]) {
      const options = { preemptions: 2, kills: 1, spuriousWakes: 1 };
      // Whoever waits for a thread that may die is to be released by another: only programs that end.
      if (threads.flat().some(([verb]) => verb === 'shutdown')) {
        jobs.push({ part: 'deaths', threads, maxsize, redeliver, options });
      }
    }
    jobs.push({
      part: 'random',
      threads,
      maxsize,
      redeliver: false,
      options: { strategy: 'pct', depth: 4, seed, schedules: 200_000 },
    });
  }
}

const file = `.deep/queue-${seed}.json`;
mkdirSync('.deep', { recursive: true });
const done: Record<
  string,
  Pick<ExploreReport, 'schedules' | 'pruned' | 'states' | 'milliseconds'>
> = values.restart ? {} : read(file);

function read(path: string): typeof done {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

let unfinished = 0;
for (const job of jobs) {
  if (!job.part.startsWith(values.only)) continue;
  const name = `${job.part}: ${nameOf(job.threads, job.maxsize)}${job.redeliver ? ', redeliver' : ''}`;
  if (done[name]) continue;
  const left = end - performance.now();
  if (left <= 0) {
    unfinished++;
    continue;
  }
  const subject = queueScenario(name, job.threads, { maxsize: job.maxsize, redeliver: job.redeliver });
  const { schedules, pruned, states, milliseconds, complete } = explore(subject, {
    ...job.options,
    milliseconds: left,
  });
  if (job.options.strategy === undefined && !complete) {
    unfinished++;
    console.log(`${name}: out of time after ${schedules} schedules`);
    continue;
  }
  done[name] = { schedules, pruned, states, milliseconds };
  writeFileSync(file, JSON.stringify(done));
  console.log(
    `${name}: ${schedules} schedules, ${pruned} pruned, ${states} states, ${(milliseconds / 1000).toFixed(1)} s`,
  );
}

for (const part of ['pairs', 'trios', 'deaths', 'random']) {
  const entries = Object.entries(done).filter(([name]) => name.startsWith(part));
  const sum = (key: 'schedules' | 'pruned' | 'milliseconds') =>
    entries.reduce((total, [, report]) => total + report[key], 0);
  const all = jobs.filter((job) => job.part === part).length;
  console.log(
    `${part}: ${entries.length} of ${all} programs, ${sum('schedules')} schedules, ${sum('pruned')} pruned, ${(sum('milliseconds') / 1000).toFixed(0)} s`,
  );
}
console.log(unfinished === 0 ? 'complete, no failure' : `${unfinished} programs are left for the next run`);
