export type { ExecutorHandle } from './executor/attached/messages.ts';
export {
  ExecutorBroken,
  ExecutorDeadlock,
  ExecutorShutDown,
  NoCurrentTask,
  TaskCancelled,
  TaskNeverSettled,
  TaskNotFound,
  TaskTimeout,
  TaskValueError,
} from './executor/errors.ts';
export type { MapOptions } from './executor/map-tasks.ts';
export { move } from './executor/move.ts';
export type { ExecutorOptions, ShutdownOptions, SubmitOptions } from './executor/options.ts';
export type { DurationStats, ExecutorStats, WorkerStats } from './executor/stats.ts';
export type { Task } from './executor/task.ts';
export type {
  TaskFailed,
  TaskFinished,
  TaskStarted,
  TaskSubmitted,
  WorkerEvent,
} from './executor/task-events.ts';
export type { TaskTrace, TraceEvent } from './executor/task-trace.ts';
export type { TaskArgs, TaskItem, TaskName, TaskResult } from './executor/task-types.ts';
export { type CurrentTask, currentTask } from './executor/worker/current-task.ts';
export * from './thread-module.ts';
export { type TaskCalls, ThreadPoolExecutor } from './thread-pool-executor.ts';
export { RestartsExhausted } from './worker-pool/restarts-exhausted.ts';
export { WorkerPool, type WorkerPoolOptions } from './worker-pool.ts';
