import { Mutex } from '@pkg/sync';
import { describe, expect, it } from 'vitest';
import { Control } from './control.ts';
import { Dispatch } from './dispatch.ts';
import { PendingTask } from './pending-task.ts';
import type { PoolWorker } from './pool-worker.ts';

describe('arguments that go by port', () => {
  it('are posted in advance to those workers only that read their mail', () => {
    const control = Control.create(2, 2, 0);
    const posted = [0, 0];
    const workers = [0, 1].map((index) => {
      const state = control.row(index);
      const post = () => {
        posted[index]!++;
        state.countMail();
        // The second one blocks for ever.
        if (index === 0) state.setRead(state.mail);
      };
      return { state, post } as unknown as PoolWorker;
    });
    const dispatch = new Dispatch(
      0,
      control,
      () => workers,
      () => {},
    );
    for (let slot = 0; slot < 1000; slot++) {
      const task = new PendingTask(
        'task',
        () => {},
        () => {},
      );
      task.slot = slot;
      dispatch.send(task, [new Mutex()]);
    }
    expect(posted[0]).toBe(1000);
    expect(posted[1]).toBeLessThan(100);
  });
});
