import { historyOf } from './engine/history.ts';
import { anybody, anytime, type BareFailure, type Limits } from './engine/limits.ts';
import { done } from './engine/model-thread.ts';
import type { ResolvedOptions } from './options.ts';
import type { Operation, Scenario } from './scenario.ts';
import { formatSchedule, kill, kindOf, type Segment, segmentsOf, timeout, wake } from './schedule.ts';
import { Session } from './session.ts';
import { Follow } from './strategy/follow.ts';
import { Names } from './telling/names.ts';
import { drawTable, isShown } from './telling/table.ts';
import { Trace, type TraceEvent } from './telling/trace.ts';

/** What came out of one execution along a given schedule. */
export interface Execution {
  /** The schedule as it was in fact executed; of an endless execution without the steps that follow by themselves. */
  readonly segments: readonly Segment[];
  readonly failure: BareFailure | undefined;
  readonly results: readonly unknown[];
  readonly history: readonly Operation[];
  /** Empty unless a trace was asked for. */
  readonly events: readonly TraceEvent[];
  readonly trace: Trace | undefined;
  /** Where the threads that wait at the end do so. */
  readonly waiting: readonly string[];
  /** What the scenario's setup returned. */
  readonly context: unknown;
}

/** The part of the options that an execution along a schedule goes by. */
export type ExecutionOptions = Pick<ResolvedOptions, 'races' | 'maxSteps' | 'spinLimit'>;

/** Runs executions along schedules, one after the other, over one setup of the scenario. */
export function withExecutions<T>(
  scenario: Scenario,
  segments: readonly Segment[],
  options: ExecutionOptions,
  body: (execute: (segments: readonly Segment[], traced?: boolean) => Execution) => T,
): T {
  const count = (kind: number) =>
    segments.reduce((sum, segment) => sum + (kindOf(segment.action) === kind ? segment.count : 0), 0);
  const limits: Limits = {
    preemptions: Number.POSITIVE_INFINITY,
    kills: count(kill),
    victims: anybody,
    killsDuring: anytime,
    deathsOnly: false,
    spuriousWakes: count(wake),
    timeouts: count(timeout),
    maxSteps: options.maxSteps,
    spinLimit: options.spinLimit,
    lateWakes: false,
    localStates: 0,
  };
  const kept = { races: options.races, hashing: false };
  return Session.run(scenario, limits, new Follow(segments), kept, (session) =>
    body((given, traced = false) => {
      const { machine } = session;
      let strategy = new Follow(given);
      const go = (trace: Trace | undefined): Trace | undefined => {
        strategy = new Follow(given);
        machine.strategy = strategy;
        machine.reset();
        machine.tracer = trace ?? null;
        session.finish();
        machine.tracer = null;
        return trace;
      };
      const traceOf = (wantsSite: (index: number) => boolean) => {
        const own = scenario.names?.(machine.context) ?? {};
        return new Trace(new Names(machine.memory, session.views, machine.context, own), wantsSite);
      };
      do go(undefined);
      while (session.mustRestart && machine.failure === null);
      // Source lines are dear: a first trace tells which events will be shown, a second looks up theirs.
      const draft = traced ? go(traceOf(() => false)) : undefined;
      const count = draft?.events.length ?? 0;
      const earlier = draft?.racing?.[0];
      const wanted = (index: number) => isShown(index, count) || (draft?.events[index] ?? null) === earlier;
      const trace = traced ? go(traceOf(wanted)) : undefined;
      const isEndless = machine.failure?.kind === 'livelock';
      return {
        segments: segmentsOf(machine.path.subarray(0, isEndless ? strategy.decided : machine.steps)),
        failure: machine.failure ?? undefined,
        results: scenario.threads.map((_, index) => {
          const thread = machine.threads[index];
          return thread?.status === done ? thread.result : undefined;
        }),
        history: historyOf(machine.threads),
        events: trace?.events ?? [],
        trace,
        context: machine.context,
        waiting: machine.waiters.map(({ index, waitAddress }) => {
          const event = trace?.events.findLast(
            ({ thread, result }) => thread === index && result === 'waits',
          );
          const place = event?.place || (waitAddress < 0 ? 'its own memory' : `byte ${waitAddress}`);
          return `thread ${index} waits on ${place}${event?.site ? ` (${event.site})` : ''}`;
        }),
      };
    }),
  );
}

/** Tells a failed execution in full: message, table, schedule. */
export function tell(
  scenario: Scenario,
  execution: Execution,
): { message: string; table: string; schedule: string } {
  const { failure, trace } = execution;
  let message = failure?.message ?? '';
  const racing = trace?.racing;
  if (failure?.kind === 'race' && racing !== undefined) {
    const show = (event: TraceEvent | undefined) =>
      event === undefined
        ? 'an earlier access'
        : `${event.operation} ${event.place} by thread ${event.thread}${event.site === '' ? '' : ` (${event.site})`}`;
    message = `${show(racing[0])} and ${show(racing[1])} are in no order, and one of them is a plain access`;
  }
  if (execution.waiting.length > 0 && failure?.kind === 'deadlock')
    message += `: ${execution.waiting.join('; ')}`;
  return {
    message,
    table: drawTable(execution.events, scenario.threads.length),
    schedule: formatSchedule(execution.segments),
  };
}
