/** What happens to results that the owner cannot take: no thread runs here. */
import { describe, expect, it } from 'vitest';
import { packError } from '../thread/error-travel.ts';
import { TaskValueError } from './errors.ts';
import { Ledger } from './ledger.ts';
import { Observer } from './observer.ts';
import { PendingTask } from './pending-task.ts';
import type { PoolWorker } from './pool-worker.ts';
import { ERROR, ITEM, POSTED, PROGRESS, tagOf, VALUE } from './protocol.ts';
import { Results } from './results.ts';
import { TaskWords } from './task-words.ts';

const unreadable = new RangeError('too deep');

/** A task under way whose worker has posted something that cannot be read. */
function makeTask() {
  const words = TaskWords.create();
  const ledger = new Ledger(words);
  const outcomes: unknown[] = [];
  const cancelled: unknown[] = [];
  const worker = {
    takeValue: () => {
      throw unreadable;
    },
  } as unknown as PoolWorker;
  const results = new Results(
    'file:///tasks.js',
    words,
    ledger,
    new Observer('', 0, () => {}),
    () => worker,
    {
      cancel: (_, reason) => cancelled.push(reason),
      callOff: () => {},
      listed: () => {},
      left: () => {},
    },
  );
  const keep = (outcome: unknown) => outcomes.push(outcome);
  const task = new PendingTask('work', keep, keep);
  ledger.enter(task);
  const deliver = (kind: number, value?: unknown) =>
    results.deliver([task.slot, tagOf(task.generation, kind), value]);
  return { task, ledger, results, deliver, outcomes, cancelled };
}

describe('what the owner cannot read', () => {
  it.each([
    ['a result', VALUE, 'result'],
    ['an error', ERROR, 'error'],
  ])('ends the task as %s', (_, kind, path) => {
    const { ledger, results, deliver, outcomes } = makeTask();
    deliver(kind | POSTED);
    expect(outcomes).toEqual([expect.any(TaskValueError)]);
    expect(outcomes[0]).toMatchObject({ path, taskName: 'work', cause: unreadable });
    expect([ledger.size, results.done, results.failed]).toEqual([0, 0, 1]);
  });

  it('ends the task as an error that came by the queue', () => {
    const { deliver, outcomes } = makeTask();
    deliver(ERROR, { ...packError(new Error('x')), root: null });
    expect(outcomes[0]).toMatchObject({ code: 'POOL_TASK_VALUE', path: 'error' });
  });

  it('calls the task off as an item, or as progress that somebody asked for', () => {
    const { task, deliver, outcomes, cancelled } = makeTask();
    deliver(PROGRESS | POSTED);
    expect(cancelled).toEqual([]);
    task.onProgress = () => {};
    deliver(PROGRESS | POSTED);
    deliver(ITEM | POSTED);
    expect(cancelled).toMatchObject([{ path: 'progress' }, { path: 'item' }]);
    expect(outcomes).toEqual([]);
  });
});
