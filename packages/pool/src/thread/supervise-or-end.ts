import type { Worker } from 'node:worker_threads';
import { type Supervision, supervise } from '@pkg/sync';
import type { LivenessProbe } from '@pkg/sync/kernel';

/**
 * Supervises a worker that has just been started. Where that is refused, ends it: it would run on with nobody to learn of its
 * end.
 *
 * @throws RangeError when 1024 threads are supervised already
 */
export function superviseOrEnd(worker: Worker, probe: LivenessProbe | undefined): Supervision {
  try {
    return supervise(worker, probe);
  } catch (error) {
    void worker.terminate();
    probe?.close();
    throw error;
  }
}
