import assert from 'node:assert/strict';
import { type ExploreOptions, explore, type Scenario, scenario } from '@pkg/interleave';
import { Queue, QueueEmpty } from '@pkg/queue';
import { median, type Row, table } from '../report.ts';

const ROUNDS = 5;
const SCHEDULES = 100_000;
const GOAL = 'at least 1 M';

type Body = (queue: Queue<number>) => unknown;

/** Threads with one queue, as a user of the two packages writes them. What is put must be what is got or still there. */
function queueScenario(bodies: readonly Body[], maxsize: number): Scenario<Queue<number>, unknown> {
  return scenario({
    name: 'a queue',
    setup: () => new Queue<number>(maxsize, { codec: 'int32' }),
    threads: bodies.map(
      (body) =>
        ({ handle }: Queue<number>) =>
          body(Queue.from<number>(handle)),
    ),
    check: ({ context, results }) => {
      const left = Array.from({ length: context.qsize() }, () => context.getNowait());
      const taken = results.filter((result) => result !== undefined);
      assert.deepEqual([...left, ...taken].sort(), [1, 2]);
    },
  });
}

/** An item, if there is one. */
function poll(queue: Queue<number>): number | undefined {
  try {
    return queue.getNowait();
  } catch (error) {
    if (error instanceof QueueEmpty) return undefined;
    throw error;
  }
}

/** One call each. */
const SINGLE_CALLS: readonly Body[] = [(queue) => queue.put(1), (queue) => queue.put(2), poll];

/** Three calls each, which wait for places and for items. */
const THREE_CALLS: readonly Body[] = [
  (queue) => {
    queue.put(1);
    queue.put(2);
    queue.recover();
  },
  (queue) => {
    const item = queue.get();
    queue.taskDone();
    queue.join();
    return item;
  },
  (queue) => {
    const item = queue.get();
    queue.taskDone();
    return item;
  },
];

interface Speed {
  /** Executions a minute, of the processor time that they take. */
  readonly schedules: number;
  /** Those that ended early, as all that could follow was known. */
  readonly pruned: number;
}

function measure(bodies: readonly Body[], maxsize: number, options: ExploreOptions): Speed {
  const before = process.cpuUsage();
  const { schedules, pruned } = explore(queueScenario(bodies, maxsize), { schedules: SCHEDULES, ...options });
  const { user, system } = process.cpuUsage(before);
  const minutes = (user + system) / 60e6;
  return { schedules: schedules / minutes, pruned: pruned / minutes };
}

const million = (figure: number): string => `${(figure / 1e6).toFixed(2)} M`;

/** Runs the rows of the explorer's table, and prints it. */
export function benchInterleave(): void {
  const row = (work: string, bodies: readonly Body[], maxsize: number, options: ExploreOptions): Row => {
    const rounds = Array.from({ length: ROUNDS }, () => measure(bodies, maxsize, options));
    const pruned = median(rounds.map((round) => round.pruned));
    return {
      work,
      ours:
        `${million(median(rounds.map(({ schedules }) => schedules)))} schedules a minute` +
        (pruned === 0 ? '' : `, and ${million(pruned)} that ended early`),
      goal: GOAL,
    };
  };
  console.log(
    table([
      row('put, put and getNowait: every execution', SINGLE_CALLS, 2, { prune: false }),
      row('the same at random (PCT)', SINGLE_CALLS, 2, { strategy: 'pct', depth: 3 }),
      row('three calls each, two preemptions', THREE_CALLS, 1, { preemptions: 2 }),
      row('the same, every execution', THREE_CALLS, 1, { preemptions: 2, prune: false }),
    ]),
  );
}
