import { explore } from '@pkg/interleave';
import { describe, expect, it } from 'vitest';
import { KINDS, type KindName } from './queue-kinds.fixture.ts';
import { BATCH_VERBS, nameOf, type Program, twoThreadPrograms } from './queue-programs.fixture.ts';
import { type Call, queueScenario } from './queue-scenarios.fixture.ts';

const puts = (...items: number[]): Call => ['putMany', ...items];
const gets = (max: number): Call => ['getMany', max];
const tries = (max: number): Call => ['getManyNowait', max];

for (const kind of Object.keys(KINDS) as KindName[]) {
  const { tracksTasks } = KINDS[kind];
  /** A bound, where the class has one. */
  const bound = (maxsize: number) => (tracksTasks ? { kind, maxsize } : { kind });

  describe(`Batches on a ${kind}, every interleaving`, () => {
    it('of two threads with one call each, up to three preemptions', () => {
      const queue = bound(1);
      const programs = twoThreadPrograms(BATCH_VERBS, queue).filter((program) =>
        program.every((calls) => calls.length === 1),
      );
      expect(programs.length).toBeGreaterThan(0);
      for (const program of programs) {
        const subject = queueScenario(nameOf(program, queue), program, queue);
        expect(explore(subject, { preemptions: 3 }).complete).toBe(true);
      }
    });

    it('of a batch that needs several rounds and one that takes as many, up to two preemptions', () => {
      const program: Program = [[puts(1, 2, 3)], [gets(2), gets(2)]];
      const subject = queueScenario(
        'rounds',
        tracksTasks ? program : [[puts(1, 2, 3)], [gets(2), tries(2)]],
        bound(2),
      );
      expect(explore(subject, { preemptions: 2 }).complete).toBe(true);
    });

    it('of a batch among single calls, up to one preemption', () => {
      const program: Program = [[puts(1, 2)], [['put', 11]], [gets(2), tries(2)]];
      const subject = queueScenario('among single calls', program, bound(2));
      expect(explore(subject, { preemptions: 1 }).complete).toBe(true);
    });
  });

  describe(`Batches on a ${kind}, a death at every step`, () => {
    for (const redeliver of tracksTasks ? [false, true] : [false]) {
      const how = redeliver ? 'with redelivery' : 'without redelivery';

      it(`of a putter or a getter, ${how}`, () => {
        const done: Call[] = tracksTasks ? [['taskDone']] : [];
        const program: Program = [[['putManyNowait', 1, 2]], [tries(2), ...done, tries(2)]];
        const subject = queueScenario('death', program, { ...bound(2), redeliver });
        expect(explore(subject, { preemptions: 1, kills: 1 }).complete).toBe(true);
      });

      it(`of the recovery as well, ${how}`, () => {
        const program: Program = [[puts(1, 2), tries(2), puts(3, 4), tries(1)]];
        const subject = queueScenario('death of the recovery', program, { kind, redeliver });
        expect(explore(subject, { preemptions: 0, kills: 2 }).complete).toBe(true);
      });
    }
  });
}
