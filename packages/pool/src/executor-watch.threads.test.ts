import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it } from 'vitest';
import { type TaskFailed, type TaskFinished, ThreadPoolExecutor } from './index.ts';

type Tasks = typeof import('../test/fixtures/tasks.ts');
const url = new URL('../test/fixtures/tasks.ts', import.meta.url);
const names = [
  'task:submitted',
  'task:retried',
  'task:finished',
  'task:failed',
  'worker:started',
  'worker:ended',
];

describe('whoever watches an executor', () => {
  it('is told of every step of a task, and of the workers', async () => {
    const told: { channel: string; message: TaskFinished & TaskFailed }[] = [];
    const listeners = names.map((channel) => {
      const listener = (message: unknown) => told.push({ channel, message: message as never });
      subscribe(`@pkg/pool:${channel}`, listener);
      return () => unsubscribe(`@pkg/pool:${channel}`, listener);
    });
    const executor = new ThreadPoolExecutor<Tasks>(url, { maxWorkers: 1 });
    await executor.submit('add', [1, 2]);
    await executor.submit('fail').catch(() => {});
    await executor.submit('perish', ['exit'], { retries: 1 }).catch(() => {});
    for await (const _ of executor.submit('countTo', [2]));
    await executor.shutdown();
    for (const stop of listeners) stop();
    const steps = told.map(({ channel, message }) => `${channel} ${message.task ?? message.worker}`);
    expect(steps).toEqual([
      'worker:started worker-1',
      'task:submitted add',
      'task:finished add',
      'task:submitted fail',
      'task:failed fail',
      'task:submitted perish',
      'worker:ended worker-1',
      'task:retried perish',
      'task:submitted perish',
      'worker:started worker-2',
      'worker:ended worker-2',
      'task:failed perish',
      'worker:started worker-3',
      'task:submitted countTo',
      'task:finished countTo',
      'worker:ended worker-3',
    ]);
    const { message } = told[2]!;
    expect(message).toMatchObject({ url: url.href, worker: 'worker-1' });
    expect(message.beganAt).toBeGreaterThanOrEqual(message.submittedAt - 1);
    expect(message.endedAt).toBeGreaterThanOrEqual(message.beganAt!);
    expect(told[11]!.message).toMatchObject({ worker: 'worker-2', error: { code: 'POOL_WORKER_DIED' } });
  });

  it('gets a trace that Perfetto opens, with a track for each worker', async () => {
    const executor = new ThreadPoolExecutor<Tasks>(url, { maxWorkers: 2 });
    const trace = executor.trace();
    await Promise.all([executor.broadcast('whoAmI'), executor.submit('fail').catch(() => {})]);
    trace.stop();
    await executor.submit('add', [1, 2]);
    await executor.shutdown();
    const { traceEvents } = JSON.parse(JSON.stringify(trace)) as ReturnType<typeof trace.toJSON>;
    const tracks = traceEvents.filter((each) => each.ph === 'M').map((each) => each.args['name']);
    expect(tracks.sort()).toEqual(['worker-1', 'worker-2']);
    const runs = traceEvents.filter((each) => each.ph === 'X');
    expect(runs.map((each) => each.name).sort()).toEqual(['fail', 'whoAmI', 'whoAmI']);
    expect(new Set(runs.map((each) => each.tid)).size).toBe(2);
    for (const run of runs) {
      expect(run.dur).toBeGreaterThanOrEqual(0);
      expect(run.args['waited']).toBeGreaterThanOrEqual(0);
      expect(run.pid).toBe(process.pid);
    }
    expect(runs.find((each) => each.name === 'fail')).toMatchObject({
      cat: 'task,failed',
      args: { error: 'bad' },
    });
  });
});
