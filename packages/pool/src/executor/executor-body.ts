import type { ExecutorHandle } from './attached/messages.ts';
import type { ShutdownOptions, SubmitOptions } from './options.ts';
import type { ExecutorStats } from './stats.ts';
import type { Task } from './task.ts';
import type { TaskTrace } from './task-trace.ts';

/** An executor without its types: the executor itself, or what another thread sees of it. */
export interface ExecutorBody {
  readonly maxWorkers: number;
  readonly handle: ExecutorHandle;
  submit(name: string, args: readonly unknown[], options?: SubmitOptions): Task<unknown>;
  submitSync(name: string, args: readonly unknown[], options: SubmitOptions): unknown;
  broadcast(name: string, args: readonly unknown[]): Promise<unknown[]>;
  stats(): ExecutorStats;
  trace(): TaskTrace;
  shutdown(options: ShutdownOptions): Promise<void>;
}
