import { type ExploreOptions, explore } from '@pkg/interleave';
import { describe, expect, it } from 'vitest';
import type { Geometry } from './layout.ts';
import type { KindName } from './queue-kinds.fixture.ts';
import { mayRightlyHang, nameOf, type Program } from './queue-programs.fixture.ts';
import { type Call, queueScenario } from './queue-scenarios.fixture.ts';

/** Memory for so few items that puts wait for it. */
const SCARCE: Readonly<Record<'segments' | 'blocks', Geometry>> = {
  segments: { pageWords: 16, maxPages: 3, rows: 8 },
  blocks: { pageWords: 32, maxPages: 6, rows: 8 },
};

const puts = (from: number, count: number): Call[] =>
  Array.from({ length: count }, (_, i) => ['put', from + i]);
const gets = (count: number): Call[] => Array.from({ length: count }, () => ['get']);
const getsDone = (count: number): Call[] =>
  Array.from({ length: count }, () => [['get'], ['taskDone']] as Call[]).flat();

/** Explores a program that must not be one of those that rightly hang. */
function check(
  kind: KindName,
  program: Program,
  options: ExploreOptions,
  settings: { redeliver?: boolean; maxsize?: number } = {},
): void {
  const geometry = kind === 'Queue' ? SCARCE.segments : SCARCE.blocks;
  const queue = { kind, geometry, ...settings };
  expect(mayRightlyHang(program, queue, options.kills)).toBe(false);
  const name = `${nameOf(program, queue)}, ${JSON.stringify(options)}`;
  expect(explore(queueScenario(name, program, queue), options).complete, name).toBe(true);
}

describe('A put that waits for memory, every interleaving', () => {
  it('of a Queue, whose gets free a segment at a time', () => {
    check('Queue', [puts(1, 10), gets(10)], { preemptions: 2 });
    check('Queue', [puts(1, 5), puts(11, 5), gets(10)], { preemptions: 1 });
  });

  it('of a batch that goes in as memory is freed', () => {
    const tries: Call = ['getManyNowait', 9];
    const takes: Call[] = [['getMany', 4], ['getMany', 4], tries, tries, ['shutdown'], tries];
    const batch: Call = ['putMany', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    // A bound that is never reached: the batch may go in by several steps.
    check('Queue', [[batch], takes], { preemptions: 1 }, { maxsize: 20 });
  });

  it('of a Queue with redelivery, whose items take memory until they are done', () => {
    check('Queue', [puts(1, 4), getsDone(4)], { preemptions: 2 }, { redeliver: true });
    check('Queue', [puts(1, 2), puts(11, 2), getsDone(4)], { preemptions: 1 }, { redeliver: true });
  });

  it.each(['LifoQueue', 'PriorityQueue'] as const)('of a %s', (kind) => {
    check(kind, [puts(1, 5), gets(5)], { preemptions: 2 });
    check(kind, [puts(1, 5), getsDone(5)], { preemptions: 1 }, { redeliver: true });
    check(kind, [puts(1, 2), puts(11, 2), getsDone(4)], { preemptions: 1 }, { redeliver: true });
  });
});

describe('A put that waits for memory, a death at every step', () => {
  const kills = { preemptions: 0, kills: 1 };

  it('of a Queue without redelivery', () => {
    const program: Program = [
      [...puts(1, 9), ['shutdown']],
      [...gets(4), ['shutdown']],
      [['getNowait'], ['shutdown']],
    ];
    check('Queue', program, kills);
  });

  it.each(['Queue', 'PriorityQueue'] as const)('of a %s with redelivery', (kind) => {
    const program: Program = [
      [...puts(1, 4), ['shutdown']],
      [...getsDone(2), ['shutdown']],
      [['getNowait'], ['shutdown']],
    ];
    check(kind, program, kills, { redeliver: true });
  });
});
