import { perThread } from '@pkg/sync/kernel';
import type { ExecutorBody } from '../executor-body.ts';

/** The executors that this thread has made and given handles of, by their channels. */
export const ownExecutors = perThread('@pkg/pool.own-executors', () => new Map<string, ExecutorBody>());
