import type { Ledger } from '../ledger.ts';
import type { Settings } from '../options.ts';
import type { PendingTask } from '../pending-task.ts';
import type { TaskWords } from '../task-words.ts';
import type { Parent } from './messages.ts';

interface Waiting extends Parent {
  /** Tasks that it has submitted and that are not done. */
  children: number;
  /** Those of them for which its thread stands still. */
  blocking: number;
}

/**
 * Watches for tasks that wait for tasks of their own while no worker is left to run these.
 *
 * A worker is stuck if the task that it runs waits for one that is not done. If all of them are, nothing moves any
 * more: whatever is queued waits for a worker, whatever runs waits for what is queued. This state can only come
 * about by a submission, so it is enough to look then.
 */
export class Saturation {
  readonly #words: TaskWords;
  readonly #ledger: Ledger;
  readonly #settings: Settings;
  readonly #parents = new Map<string, Waiting>();

  constructor(words: TaskWords, ledger: Ledger, settings: Settings) {
    this.#words = words;
    this.#ledger = ledger;
    this.#settings = settings;
  }

  /** The task `parent` submits another one. Returns what is to be called when that is done. */
  enter(parent: Parent, blocks: boolean): () => void {
    const key = `${parent.slot} ${parent.generation}`;
    let waiting = this.#parents.get(key);
    if (waiting === undefined) {
      waiting = { slot: parent.slot, generation: parent.generation, children: 0, blocking: 0 };
      this.#parents.set(key, waiting);
    }
    const entry = waiting;
    const weight = blocks ? 1 : 0;
    entry.children++;
    entry.blocking += weight;
    return () => {
      entry.blocking -= weight;
      if (--entry.children === 0) this.#parents.delete(key);
    };
  }

  /**
   * Whether no worker is left for the tasks that tasks have submitted: `certain` if every worker's thread stands
   * still until one of them is done; `possible` if some of the tasks that submitted them may go on without.
   */
  look(): 'none' | 'possible' | 'certain' {
    const rows = new Set<number>();
    let certain = true;
    for (const { slot, generation, blocking } of this.#parents.values()) {
      const task = this.#ledger.find(slot, generation);
      if (task === undefined || this.#isFreed(task)) continue;
      const row = this.#words.rowOf(slot);
      if (row < 0) continue;
      rows.add(row);
      if (blocking === 0) certain = false;
    }
    if (rows.size < this.#settings.maxWorkers) return 'none';
    return certain ? 'certain' : 'possible';
  }

  /** Whether the task's worker will be free after some time, whatever the task waits for: terminated, and replaced. */
  #isFreed(task: PendingTask): boolean {
    if (this.#settings.graceMs === Infinity) return false;
    return task.expires || (task.stream === undefined ? task.settled : task.stream.isOver);
  }
}

/** Says what {@link Saturation.look} has found possible. It cannot be told from tasks that wait for nobody. */
export function warnOfSaturation(taskName: string, workers: number, url: string): void {
  process.emitWarning(
    `every worker of an executor (maxWorkers: ${workers}) runs a task that has submitted others, such as ` +
      `'${taskName}', and none is left to run these. If the outer tasks wait for them, they wait for ever: ` +
      'raise maxWorkers, or use an executor of its own for the inner tasks',
    { type: 'ExecutorSaturated', code: 'POOL_EXECUTOR_SATURATED', detail: url },
  );
}
