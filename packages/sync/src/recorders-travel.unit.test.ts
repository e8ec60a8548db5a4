import { HistoryRecorder } from '@pkg/interleave';
import { expect, it } from 'vitest';
import { HANDLE, isSharedObject, KIND, revive, type SharedObject } from './shared-object.ts';

it('a recorder of histories, whose package depends on none, travels as every shared object does', () => {
  const recorder = new HistoryRecorder({
    threads: 1,
    capacity: 1,
    operations: ['put'],
    errors: ['QueueFull'],
  });
  expect(isSharedObject(recorder)).toBe(true);
  const handle = structuredClone((recorder as unknown as SharedObject)[HANDLE]());
  expect(handle[KIND]).toBe('@pkg/interleave.HistoryRecorder');
  const arrived: unknown = revive(handle);
  if (!(arrived instanceof HistoryRecorder)) throw new TypeError('it arrived as something else');
  arrived.thread(0).call('put', 7, () => undefined);
  expect(recorder.history()).toMatchObject([{ thread: 0, name: 'put', args: [7] }]);
  expect(arrived.handle).toEqual(recorder.handle);
});
