export type { GatedAccess } from './gate.ts';
export { runOnThreads, type ThreadsReport } from './run-on-threads.ts';
