import type { Program } from '../src/queue-programs.fixture.ts';

/** Three threads of three calls each: they wait for places, for items, for each other, and for tasks to be done. */
export const TRIOS: readonly Program[] = [
  // One thread feeds two.
  [
    [
      ['put', 1],
      ['put', 2],
      ['put', 3],
    ],
    [['get'], ['taskDone'], ['getNowait']],
    [['get'], ['taskDone'], ['recover']],
  ],
  // Two wait until all is done.
  [
    [['put', 1], ['put', 2], ['join']],
    [['get'], ['taskDone'], ['recover']],
    [['get'], ['taskDone'], ['join']],
  ],
  // Everybody puts and takes, and nobody waits: the one kind of program in which anybody may die at any time.
  [
    [['putNowait', 1], ['getNowait'], ['putNowait', 2]],
    [['putNowait', 11], ['getNowait'], ['taskDone']],
    [['getNowait'], ['taskDone'], ['putNowait', 21]],
  ],
  // A shutdown ends every wait; two threads call it, so one of them may die.
  [
    [['put', 1], ['put', 2], ['shutdown']],
    [['get'], ['taskDone'], ['get']],
    [['getNowait'], ['taskDone'], ['shutdown']],
  ],
  // The same, and what is queued is dropped.
  [
    [
      ['put', 1],
      ['put', 2],
      ['shutdown', 1],
    ],
    [['get'], ['taskDone'], ['get']],
    [['getNowait'], ['taskDone'], ['shutdown', 1]],
  ],
];

/** Those who wait for somebody who dies, in the least space: a shutdown ends every wait. */
export const WAITING: readonly Program[] = [
  [[['put', 1], ['shutdown']], [['get'], ['get']], [['shutdown']]],
  [[['put', 1]], [['get']], [['shutdown']]],
];

/** Like {@link TRIOS}, with batches. */
export const BATCH_TRIOS: readonly Program[] = [
  [
    [['putMany', 1, 2, 3], ['recover'], ['putNowait', 4]],
    [['getMany', 2], ['taskDone'], ['getManyNowait', 2]],
    [['getNowait'], ['taskDone'], ['getNowait']],
  ],
  [
    [['putManyNowait', 1, 2], ['getManyNowait', 2], ['taskDone']],
    [['putNowait', 11], ['getManyNowait', 2], ['taskDone']],
    [['getNowait'], ['putManyNowait', 21, 22], ['recover']],
  ],
  [
    [['putMany', 1, 2], ['put', 3], ['shutdown']],
    [['getMany', 2], ['taskDone'], ['getMany', 2]],
    [['getManyNowait', 2], ['taskDone'], ['shutdown']],
  ],
];

/** For queues without a bound and without tasks. */
export const SIMPLE_TRIOS: readonly Program[] = [
  [
    [
      ['put', 1],
      ['putMany', 2, 3],
      ['put', 4],
    ],
    [['get'], ['getNowait'], ['recover']],
    [['getMany', 2], ['recover'], ['getNowait']],
  ],
  [
    [['put', 1], ['getNowait'], ['putMany', 2, 3]],
    [['put', 11], ['getManyNowait', 2], ['recover']],
    [['getNowait'], ['put', 21], ['getManyNowait', 2]],
  ],
];
