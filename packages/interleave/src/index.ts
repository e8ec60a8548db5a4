export {
  interleavingArbitrary,
  type OperationsConstraints,
  operationsArbitrary,
  type ScheduleConstraints,
  scheduleArbitrary,
} from './arbitraries.ts';
export { type ExploreReport, explore } from './explore.ts';
export { checkFifoHistory, type FifoVerdict } from './linearizability/check-fifo-history.ts';
export { checkLinearizable, type Linearizability } from './linearizability/check-linearizable.ts';
export {
  HistoryRecorder,
  type HistoryRecorderHandle,
  type HistoryRecorderOptions,
  type ThreadRecorder,
} from './linearizability/history-recorder.ts';
export {
  fifoModel,
  lifoModel,
  priorityModel,
  type QueueModelOptions,
  type QueueState,
} from './linearizability/queue-model.ts';
export type { SequentialModel } from './linearizability/sequential-model.ts';
export type { ExploreOptions, Progress, ReplayOptions } from './options.ts';
export { type ReplayReport, replay } from './replay.ts';
export {
  type CallOptions,
  type Death,
  type MemorylessClass,
  type Operation,
  type Outcome,
  type Scenario,
  type ScenarioDefinition,
  scenario,
  type ThreadBody,
  type ThreadContext,
} from './scenario.ts';
export { type Failure, type FailureKind, InterleavingFailure } from './telling/failure.ts';
export type { TraceEvent } from './telling/trace.ts';
