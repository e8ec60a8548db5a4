import { packError } from '../thread/error-travel.ts';
import type { Graces } from './graces.ts';
import type { Ledger } from './ledger.ts';
import type { Settings } from './options.ts';
import type { PendingTask } from './pending-task.ts';
import type { Roster } from './roster.ts';
import type { TaskWords } from './task-words.ts';

/**
 * Sees to it that a task that has left for the queue does not run, or not for long: it is told, and after the time of
 * grace its worker is terminated.
 */
export function callOff(
  task: PendingTask,
  reason: unknown,
  executor: { words: TaskWords; ledger: Ledger; roster: Roster; graces: Graces; settings: Settings },
): void {
  const { words, ledger, roster, graces, settings } = executor;
  const row = words.cancel(task.slot);
  // Nobody has taken it: whoever does drops it, and says so.
  if (row < 0) return;
  const { slot, generation } = task;
  const worker = roster.at(row);
  worker?.post({ type: 'cancel', slot, generation, reason: packError(reason) });
  task.release = graces.begin(settings.graceMs, () => {
    if (ledger.find(slot, generation) === task && words.kill(slot)) worker?.terminate();
  });
}
