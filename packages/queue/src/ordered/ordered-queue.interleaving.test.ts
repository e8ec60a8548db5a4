import { explore } from '@pkg/interleave';
import { describe, expect, it } from 'vitest';
import { nameOf, type Program, SINGLE_VERBS, twoThreadPrograms } from '../queue-programs.fixture.ts';
import { type Call, queueScenario } from '../queue-scenarios.fixture.ts';

const PRODUCER: readonly Call[] = [
  ['put', 1],
  ['put', 2],
];
/** Three threads that wait for each other: for places, for items, and for the items to be done. */
const TRIO: Program = [PRODUCER, [['get'], ['taskDone']], [['get'], ['taskDone']]];

// One lock for both ends makes for more interleavings than `Queue` has: larger bounds are for the deep run.
for (const kind of ['LifoQueue', 'PriorityQueue'] as const) {
  describe(`${kind}, every interleaving`, () => {
    it('of two threads with one call each, without a bound', () => {
      const queue = { kind, maxsize: 1 };
      const programs = twoThreadPrograms(SINGLE_VERBS, queue).filter((program) =>
        program.every((calls) => calls.length === 1),
      );
      expect(programs.length).toBeGreaterThan(0);
      for (const program of programs) {
        expect(explore(queueScenario(nameOf(program, queue), program, queue)).complete).toBe(true);
      }
    });

    it('of two puts and two gets over one place, up to two preemptions', () => {
      const subject = queueScenario('two and two', [PRODUCER, [['get'], ['get']]], { kind, maxsize: 1 });
      expect(explore(subject, { preemptions: 2 }).complete).toBe(true);
    });

    it('of three puts and three gets, which need several pages, up to two preemptions', () => {
      const subject = queueScenario(
        'three and three',
        [
          [...PRODUCER, ['put', 3]],
          [['get'], ['get'], ['get']],
        ],
        { kind },
      );
      expect(explore(subject, { preemptions: 2 }).complete).toBe(true);
    });

    it('of a producer and two consumers, up to one preemption', () => {
      const subject = queueScenario('a producer and two consumers', TRIO, { kind, maxsize: 1 });
      expect(explore(subject, { preemptions: 1 }).complete).toBe(true);
    });

    it('of a producer and two consumers, with a spurious wake-up', () => {
      const subject = queueScenario('a producer and two consumers', TRIO, { kind, maxsize: 1 });
      expect(explore(subject, { preemptions: 0, spuriousWakes: 1 }).complete).toBe(true);
    });

    it('of join and those who finish, up to two preemptions', () => {
      const subject = queueScenario(
        'join',
        [
          [['put', 1], ['join']],
          [['get'], ['taskDone']],
        ],
        { kind },
      );
      expect(explore(subject, { preemptions: 2 }).complete).toBe(true);
    });

    for (const immediate of [0, 1]) {
      it(`of a shutdown that ${immediate === 1 ? 'discards' : 'drains'} and those whom it wakes`, () => {
        const subject = queueScenario('shutdown', [PRODUCER, [['get'], ['get']], [['shutdown', immediate]]], {
          kind,
          maxsize: 1,
        });
        expect(explore(subject, { preemptions: 1 }).complete).toBe(true);
      });
    }
  });

  describe(`${kind}, a death at every step`, () => {
    for (const redeliver of [false, true]) {
      const how = redeliver ? 'with redelivery' : 'without redelivery';

      it(`of a putter or a getter, ${how}`, () => {
        const subject = queueScenario('death', [PRODUCER, [['getNowait'], ['taskDone'], ['getNowait']]], {
          kind,
          maxsize: 2,
          redeliver,
        });
        expect(explore(subject, { preemptions: 1, kills: 1 }).complete).toBe(true);
      });

      it(`of the recovery as well, ${how}`, () => {
        const subject = queueScenario('death of the recovery', [[['put', 1], ['getNowait'], ['put', 2]]], {
          kind,
          redeliver,
        });
        expect(explore(subject, { preemptions: 0, kills: 2 }).complete).toBe(true);
      });

      it(`of one that holds several items, and of the recovery, ${how}`, () => {
        const subject = queueScenario(
          'death of a holder',
          [[['putMany', 1, 2, 3], ['getNowait'], ['put', 4], ['getManyNowait', 2], ['taskDone']]],
          { kind, redeliver },
        );
        expect(explore(subject, { preemptions: 0, kills: 2 }).complete).toBe(true);
      });
    }

    it('makes a dead letter of what was delivered too often', () => {
      const subject = queueScenario(
        'dead letter',
        [
          [['putMany', 1, 2], ['getNowait']],
          [['getNowait'], ['getNowait']],
        ],
        { kind, redeliver: true, maxDeliveries: 1 },
      );
      expect(explore(subject, { preemptions: 0, kills: 1 }).complete).toBe(true);
    });

    it('leaves no place where an item came back to', () => {
      const program: Program = [
        [['putNowait', 1], ['getNowait']],
        [['putNowait', 11], ['getNowait']],
      ];
      const subject = queueScenario('a place is taken', program, { kind, maxsize: 1, redeliver: true });
      expect(explore(subject, { preemptions: 0, kills: 1 }).complete).toBe(true);
    });

    it('wakes whoever waits for the dead', () => {
      // The getter waits until the putter, or its death; a shutdown ends its wait in either case.
      const program: Program = [[['put', 1], ['shutdown']], [['get'], ['get']], [['shutdown']]];
      const subject = queueScenario('a waiter survives', program, { kind });
      expect(explore(subject, { preemptions: 0, kills: 1 }).complete).toBe(true);
    });

    it('while another thread recovers by itself', () => {
      const program: Program = [
        [['put', 1], ['getNowait']],
        [['recover'], ['getNowait']],
      ];
      const subject = queueScenario('two recoveries', program, { kind, redeliver: true });
      expect(explore(subject, { preemptions: 1, kills: 1 }).complete).toBe(true);
    });
  });
}
