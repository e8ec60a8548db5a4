import { once } from 'node:events';
import { ThreadPoolExecutor } from '@pkg/pool';
import { Piscina } from 'piscina';
import { FixedThreadPool, PoolEvents, type ThreadPoolOptions, WorkerChoiceStrategies } from 'poolifier';
import Tinypool from 'tinypool';
import workerpool from 'workerpool';

/** The functions of `tasks.mjs`. */
export interface Tasks {
  echo(value: unknown): unknown;
  meet(meeting: { words: Int32Array; count: number }): void;
  hash(piece: number): string;
}

/** A pool, whoever made it, that runs one task of `tasks.mjs`. */
export interface Pool {
  run(value: unknown): PromiseLike<unknown>;
  close(): PromiseLike<unknown>;
}

/** One way to set up a library's pool. */
export interface Setting {
  readonly name: string;
  open(task: keyof Tasks, threads: number): Pool | Promise<Pool>;
}

/** A library, with the settings among which the best counts. The first one runs one task per worker at a time. */
export interface Contender {
  readonly name: string;
  readonly settings: readonly Setting[];
}

const pathOf = (file: string) => new URL(file, import.meta.url);

/** This project's executor, as it is by default. */
export const ours: Contender = {
  name: 'ours',
  settings: [
    {
      name: 'default',
      open(task, threads) {
        const executor = new ThreadPoolExecutor<Tasks>(pathOf('./tasks.mjs'), { maxWorkers: threads });
        return {
          run: (value) => executor.submit(task, [value as never]),
          close: () => executor.shutdown({ timeout: 0 }),
        };
      },
    },
  ],
};

const piscinaSetting = (atomics: 'sync' | 'async' | 'disabled', perWorker: number): Setting => ({
  name: `atomics ${atomics}, ${perWorker} per worker`,
  open(task, threads) {
    const pool = new Piscina({
      filename: pathOf('./tasks.mjs').href,
      name: task,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: perWorker,
      atomics,
      recordTiming: false,
    });
    pool.on('error', () => {});
    return { run: (value) => pool.run(value), close: () => pool.destroy() };
  },
});

const tinypoolSetting = (useAtomics: boolean, perWorker: number): Setting => ({
  name: `atomics ${useAtomics ? 'on' : 'off'}, ${perWorker} per worker`,
  open(task, threads) {
    const pool = new Tinypool({
      filename: pathOf('./tasks.mjs').href,
      name: task,
      minThreads: threads,
      maxThreads: threads,
      concurrentTasksPerWorker: perWorker,
      useAtomics,
    });
    return { run: (value) => pool.run(value), close: () => pool.destroy() };
  },
});

const poolifierSetting = (name: string, options: ThreadPoolOptions): Setting => ({
  name,
  async open(task, threads) {
    const pool = new FixedThreadPool<unknown, unknown>(
      threads,
      pathOf('./tasks-of-poolifier.mjs').pathname,
      options,
    );
    if (!pool.info.ready) await once(pool.emitter!, PoolEvents.ready);
    return { run: (value) => pool.execute(value, task), close: () => pool.destroy() };
  },
});

/** The library that the goals name. */
export const piscina: Contender = {
  name: 'piscina',
  settings: [
    piscinaSetting('sync', 1),
    piscinaSetting('async', 1),
    piscinaSetting('disabled', 1),
    piscinaSetting('sync', 16),
    piscinaSetting('sync', 256),
    piscinaSetting('disabled', 256),
  ],
};

/** The other libraries. */
export const others: readonly Contender[] = [
  {
    name: 'tinypool',
    settings: [
      tinypoolSetting(true, 1),
      tinypoolSetting(false, 1),
      tinypoolSetting(true, 16),
      tinypoolSetting(true, 256),
    ],
  },
  {
    name: 'workerpool',
    settings: [
      {
        name: 'threads',
        open(task, threads) {
          const pool = workerpool.pool(pathOf('./tasks-of-workerpool.mjs').pathname, {
            workerType: 'thread',
            minWorkers: threads,
            maxWorkers: threads,
          });
          // Its promises are a class of its own.
          return {
            run: (value) => pool.exec(task, [value]) as unknown as PromiseLike<unknown>,
            close: () => pool.terminate(true) as unknown as PromiseLike<unknown>,
          };
        },
      },
    ],
  },
  {
    name: 'poolifier',
    settings: [
      poolifierSetting('no tasks queue', {}),
      poolifierSetting('no tasks queue, least used', {
        workerChoiceStrategy: WorkerChoiceStrategies.LEAST_USED,
      }),
      poolifierSetting('tasks queue', { enableTasksQueue: true }),
      poolifierSetting('tasks queue, 256 per worker', {
        enableTasksQueue: true,
        tasksQueueOptions: { concurrency: 256 },
      }),
    ],
  },
];

/** All of them; ours first, then piscina. */
export const contenders: readonly Contender[] = [ours, piscina, ...others];
