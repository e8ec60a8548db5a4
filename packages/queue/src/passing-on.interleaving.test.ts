import { explore } from '@pkg/interleave';
import { describe, expect, it } from 'vitest';
import { mayRightlyHang, nameOf, type Program } from './queue-programs.fixture.ts';
import { queueScenario } from './queue-scenarios.fixture.ts';

/**
 * One putter fills the queue and waits, and another one waits behind it. Two takes leave places for both, and wake one;
 * it passes the other place on, while the third thread takes and puts once more.
 */
const PROGRAM: Program = [
  [
    ['put', 1],
    ['put', 2],
    ['put', 3],
  ],
  [['put', 11]],
  [['get'], ['get'], ['get'], ['putNowait', 21]],
];

describe('A place that a woken putter leaves is passed on, up to two preemptions', () => {
  for (const kind of ['Queue', 'LifoQueue', 'PriorityQueue'] as const) {
    it(`of a ${kind}, even if others take and put while it looks`, () => {
      const queue = { kind, maxsize: 2 };
      expect(mayRightlyHang(PROGRAM, queue)).toBe(false);
      const subject = queueScenario(nameOf(PROGRAM, queue), PROGRAM, queue);
      // All kinds look by the same code; those with the longer executions see only the first part of the search, which
      // was enough to find a place that was not passed on.
      const isWhole = kind === 'Queue';
      const report = explore(subject, { preemptions: 2, ...(isWhole ? {} : { schedules: 1000 }) });
      expect(report.complete).toBe(isWhole);
    });
  }
});
