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

/** Explores every interleaving of the threads; `check` judges what they have returned. */
function exploreAll(
  name: string,
  threads: readonly ((context: Context) => unknown)[],
  check: (results: readonly unknown[]) => boolean,
): void {
  const judged = scenario({ name, setup, threads, check: ({ results }) => check(results) });
  expect(explore(judged).complete).toBe(true);
}

describe("a task's word, in every interleaving", () => {
  it('lets the task run once, or be cancelled, and both sides know which', () => {
    exploreAll(
      'a record that was delivered twice, and its cancellation',
      [worker(0), worker(1), ({ memory }) => new TaskWords(memory).cancel(SLOT)],
      (results) => {
        const runs = (results.slice(0, 2) as Run[]).map(({ claim }) => claim);
        const row = results[2] as number;
        if (row < 0) return runs.every((claim) => claim === 'cancelled');
        return runs[row] === 'claimed' && runs[1 - row] === 'stale';
      },
    );
  });

  it('ends a task by itself or by force, and both sides know which', () => {
    const force = ({ memory }: Context) => {
      const words = new TaskWords(memory);
      return words.cancel(SLOT) >= 0 && words.kill(SLOT);
    };
    exploreAll('the end of a task, and force', [worker(0), force], (results) => {
      const { claim, ended } = results[0] as Run;
      return results[1] === true ? claim === 'claimed' && ended === false : ended !== false;
    });
  });

  it("lets nobody run a later task of the same slot by an earlier one's record", () => {
    const reuse = ({ memory, generation }: Context) => {
      const words = new TaskWords(memory);
      // The slot is free again once the first task was called off before it began.
      if (words.cancel(SLOT) >= 0) return undefined;
      const next = words.begin(SLOT);
      return { isNext: next !== generation, claim: words.claim(SLOT, next, 2) };
    };
    exploreAll('a record that comes late', [worker(0), worker(1), reuse], (results) => {
      const late = results[2] as ReturnType<typeof reuse>;
      if (late === undefined) return true;
      const runs = results.slice(0, 2) as Run[];
      return late.isNext && late.claim === 'claimed' && runs.every(({ claim }) => claim !== 'claimed');
    });
  });
});
