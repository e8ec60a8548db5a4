import type { ExploreOptions } from '@pkg/interleave';
import { KINDS, type KindName } from '../src/queue-kinds.fixture.ts';
import {
  BATCH_VERBS,
  END_VERBS,
  mayRightlyHang,
  nameOf,
  type Program,
  SINGLE_VERBS,
  TASK_VERBS,
  twoThreadPrograms,
} from '../src/queue-programs.fixture.ts';
import type { QueueScenarioOptions } from '../src/queue-scenarios.fixture.ts';
import { randomPrograms, randomSource } from './random-programs.ts';
import { BATCH_TRIOS, SIMPLE_TRIOS, TRIOS, WAITING } from './trios.ts';

/** The parts of the run. */
export const PARTS = ['random', 'pairs', 'deaths', 'trios', 'unbounded'] as const;
type Part = (typeof PARTS)[number];

/** One exploration. */
export interface Job {
  readonly part: Part;
  readonly kind: KindName;
  readonly name: string;
  readonly program: Program;
  readonly queue: QueueScenarioOptions;
  readonly options: ExploreOptions;
  /** Jobs of a lower rank run first: they show more in the same time. */
  readonly rank: number;
}

/** The ranks, those first that show most in the least time. */
const RANK = {
  random: 0,
  pairsOfOneSort: 1,
  deathsWithOnePreemption: 2,
  trios: 3,
  mixedOrRedelivered: 4,
  deathsWithTwoPreemptions: 5,
  unboundedOfOneSort: 6,
  unboundedMixed: 7,
} as const;

const KIND_NAMES: readonly KindName[] = ['Queue', 'LifoQueue', 'PriorityQueue', 'SimpleQueue'];
const RANDOM_PROGRAMS = 12;
const RANDOM_SCHEDULES = 5_000;

/** All jobs, those that show most first, the kinds taking turns. */
export function jobsOf(seed: number): Job[] {
  const jobs: Job[] = [];
  for (const queue of queues()) {
    jobs.push(...trios(queue), ...deaths(queue), ...pairs(queue), ...random(queue, seed));
  }
  const names = new Set<string>();
  const places = new Map<string, number>();
  return jobs
    .filter(({ name }) => !names.has(name) && names.add(name))
    .map((job) => {
      const group = `${job.rank} ${job.kind}`;
      const place = places.get(group) ?? 0;
      places.set(group, place + 1);
      return { job, place };
    })
    .sort((a, b) => a.job.rank - b.job.rank || a.place - b.place)
    .map(({ job }) => job);
}

/** Every queue that the bounds ask for. */
function queues(): QueueScenarioOptions[] {
  const bounds = [1, 2].flatMap((maxsize) => [false, true].map((redeliver) => ({ maxsize, redeliver })));
  return KIND_NAMES.flatMap((kind): QueueScenarioOptions[] =>
    kind === 'SimpleQueue' ? [{ kind }] : bounds.map((bound) => ({ kind, ...bound })),
  );
}

function job(
  part: Part,
  rank: (typeof RANK)[keyof typeof RANK],
  program: Program,
  queue: QueueScenarioOptions,
  options: ExploreOptions,
): Job {
  const bound = options.preemptions === undefined ? '' : `, ${options.preemptions} preemptions`;
  const { victims, killsDuring, kills } = options;
  const victim = victims === undefined ? '' : ` of thread ${victims}`;
  const call = killsDuring === undefined ? '' : ` in call ${killsDuring.join(' or ')}`;
  const nobody = part === 'deaths' && kills === undefined ? ' of nobody' : '';
  const name = `${part}${victim}${call}${nobody}${bound}: ${nameOf(program, queue)}`;
  return { part, kind: queue.kind ?? 'Queue', name, program, queue, options, rank };
}

const trioPrograms = (queue: QueueScenarioOptions, kills: number): Program[] =>
  (queue.kind === 'SimpleQueue' ? SIMPLE_TRIOS : [...TRIOS, ...BATCH_TRIOS]).filter(
    (program) => !mayRightlyHang(program, queue, kills),
  );

/** Three threads of three calls, up to three preemptions. */
function trios(queue: QueueScenarioOptions): Job[] {
  return trioPrograms(queue, 0).map((program) =>
    job('trios', queue.redeliver === true ? RANK.mixedOrRedelivered : RANK.trios, program, queue, {
      preemptions: 3,
    }),
  );
}

/**
 * Up to two preemptions, a kill at every step and a spurious wake-up, of three threads (first with one) and of two. Three
 * threads of three calls, some of which wait, take hours with two preemptions: the deaths of each in each call are a job of
 * their own, and so is what happens when nobody dies.
 */
function deaths(queue: QueueScenarioOptions): Job[] {
  const fault = { kills: 1, spuriousWakes: 1 };
  const isSimple = queue.kind === 'SimpleQueue';
  const waiting = isSimple
    ? []
    : WAITING.filter((program) => reaches(program, queue) && !mayRightlyHang(program, queue, 1));
  const verbs = isSimple ? SINGLE_VERBS : [...SINGLE_VERBS, ...TASK_VERBS];
  const two = [verbs, BATCH_VERBS].flatMap((each) => twoThreadPrograms(each, queue, 1));
  const ofThreeCalls = trioPrograms(queue, 1);
  const three = [...waiting, ...ofThreeCalls];
  const one = { ...fault, preemptions: 1 };
  const deep = { ...fault, preemptions: 2 };
  const isLong = (program: Program) => ofThreeCalls.includes(program) && program.some(mayWait);
  return [
    ...three.map((program) => job('deaths', RANK.deathsWithOnePreemption, program, queue, one)),
    ...[...three.filter((program) => !isLong(program)), ...two].map((program) =>
      job('deaths', RANK.deathsWithTwoPreemptions, program, queue, deep),
    ),
    ...three.filter(isLong).flatMap((program) => [
      job('deaths', RANK.deathsWithTwoPreemptions, program, queue, { preemptions: 2, spuriousWakes: 1 }),
      ...program.flatMap((calls, thread) =>
        inParts(calls).map((killsDuring) =>
          job('deaths', RANK.deathsWithTwoPreemptions, program, queue, {
            ...deep,
            victims: [thread],
            killsDuring,
          }),
        ),
      ),
    ]),
  ];
}

/** The numbers of a thread's calls, the last together with what comes after it. */
const inParts = (calls: Program[number]): number[][] =>
  calls.map((_, call) => (call === calls.length - 1 ? [call, call + 1] : [call]));

const mayWait = (calls: Program[number]): boolean => calls.some(([verb]) => WAITS.has(verb));
const WAITS: ReadonlySet<string> = new Set(['put', 'get', 'putMany', 'getMany', 'join']);

/** Whether a bound of this size makes a difference: what puts one item does the same at 2 as at 1. */
const reaches = (program: Program, { maxsize = 0 }: QueueScenarioOptions): boolean =>
  program.flat().filter(([verb]) => verb.startsWith('put')).length >= maxsize;

/**
 * All programs of two threads with up to two calls: the single verbs and the batch verbs by themselves and, without
 * redelivery, the single verbs with the batch verbs, and with those that wait for tasks and end everything. Without a
 * bound; where both ends of a queue share a lock, which makes for more interleavings by orders of magnitude, up to three
 * preemptions first.
 */
function pairs(queue: QueueScenarioOptions): Job[] {
  const redeliver = queue.redeliver === true;
  const hasOneLock = queue.kind === 'LifoQueue' || queue.kind === 'PriorityQueue';
  const alone = [SINGLE_VERBS, BATCH_VERBS].flatMap((verbs) => twoThreadPrograms(verbs, queue));
  const others = queue.kind === 'SimpleQueue' ? [] : [...TASK_VERBS, ...END_VERBS];
  const mixed = redeliver
    ? []
    : [BATCH_VERBS, others].flatMap((each) => twoThreadPrograms([...SINGLE_VERBS, ...each], queue));
  const first = hasOneLock ? { preemptions: 3 } : {};
  return [
    ...alone.map((program) =>
      job('pairs', redeliver ? RANK.mixedOrRedelivered : RANK.pairsOfOneSort, program, queue, first),
    ),
    ...mixed.map((program) => job('pairs', RANK.mixedOrRedelivered, program, queue, first)),
    ...(hasOneLock
      ? alone.map((program) => job('unbounded', RANK.unboundedOfOneSort, program, queue, {}))
      : []),
    ...(hasOneLock ? mixed.map((program) => job('unbounded', RANK.unboundedMixed, program, queue, {})) : []),
  ];
}

/**
 * Programs drawn at random, in executions drawn at random (PCT), half of them with a death. Queues without a bound, as a
 * change of the bound may make them, hold more items than the memory of the other parts.
 */
function random(bounded: QueueScenarioOptions, seed: number): Job[] {
  const { kind = 'Queue' } = bounded;
  const queue = { ...bounded, geometry: { ...KINDS[kind].geometry, maxPages: 40 } };
  const source = randomSource(seed);
  const options = { strategy: 'pct', depth: 4, seed, schedules: RANDOM_SCHEDULES } as const;
  return [0, 1].flatMap((kills) =>
    randomPrograms(source, RANDOM_PROGRAMS, queue, kills).map((program) =>
      job('random', RANK.random, program, queue, { ...options, kills }),
    ),
  );
}
