import { natives } from './engine/natives.ts';
import { type Execution, withExecutions } from './execute.ts';
import { MOST_PREEMPTIONS, type ResolvedOptions } from './options.ts';
import type { Scenario } from './scenario.ts';
import {
  kill,
  kindOf,
  normaliseSegments,
  run,
  type Segment,
  segmentsOf,
  threadOf,
  timeout,
  wake,
} from './schedule.ts';
import { search } from './search.ts';

/** What the shrinker tries to make small, most important first. */
type Cost = readonly [faults: number, switches: number, steps: number];

/** Faults, switches and steps of a schedule: the measure by which one is smaller than another. */
function costOf(segments: readonly Segment[]): Cost {
  let faults = 0;
  let switches = 0;
  let steps = 0;
  let last = -1;
  for (const { action, count } of segments) {
    if (kindOf(action) !== run) {
      faults += count;
      continue;
    }
    steps += count;
    if (last >= 0 && last !== threadOf(action)) switches++;
    last = threadOf(action);
  }
  return [faults, switches, steps];
}

function smaller(left: Cost, right: Cost): boolean {
  for (let part = 0; part < left.length; part++) {
    if (left[part] !== right[part]) return (left[part] as number) < (right[part] as number);
  }
  return false;
}

/** Milliseconds that each of the two ways to a smaller schedule may take. */
const patience = 2_000;

/**
 * Looks for a smaller schedule that fails in the same way. First by searching again with fewer preemptions,
 * which finds the least number of them in a small scenario; then by leaving out, joining and moving segments of
 * the schedule for as long as that helps.
 */
export function minimise(
  scenario: Scenario,
  path: readonly number[],
  options: ResolvedOptions,
): readonly Segment[] {
  return shrink(scenario, fewestPreemptions(scenario, segmentsOf(path), options), options);
}

/** Searches with 0, 1, 2, … preemptions and as few faults as the budget says, within the time allowed. */
function fewestPreemptions(
  scenario: Scenario,
  found: readonly Segment[],
  options: ResolvedOptions,
): readonly Segment[] {
  const deadline = natives.now() + patience;
  const count = (kind: number) =>
    found.reduce((sum, segment) => sum + (kindOf(segment.action) === kind ? segment.count : 0), 0);
  const most = Math.min(costOf(found)[1], MOST_PREEMPTIONS);
  for (let preemptions = 0; preemptions < most; preemptions++) {
    const left = deadline - natives.now();
    if (left <= 0) break;
    const { failure } = search(scenario, {
      ...options,
      strategy: 'exhaustive',
      prune: true,
      preemptions,
      kills: count(kill),
      spuriousWakes: count(wake),
      timeouts: Math.min(options.timeouts, count(timeout)),
      schedules: Number.POSITIVE_INFINITY,
      milliseconds: left,
      onProgress: undefined,
    });
    if (failure !== undefined) return segmentsOf(failure.path);
  }
  return found;
}

function shrink(scenario: Scenario, start: readonly Segment[], options: ResolvedOptions): readonly Segment[] {
  return withExecutions(scenario, start, options, (execute) => {
    const deadline = natives.now() + patience;
    const original = execute(start);
    const kind = original.failure?.kind;
    if (kind === undefined) return start;
    let best = original.segments;
    let cost = costOf(best);
    const accept = ({ failure, segments }: Execution): boolean => {
      if (failure?.kind !== kind || !smaller(costOf(segments), cost)) return false;
      best = segments;
      cost = costOf(segments);
      return true;
    };
    for (let improved = true; improved && natives.now() < deadline; ) {
      improved = false;
      for (const candidate of candidatesOf(best)) {
        if (natives.now() >= deadline) break;
        if (accept(execute(candidate))) {
          improved = true;
          break;
        }
      }
    }
    return best;
  });
}

/** Schedules near the given one, those that save most first. */
function* candidatesOf(segments: readonly Segment[]): Generator<readonly Segment[]> {
  // Halves, quarters, … down to single segments left out.
  for (let size = segments.length >> 1; size >= 1; size >>= 1) {
    for (let from = 0; from + size <= segments.length; from += size) {
      yield normaliseSegments([...segments.slice(0, from), ...segments.slice(from + size)]);
    }
  }
  // A stretch moved to the next stretch of the same thread, forwards or back: one switch or two fewer.
  for (let from = 0; from < segments.length; from++) {
    const moved = segments[from] as Segment;
    for (let to = from + 2; to < segments.length; to++) {
      if ((segments[to] as Segment).action !== moved.action) continue;
      const without = [...segments.slice(0, from), ...segments.slice(from + 1)];
      yield normaliseSegments([...without.slice(0, to - 1), moved, ...without.slice(to - 1)]);
      const later = segments[to] as Segment;
      const rest = [...segments.slice(0, to), ...segments.slice(to + 1)];
      yield normaliseSegments([...rest.slice(0, from + 1), later, ...rest.slice(from + 1)]);
      break;
    }
  }
  for (let at = 0; at < segments.length; at++) {
    const { action, count } = segments[at] as Segment;
    for (const fewer of [1, count >> 1, count - 1]) {
      if (fewer >= 1 && fewer < count)
        yield segments.map((s, i) => (i === at ? { action, count: fewer } : s));
    }
  }
}
