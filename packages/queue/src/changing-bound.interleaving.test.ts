import { explore } from '@pkg/interleave';
import { describe, expect, it } from 'vitest';
import { mayRightlyHang, nameOf, type Program } from './queue-programs.fixture.ts';
import { type Call, queueScenario } from './queue-scenarios.fixture.ts';

const bound = (maxsize: number): Call[] => [['setMaxsize', maxsize]];
const PUTTER: Call[] = [
  ['put', 1],
  ['put', 2],
];
const GETTER: Call[] = [['get'], ['get']];

for (const kind of ['Queue', 'LifoQueue', 'PriorityQueue'] as const) {
  /** Explores a program that must not be one of those that rightly hang. */
  const check = (program: Program, maxsize: number, options: Parameters<typeof explore>[1]) => {
    const queue = { kind, maxsize };
    expect(mayRightlyHang(program, queue, options?.kills)).toBe(false);
    const name = `${nameOf(program, queue)}, ${JSON.stringify(options)}`;
    expect(explore(queueScenario(name, program, queue), options).complete, name).toBe(true);
  };

  describe(`maxsize of a ${kind}, changed by another thread, every interleaving`, () => {
    it('that lets a putter go on: a higher one, and none', () => {
      for (const maxsize of [2, 0]) {
        check([PUTTER, bound(maxsize)], 1, kind === 'Queue' ? {} : { preemptions: 3 });
      }
    });

    it('that makes a putter wait for a getter: one where there was none, and a lower one', () => {
      for (const maxsize of [0, 2]) {
        check([PUTTER, GETTER, bound(1)], maxsize, { preemptions: kind === 'Queue' ? 2 : 1 });
      }
    });

    it('that comes while a putter and a getter wait for each other, with a spurious wake-up', () => {
      for (const maxsize of [0, 2]) {
        check([PUTTER, GETTER, bound(maxsize)], 1, { preemptions: 0, spuriousWakes: 1 });
      }
    });

    it('with a death at every step', () => {
      const tries: Program = [
        [
          ['putNowait', 1],
          ['putNowait', 2],
        ],
        [['getNowait']],
        bound(1),
      ];
      check(tries, 0, { preemptions: kind === 'Queue' ? 1 : 0, kills: 1 });
    });
  });
}
