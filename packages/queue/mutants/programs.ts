import type { ExploreOptions, Scenario } from '@pkg/interleave';
import type { Call, QueueScenarioOptions } from '../src/queue-scenarios.fixture.ts';
import { eventScenario } from './event-scenario.ts';
import type { Kernel } from './kernel-copy.ts';

/** A small concurrent program and the bounds within which it is explored. */
export interface Program {
  /** The program over a copy of the kernel. */
  build(kernel: Kernel, name: string): Scenario<unknown, unknown>;
  readonly explore: ExploreOptions;
  /** Calls on a queue, which real threads can make as well. */
  readonly calls?: readonly (readonly Call[])[];
  readonly options?: QueueScenarioOptions;
}

const puts = (...items: number[]): Call[] => items.map((item) => ['put', item]);
const gets = (count: number): Call[] => Array.from({ length: count }, () => ['get']);
const getsDone = (count: number): Call[] =>
  Array.from({ length: count }, () => [['get'], ['taskDone']] as Call[]).flat();

const program = (
  calls: readonly (readonly Call[])[],
  explore: ExploreOptions,
  options: QueueScenarioOptions = {},
): Program => ({
  build: ({ queue }, name) => queue.queueScenario(name, calls, options) as Scenario<unknown, unknown>,
  explore,
  calls,
  options,
});

/** Every program that shows a mutant, by its name; the cheap ones first, as the search tries them. */
export const PROGRAMS: Readonly<Record<string, Program>> = {
  alone: program(
    [[...puts(1, 2), ['getNowait'], ['taskDone'], ['getNowait'], ['taskDone'], ['join']]],
    {},
    { maxsize: 2 },
  ),
  'alone, full': program(
    [[['putNowait', 1], ['putNowait', 2], ['getNowait'], ['putNowait', 3], ['getNowait']]],
    {},
    { maxsize: 1 },
  ),
  'alone, segments': program([[...puts(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), ...gets(10)]], {}),
  'alone, memory': program(
    [Array.from({ length: 48 }, (_, i) => (i % 2 === 0 ? ['put', i + 1] : ['get']) as Call)],
    {},
  ),
  'alone, leases': program(
    [[...puts(1, 2), ...getsDone(2), ...puts(3, 4), ...getsDone(2), ...puts(5, 6), ...getsDone(2), ['join']]],
    {},
    { redeliver: true, maxsize: 2 },
  ),
  'alone, shutdown': program(
    [[...puts(1), ['shutdown'], ['putNowait', 2], ['getNowait'], ['getNowait']]],
    {},
  ),
  'alone, discard': program(
    [[...puts(1, 2), ['getNowait'], ['shutdown', 1], ['getNowait'], ['taskDone'], ['join']]],
    {},
  ),
  'put and get': program([puts(1), gets(1)], { preemptions: 2 }),
  'two puts': program([puts(1), puts(11), gets(2)], { preemptions: 2 }),
  'two getters': program([puts(1, 2), gets(1), gets(1)], { preemptions: 2 }, { maxsize: 2 }),
  'one place': program([puts(1, 2), gets(2)], { preemptions: 2, spuriousWakes: 1 }, { maxsize: 1 }),
  'two putters, one place': program(
    [puts(1), puts(11), gets(2)],
    { preemptions: 2, spuriousWakes: 1 },
    { maxsize: 1 },
  ),
  'two putters, two places': program([puts(1, 2), puts(11, 12), gets(4)], { preemptions: 2 }, { maxsize: 2 }),
  join: program(
    [
      [['put', 1], ['join']],
      [['get'], ['taskDone']],
    ],
    { preemptions: 2 },
  ),
  'join two': program([[...puts(1, 2), ['join']], getsDone(1), getsDone(1)], { preemptions: 2 }),
  shutdown: program([gets(1), [['shutdown']]], { preemptions: 2 }),
  'shutdown a putter': program([puts(1, 2), [['shutdown']]], { preemptions: 2 }, { maxsize: 1 }),
  'shutdown with an item': program([[['put', 1], ['shutdown']], gets(2)], { preemptions: 2 }),
  'discard and join': program([[['put', 1], ['join']], [['shutdown', 1]]], { preemptions: 2 }),
  segments: program([puts(1, 2, 3, 4, 5, 6), gets(6)], { preemptions: 2 }),
  'segments, two getters': program([puts(1, 2, 3, 4, 5, 6), gets(3), gets(3)], { preemptions: 1 }),
  'death of one': program([[['put', 1], ['getNowait'], ['taskDone'], ['put', 2]]], { kills: 1 }),
  'death of one, leases': program(
    [[['put', 1], ['getNowait'], ['taskDone'], ['put', 2], ['getNowait']]],
    { kills: 1 },
    { redeliver: true },
  ),
  'death of the recovery': program([[['put', 1], ['getNowait'], ['put', 2]]], { kills: 2 }),
  'death of the recovery, leases': program(
    [[['put', 1], ['getNowait'], ['put', 2]]],
    { kills: 2 },
    { redeliver: true },
  ),
  'death beside a getter': program([[['put', 1], ['shutdown']], gets(2), [['shutdown']]], {
    kills: 1,
    preemptions: 1,
  }),
  'death of a putter': program(
    [puts(1, 2), [['getNowait'], ['taskDone'], ['getNowait']]],
    { kills: 1, preemptions: 1 },
    { maxsize: 2 },
  ),
  'death of a putter, leases': program(
    [puts(1, 2), [['getNowait'], ['taskDone'], ['getNowait']]],
    { kills: 1, preemptions: 1 },
    { maxsize: 2, redeliver: true },
  ),
  'death at the end of a segment': program(
    [
      [...puts(1, 2, 3, 4, 5, 6), ['getNowait'], ['getNowait']],
      [['putNowait', 11], ['getNowait']],
    ],
    { kills: 1, preemptions: 0 },
  ),
  'death after a segment': program(
    [puts(1, 2, 3, 4, 5, 6, 7), Array.from({ length: 5 }, () => ['getNowait'] as Call)],
    { kills: 1, preemptions: 1 },
  ),
  'death among leases': program(
    [
      [...puts(1, 2, 3), ['getNowait'], ['getNowait'], ['taskDone']],
      [['getNowait'], ['taskDone']],
    ],
    { kills: 1, preemptions: 1 },
    { redeliver: true },
  ),
  'three puts': program([puts(1), puts(11), puts(21)], { preemptions: 1 }),
  'shutdown two getters': program([gets(1), gets(1), [['shutdown']]], { preemptions: 1 }),
  'two done': program([[...puts(1, 2), ...getsDone(1)], getsDone(1), [['join']]], { preemptions: 2 }),
  'memory, leases': program(
    [puts(1, 2, 3, 4, 5, 6), [['get'], ['get'], ['taskDone']]],
    { preemptions: 1 },
    { redeliver: true },
  ),
  'death beside two puts': program([puts(1), puts(11), puts(21)], { kills: 1, preemptions: 2 }),
  'death beside two gets': program([[['put', 1], ['getNowait']], [['getNowait']], [['getNowait']]], {
    kills: 1,
    preemptions: 2,
  }),
  'death beside a waiter': program([puts(1), gets(1), puts(11)], { kills: 1, preemptions: 1 }),
  'death beside waiters': program([puts(1, 2), gets(1), gets(1), puts(11, 12)], { kills: 1, preemptions: 1 }),
  'death while another recovers': program(
    [
      [['put', 1], ['getNowait']],
      [['getNowait'], ['getNowait']],
    ],
    { kills: 1, preemptions: 2 },
  ),
  'death of a putter, another puts': program([puts(1), [['put', 11], ['getNowait']]], {
    kills: 1,
    preemptions: 1,
  }),
  'death of a getter, a putter waits': program(
    [puts(1, 2), gets(1), gets(1), puts(11, 12)],
    { kills: 1, preemptions: 0 },
    { maxsize: 3 },
  ),
  'death before join ends': program(
    [[['put', 1], ['getNowait'], ['taskDone']], [['join']], [['shutdown', 1]]],
    { kills: 1, preemptions: 1 },
  ),
  'death beside a holder': program([[...puts(1, 2), ['getNowait']], [['getNowait']]], {
    kills: 1,
    preemptions: 1,
  }),
  'two deaths': program(
    [
      [['put', 1], ['getNowait']],
      [['put', 11], ['getNowait']],
    ],
    { strategy: 'pct', depth: 3, kills: 2, schedules: 400_000 },
  ),
  'two gets from a full queue': program(
    [puts(1, 2, 3), gets(1), gets(1)],
    { preemptions: 2 },
    { maxsize: 2 },
  ),
  'a bound comes': program([puts(1, 2, 3), gets(3), [['setMaxsize', 1]]], { preemptions: 2 }),
  'two putters wait': program([puts(1, 2, 3), puts(11), gets(2)], { preemptions: 1 }, { maxsize: 2 }),
  'two putters wait, others go on': program(
    [puts(1, 2, 3), puts(11), [...gets(3), ['putNowait', 21]]],
    { preemptions: 2 },
    { maxsize: 2 },
  ),
  'death beside a shutdown': program([puts(1), [['shutdown']]], { kills: 1, preemptions: 2 }),
  'event, reset beside a waiter': {
    build: ({ sync, interleave }, name) => eventScenario(name, sync, interleave, 1),
    explore: { preemptions: 3 },
  },
  'event, reset beside two waiters': {
    build: ({ sync, interleave }, name) => eventScenario(name, sync, interleave, 2),
    explore: { preemptions: 3 },
  },
  'memory freed by a get': program(
    [puts(1, 2, 3, 4, 5, 6), [['get'], ['taskDone'], ['get']]],
    { preemptions: 1 },
    { redeliver: true },
  ),
  'death of a taker': program([[['put', 1], ['getNowait']]], { kills: 1 }),
  'death of a holder, leases': program(
    [[...puts(1, 2), ['getNowait'], ['getNowait'], ...puts(3, 4)]],
    { kills: 1 },
    { redeliver: true },
  ),
  'death of a putter, others go on': program(
    [puts(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14), puts(21)],
    { kills: 1, preemptions: 1 },
  ),
  'segments, leases': program([puts(1, 2, 3), gets(2)], { preemptions: 2 }, { redeliver: true }),
};
