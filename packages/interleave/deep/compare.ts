import { type ExploreOptions, explore, type Scenario, scenario, type ThreadContext } from '../src/index.ts';
import { precedence, precedenceOfEnded } from '../test/fixtures/precedence.ts';
import type { Program } from './programs.ts';
import { Diary, Keepsake, Memory, type Own, perform } from './steps.ts';

/** How a comparison ended. */
export type Verdict = 'the same' | 'the same as far as it was looked' | 'too long';

/** Most executions without pruning; when there are more, what these meet is compared. */
const WITHOUT_PRUNING = 4_000;
/** More than the rounds of any loop here: one that others have to get their turn in may come out otherwise. */
const SPIN_LIMIT = 12;
/** For one search, in milliseconds. */
const LONGEST = 4_000;

/**
 * Explores a program with pruning and without, and compares what the two meet: the pruned search has to meet whatever the
 * other one met, and no more if that came to its end.
 *
 * @throws Error when they differ
 */
export function compare(program: Program): Verdict {
  const pruned = search(program, {});
  if (pruned.kind === undefined && !pruned.complete) return 'too long';
  const all = search(program, { prune: false, schedules: WITHOUT_PRUNING });
  if (all.kind !== undefined) {
    if (pruned.kind === all.kind) return 'the same';
    throw new Error(`with pruning: ${pruned.kind ?? 'no failure'}, without: ${all.kind} (${all.schedule})`);
  }
  if (pruned.kind !== undefined) {
    if (!all.complete) return 'the same as far as it was looked';
    throw new Error(`with pruning: ${pruned.kind} (${pruned.schedule}), without: no failure`);
  }
  expectNone('only without pruning', all.seen, pruned.seen);
  if (!all.complete) return 'the same as far as it was looked';
  expectNone('only with pruning', pruned.seen, all.seen);
  return 'the same';
}

function expectNone(where: string, some: ReadonlySet<string>, others: ReadonlySet<string>): void {
  const only = [...some].filter((outcome) => !others.has(outcome));
  if (only.length > 0) throw new Error(`${only.length} outcomes ${where}, such as ${only[0]}`);
}

/** The program as a scenario, whose ends are told to `see`. */
export function scenarioOf(
  { threads, recover, memoryless, options }: Program,
  see: (end: string) => void,
): Scenario<Memory, unknown> {
  // A thread that would die in its wait, woken by nobody, dies before it: its operation may then not have begun.
  const tell = options.kills && options.spuriousWakes ? precedenceOfEnded : precedence;
  return scenario({
    name: 'generated',
    memoryless: memoryless ? [Keepsake] : [],
    setup: () => new Memory(),
    threads: threads.map(({ steps, isQuiet }) => (memory: Memory, thread: ThreadContext) => {
      const own: Own = { thread, diary: new Diary(memory), tells: memoryless };
      const results = steps.map((step) => perform(memory, own, step));
      return isQuiet ? undefined : results;
    }),
    ...(recover && {
      recover: (memory: Memory) => {
        const own: Own = { thread: undefined, diary: new Diary(memory), tells: false };
        for (const step of recover) perform(memory, own, step);
      },
    }),
    check: ({ context: { words, data, area }, results, killed, history }) => {
      see(JSON.stringify([[...words], [...data], area.byteLength, results, killed, tell(history)]));
    },
  });
}

/** How far an execution goes. */
export const BOUNDS = { maxSteps: 150, spinLimit: SPIN_LIMIT } as const;

function search(program: Program, more: ExploreOptions) {
  const seen = new Set<string>();
  const { failure, complete } = explore(
    scenarioOf(program, (end) => seen.add(end)),
    {
      ...BOUNDS,
      milliseconds: LONGEST,
      ...program.options,
      ...more,
      throwOnFailure: false,
      minimise: false,
    },
  );
  return { seen, kind: failure?.kind, schedule: failure?.schedule, complete };
}
