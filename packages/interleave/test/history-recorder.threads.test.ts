import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { checkFifoHistory, checkLinearizable, fifoModel, HistoryRecorder } from '../src/index.ts';

/** Makes a history of operations by a queue under one lock, on this thread and in the recorder's own format. */
function recordInterleaved(recorder: HistoryRecorder, operations: number): void {
  const queue: number[] = [];
  const logs = [0, 1, 2, 3].map((thread) => recorder.thread(thread));
  for (let i = 0; i < operations; i++) {
    const log = logs[i % 4] as (typeof logs)[0];
    if (i % 3 !== 2) log.call('put', i, () => void queue.push(i));
    else {
      const take = () => {
        const item = queue.shift();
        if (item === undefined) throw Object.assign(new Error('empty'), { name: 'QueueEmpty' });
        return item;
      };
      try {
        log.call('get', undefined, take);
      } catch (error) {
        if ((error as Error).name !== 'QueueEmpty') throw error;
      }
    }
  }
}

describe('HistoryRecorder', () => {
  it('gives back what was recorded, errors and pending operations included', () => {
    const recorder = new HistoryRecorder({
      threads: 2,
      capacity: 4,
      operations: ['put', 'get'],
      errors: ['QueueEmpty'],
    });
    const log = HistoryRecorder.from(recorder.handle).thread(1);
    expect(log.call('put', 7, () => undefined)).toBeUndefined();
    expect(log.call('get', undefined, () => 7)).toBe(7);
    const empty = Object.assign(new Error('no'), { name: 'QueueEmpty' });
    expect(() =>
      log.call('get', undefined, () => {
        throw empty;
      }),
    ).toThrow(empty);
    expect(() =>
      log.call('get', undefined, () => {
        throw new TypeError('other');
      }),
    ).toThrow(TypeError);
    expect(recorder.history()).toEqual([
      { thread: 1, name: 'put', args: [7], start: 0, end: 1 },
      { thread: 1, name: 'get', args: [], start: 2, end: 3, result: 7 },
      { thread: 1, name: 'get', args: [], start: 4, end: 5, error: { name: 'QueueEmpty' } },
      { thread: 1, name: 'get', args: [], start: 6, end: Number.POSITIVE_INFINITY },
    ]);
    expect(() => log.call('put', 1, () => undefined)).toThrow(/all of its 4 operations/);
    expect(() => recorder.thread(0).call('peek', 1, () => undefined)).toThrow(/none of the recorded/);
    expect(() => recorder.thread(2)).toThrow(RangeError);
  });

  it.each([
    [Number.NaN, /An argument is a number other than NaN, or undefined, not NaN \(number\)/],
    ['7', /not 7 \(string\)/],
    [7n, /not 7 \(bigint\)/],
    [null, /not null \(object\)/],
    [Object.create(null), /not an object that cannot become a string/],
  ])('refuses the argument %s before the operation begins', (argument, message) => {
    const recorder = new HistoryRecorder({ threads: 1, capacity: 1, operations: ['put'] });
    const log = recorder.thread(0);
    let calls = 0;
    const refusal = expect.objectContaining({ name: 'RangeError', message: expect.stringMatching(message) });
    expect(() => log.call('put', argument as never, () => void calls++)).toThrow(refusal);
    expect(calls).toBe(0);
    expect(recorder.history()).toEqual([]);
    log.call('put', -0, () => void calls++);
    expect(recorder.history()).toMatchObject([{ args: [-0] }]);
  });

  it.each([
    [undefined, /options are an object such as .* not undefined/],
    [{ error: ['QueueEmpty'] }, /no option 'error'; there are threads, capacity, operations, errors, memory/],
    [{ operations: undefined }, /operations is a non-empty array of names, not undefined \(undefined\)/],
    [{ operations: [] }, /operations is a non-empty array of names, not \[\] \(array\)/],
    [{ operations: 'put' }, /operations is a non-empty array of names, not put \(string\)/],
    [{ operations: ['put', 1] }, /operations is a non-empty array of names, not \[put,1\] \(array\)/],
    [{ errors: 'QueueEmpty' }, /errors is an array of names, not QueueEmpty \(string\)/],
  ])('refuses the options %j', (options, message) => {
    const valid = { threads: 1, capacity: 1, operations: ['put'] };
    const refusal = expect.objectContaining({ name: 'TypeError', message: expect.stringMatching(message) });
    expect(() => new HistoryRecorder((options && { ...valid, ...options }) as never)).toThrow(refusal);
  });

  it('takes a long history, which the FIFO checker passes, and fails once they are tampered with', () => {
    const operations = 200_000;
    const recorder = new HistoryRecorder({
      threads: 4,
      capacity: operations / 4,
      operations: ['put', 'get'],
      errors: ['QueueEmpty'],
    });
    recordInterleaved(recorder, operations);
    const history = recorder.history();
    expect(history).toHaveLength(operations);
    expect(checkFifoHistory(history)).toEqual({ linearizable: true });
    const gets = history.flatMap(({ result }, index) => (result === undefined ? [] : [index]));
    const [a, b] = [gets[500] as number, gets[900] as number];
    const [first, second] = [history[a], history[b]];
    if (first === undefined || second === undefined) throw new Error('no gets');
    history[a] = { ...first, result: second.result };
    history[b] = { ...second, result: first.result };
    expect(checkFifoHistory(history)).toMatchObject({ linearizable: false, reason: 'order' });
  });

  it('orders what real threads do by one clock', async () => {
    // Both threads take tickets from a shared counter: a queue of numbers in order, so to speak.
    const recorder = new HistoryRecorder({ threads: 2, capacity: 500, operations: ['get'] });
    const source = new SharedArrayBuffer(4);
    const script = `
      const { workerData, parentPort } = require('node:worker_threads');
      const { handle, index, source } = workerData;
      const words = new Int32Array(source);
      import(workerData.module).then(({ HistoryRecorder }) => {
        const log = HistoryRecorder.from(handle).thread(index);
        for (let i = 0; i < 500; i++) log.call('get', undefined, () => Atomics.add(words, 0, 1));
        parentPort.postMessage('done');
      });
      `;
    const typed = !(process.features as { typescript?: unknown }).typescript;
    const register = typed
      ? "import('tsx/esm/api').then(({ register }) => { register(); return import(workerData.module); })"
      : 'import(workerData.module)';
    const module = new URL('../src/linearizability/history-recorder.ts', import.meta.url).href;
    await Promise.all(
      [0, 1].map(
        (index) =>
          new Promise((resolve, reject) => {
            const worker = new Worker(script.replace('import(workerData.module)', register), {
              eval: true,
              workerData: { handle: recorder.handle, index, source, module },
            });
            worker.once('error', reject);
            worker.once('exit', resolve);
          }),
      ),
    );
    const history = recorder.history();
    expect(history).toHaveLength(1000);
    const counter = {
      name: 'a counter',
      initial: () => 0,
      apply: (state: number, { result }: { readonly result?: unknown }) =>
        result === state ? [state + 1] : [],
      key: String,
    };
    const verdict = checkLinearizable(history, counter);
    expect(verdict.linearizable).toBe(true);
    expect(checkLinearizable(history.slice(0, 4), fifoModel()).linearizable).toBe(false);
  });
});
