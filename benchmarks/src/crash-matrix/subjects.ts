import { ThreadPoolExecutor } from '@pkg/pool';
import { Piscina } from 'piscina';
import { FixedThreadPool } from 'poolifier';
import Tinypool from 'tinypool';
import workerpool from 'workerpool';
import type { Kind } from './cells.ts';

/** Every worker has this much heap, so that it runs out of it soon. */
const resourceLimits = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4 };

/** How long a shutdown may take, in milliseconds, for libraries that have such a limit. */
const GENTLE = 1000;

type TaskName = 'doomed' | 'legacy' | 'innocent';

/** A pool of one worker, in the process of one cell. */
export interface Subject {
  run(task: TaskName, value: unknown): PromiseLike<unknown>;
  /** Runs the task that streams; absent where the library has nothing of the kind. */
  stream?(value: unknown, onItem: (item: unknown) => void): PromiseLike<unknown>;
  /** The gentlest end that the library documents. */
  shutdown(): PromiseLike<unknown>;
}

const pathOf = (file: string) => new URL(file, import.meta.url);

/** The file with which a library's worker starts, for the deaths at the start another one than else. */
function fileFor(kind: Kind, tasks: string, initialiser: string): string {
  return pathOf(kind === 'module' ? './broken.mjs' : kind === 'initializer' ? initialiser : tasks).pathname;
}

interface Tasks {
  doomed(value: unknown): unknown;
  legacy(value: unknown): unknown;
  innocent(value: unknown): unknown;
  stream(value: unknown): AsyncGenerator<unknown>;
  failToInitialise(): unknown;
}

/** The libraries, by the names under which they are installed. */
export const subjects: Readonly<Record<string, (kind: Kind) => Subject>> = {
  '@pkg/pool'(kind) {
    const executor = new ThreadPoolExecutor<Tasks>(
      pathOf(kind === 'module' ? './broken.mjs' : './tasks.mjs'),
      {
        maxWorkers: 1,
        resourceLimits,
        ...(kind === 'initializer' ? { initializer: 'failToInitialise' as const } : {}),
      },
    );
    return {
      run: (task, value) => executor.submit(task, [value]),
      async stream(value, onItem) {
        for await (const item of executor.submit('stream', [value])) onItem(item);
      },
      shutdown: () => executor.shutdown(),
    };
  },

  piscina(kind) {
    const pool = new Piscina({
      filename: fileFor(kind, './tasks.mjs', './initialiser-of-piscina.mjs'),
      minThreads: 1,
      maxThreads: 1,
      resourceLimits,
      // By default a worker is frozen while it is idle: its timers then strike the next task.
      atomics: 'async',
      closeTimeout: GENTLE,
    });
    pool.on('error', () => {});
    return {
      run: (task, value) => pool.run(value, kind === 'initializer' ? {} : { name: task }),
      shutdown: () => pool.close(),
    };
  },

  tinypool(kind) {
    const pool = new Tinypool({
      filename: fileFor(kind, './tasks.mjs', './initialiser-of-piscina.mjs'),
      minThreads: 1,
      maxThreads: 1,
      resourceLimits,
      // As for piscina.
      useAtomics: false,
      terminateTimeout: GENTLE,
    });
    pool.on('error', () => {});
    return {
      run: (task, value) => pool.run(value, kind === 'initializer' ? {} : { name: task }),
      shutdown: () => pool.destroy(),
    };
  },

  workerpool(kind) {
    const pool = workerpool.pool(
      fileFor(kind, './tasks-of-workerpool.mjs', './initialiser-of-workerpool.mjs'),
      { workerType: 'thread', minWorkers: 1, maxWorkers: 1, workerThreadOpts: { resourceLimits } },
    );
    const execute = pool.exec.bind(pool) as (...args: unknown[]) => unknown;
    return {
      run: (task, value) => execute(task, [value]) as PromiseLike<unknown>,
      stream: (value, on) => execute('stream', [value], { on }) as PromiseLike<unknown>,
      shutdown: () => pool.terminate(false, GENTLE) as unknown as PromiseLike<unknown>,
    };
  },

  poolifier(kind) {
    const pool = new FixedThreadPool<unknown, unknown>(
      1,
      fileFor(kind, './tasks-of-poolifier.mjs', './initialiser-of-poolifier.mjs'),
      {
        enableTasksQueue: true,
        tasksQueueOptions: { tasksFinishedTimeout: GENTLE },
        errorHandler: () => {},
        workerOptions: { resourceLimits },
      },
    );
    pool.emitter?.on('error', () => {});
    return {
      run: (task, value) => pool.execute(value, task),
      shutdown: () => pool.destroy(),
    };
  },
};
