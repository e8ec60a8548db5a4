import type { ExecutorBody } from '../executor-body.ts';

/** The executors that this thread has made and given handles of, by their channels. */
export const ownExecutors = new Map<string, ExecutorBody>();
