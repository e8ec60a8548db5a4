import { explore } from '@pkg/interleave';
import { describe, expect, it } from 'vitest';
import { nameOf, SINGLE_VERBS, twoThreadPrograms } from '../queue-programs.fixture.ts';
import { type Call, queueScenario } from '../queue-scenarios.fixture.ts';

/** Three threads that wait for each other: for places, for items, and for the items to be done. */
const PRODUCER: Call[] = [
  ['put', 1],
  ['put', 2],
];
const TRIO: Call[][] = [PRODUCER, [['get'], ['taskDone']], [['get'], ['taskDone']]];

describe('Queue, every interleaving', () => {
  it('of two threads with one call each, without a bound', () => {
    for (const maxsize of [1, 2]) {
      for (const threads of twoThreadPrograms(SINGLE_VERBS, { maxsize }).filter((program) =>
        program.every((calls) => calls.length === 1),
      )) {
        expect(explore(queueScenario(nameOf(threads, { maxsize }), threads, { maxsize })).complete).toBe(
          true,
        );
      }
    }
  });

  it('of two puts and two gets over one place, without a bound', () => {
    const report = explore(queueScenario('two and two', [PRODUCER, [['get'], ['get']]], { maxsize: 1 }));
    expect(report.complete).toBe(true);
  });

  it('of a producer and two consumers, up to two preemptions and a spurious wake-up', () => {
    const subject = queueScenario('a producer and two consumers', TRIO, { maxsize: 1 });
    expect(explore(subject, { preemptions: 1, spuriousWakes: 1 }).complete).toBe(true);
    expect(explore(subject, { preemptions: 2 }).complete).toBe(true);
  });

  it('of join and those who finish, up to two preemptions', () => {
    const subject = queueScenario('join', [
      [['put', 1], ['join']],
      [['get'], ['taskDone']],
    ]);
    expect(explore(subject, { preemptions: 2 }).complete).toBe(true);
  });

  it('of a shutdown and those whom it wakes', () => {
    for (const immediate of [0, 1]) {
      const subject = queueScenario(
        `shutdown ${immediate === 1 ? 'immediate' : ''}`,
        [
          [
            ['put', 1],
            ['put', 2],
          ],
          [['get'], ['get']],
          [['shutdown', immediate]],
        ],
        { maxsize: 1 },
      );
      expect(explore(subject, { preemptions: 1 }).complete).toBe(true);
    }
  });
});

describe('Queue, a death at every step', () => {
  for (const redeliver of [false, true]) {
    it(`of a putter or a getter, ${redeliver ? 'with' : 'without'} redelivery`, () => {
      const subject = queueScenario(
        `death ${redeliver ? 'with redelivery' : ''}`,
        [PRODUCER, [['getNowait'], ['taskDone'], ['getNowait']]],
        { maxsize: 2, redeliver },
      );
      expect(explore(subject, { preemptions: 1, kills: 1 }).complete).toBe(true);
    });

    it(`of the recovery as well, ${redeliver ? 'with' : 'without'} redelivery`, () => {
      const subject = queueScenario('death of the recovery', [[['put', 1], ['getNowait'], ['put', 2]]], {
        redeliver,
      });
      expect(explore(subject, { kills: 2, preemptions: 0 }).complete).toBe(true);
    });
  }

  it('wakes whoever waits for the dead', () => {
    // The getter waits until the putter, or its death; a shutdown ends its wait in either case.
    const subject = queueScenario('a waiter survives', [
      [['put', 1], ['shutdown']],
      [['get'], ['get']],
      [['shutdown']],
    ]);
    expect(explore(subject, { preemptions: 0, kills: 1 }).complete).toBe(true);
  });

  it('leaves no place where an item came back to', () => {
    const subject = queueScenario(
      'a place is taken',
      [
        [['putNowait', 1], ['getNowait']],
        [['putNowait', 11], ['getNowait']],
      ],
      { maxsize: 1, redeliver: true },
    );
    expect(explore(subject, { preemptions: 0, kills: 1 }).complete).toBe(true);
  });

  it('while another thread recovers by itself', () => {
    const subject = queueScenario(
      'two recoveries',
      [
        [['put', 1], ['getNowait']],
        [['recover'], ['getNowait']],
      ],
      { redeliver: true },
    );
    expect(explore(subject, { preemptions: 1, kills: 1 }).complete).toBe(true);
  });

  it('makes a dead letter of what was delivered too often', () => {
    const subject = queueScenario(
      'dead letter',
      [
        [['putMany', 1, 2], ['getNowait']],
        [['getNowait'], ['getNowait']],
      ],
      { redeliver: true, maxDeliveries: 1 },
    );
    expect(explore(subject, { preemptions: 0, kills: 1 }).complete).toBe(true);
  });
});
