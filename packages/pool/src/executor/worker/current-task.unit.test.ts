import { expect, it } from 'vitest';
import { NoCurrentTask } from '../errors.ts';
import { currentTask } from './current-task.ts';

it('says that the calling thread runs no task, by a class and a code of its own', () => {
  expect(currentTask).toThrow(NoCurrentTask);
  expect(currentTask).toThrow(
    expect.objectContaining({
      code: 'POOL_NO_CURRENT_TASK',
      message: expect.stringContaining('currentTask()'),
    }),
  );
});
