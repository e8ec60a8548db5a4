import { explore, scenario } from '@pkg/interleave';
import { describe, expect, it } from 'vitest';
import { TaskWords } from './task-words.ts';

const SLOT = 0;

function setup() {
  const memory = new SharedArrayBuffer(16);
  const generation = new TaskWords(memory).begin(SLOT);
  return { memory, generation };
}
type Context = ReturnType<typeof setup>;

/** Finds the task's record, and runs it if it may. */
const worker =
  (row: number) =>
  ({ memory, generation }: Context) => {
    const words = new TaskWords(memory);
    const claim = words.claim(SLOT, generation, row);
    return { claim, ended: claim === 'claimed' ? words.end(SLOT) : undefined };
  };
type Run = ReturnType<ReturnType<typeof worker>>;

describe("a task's word, in every interleaving", () => {
  it('lets the task run once, or be cancelled, and both sides know which', () => {
    const report = explore(
      scenario({
        name: 'a record that was delivered twice, and its cancellation',
        setup,
        threads: [worker(0), worker(1), ({ memory }: Context) => new TaskWords(memory).cancel(SLOT)],
        check({ results }) {
          const runs = (results.slice(0, 2) as Run[]).map(({ claim }) => claim);
          const row = results[2] as number;
          if (row < 0) return runs.every((claim) => claim === 'cancelled');
          return runs[row] === 'claimed' && runs[1 - row] === 'stale';
        },
      }),
    );
    expect(report.complete).toBe(true);
  });

  it('ends a task by itself or by force, and both sides know which', () => {
    const report = explore(
      scenario({
        name: 'the end of a task, and force',
        setup,
        threads: [
          worker(0),
          ({ memory }: Context) => {
            const words = new TaskWords(memory);
            return words.cancel(SLOT) >= 0 && words.kill(SLOT);
          },
        ],
        check({ results }) {
          const { claim, ended } = results[0] as Run;
          return results[1] === true ? claim === 'claimed' && ended === false : ended !== false;
        },
      }),
    );
    expect(report.complete).toBe(true);
  });

  it("lets nobody run a later task of the same slot by an earlier one's record", () => {
    const report = explore(
      scenario({
        name: 'a record that comes late',
        setup,
        threads: [
          worker(0),
          worker(1),
          ({ memory, generation }: Context) => {
            const words = new TaskWords(memory);
            // The slot is free again once the first task was called off before it began.
            if (words.cancel(SLOT) >= 0) return undefined;
            const next = words.begin(SLOT);
            return { next, isNext: next !== generation, claim: words.claim(SLOT, next, 2) };
          },
        ],
        check({ results }) {
          const late = results[2] as { isNext: boolean; claim: string } | undefined;
          if (late === undefined) return true;
          const runs = results.slice(0, 2) as Run[];
          return late.isNext && late.claim === 'claimed' && runs.every(({ claim }) => claim !== 'claimed');
        },
      }),
    );
    expect(report.complete).toBe(true);
  });
});
