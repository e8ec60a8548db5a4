import { checkLinearizable, type Operation, type Outcome, type SequentialModel } from '@pkg/interleave';
import type { Kind } from './queue-kinds.fixture.ts';
import { type Part, type QueueModelOptions, type QueueState, queueModel } from './queue-model.fixture.ts';
import type { SharedQueue } from './shared-queue.ts';
import { TaskQueue } from './task-queue.ts';

/** The queue that a scenario is about. */
export interface OutcomeCheckOptions extends Omit<QueueModelOptions, 'name' | 'compare'> {
  readonly kind: Kind;
}

/** Number of the thread that looks at what is left. */
export const OBSERVER = 7;

/** Histories that are remembered. */
const MOST_PASSED = 100_000;

/**
 * Judges executions of one scenario: what the threads saw, and what an observer finds in the end, must be what the
 * model can have done in some order. So nothing is lost, doubled or out of order, after deaths as well. Once all
 * is taken and done, `join` must not wait, and nothing may be left in memory.
 */
export class OutcomeCheck {
  readonly #options: OutcomeCheckOptions;
  readonly #model: SequentialModel<QueueState>;
  /** Histories that were found to be right: most executions of a scenario share theirs with others. */
  readonly #passed = new Set<string>();
  /** Parts of the history that is being judged. */
  readonly #parts = new Map<Operation, Part>();

  constructor(options: OutcomeCheckOptions) {
    const { kind, ...rest } = options;
    this.#options = options;
    this.#model = queueModel({ ...rest, name: `a ${kind.name}`, compare: kind.compare }, (operation) =>
      this.#parts.get(operation),
    );
  }

  /** Throws when the outcome is wrong. */
  judge({ history }: Outcome<unknown, void>, observer: SharedQueue<number>): void {
    const seen = [...history, ...observe(observer, history)];
    const key = seen.map(textOf).join();
    if (!this.#passed.has(key)) {
      const verdict = checkLinearizable(this.#split(seen), this.#model);
      if (!verdict.linearizable) throw new Error(verdict.message);
      if (this.#passed.size >= MOST_PASSED) this.#passed.clear();
      this.#passed.add(key);
    }
    this.#settle(observer, history);
  }

  /**
   * A batch goes in by one step where there is no bound and memory is plenty, which leases take up. Else by one or
   * more steps, in order, of as many items as there was room for, until all are in or it ends in an error.
   * `recover` changes nothing that a caller can see.
   */
  #split(history: readonly Operation[]): Operation[] {
    const { maxsize, redeliver } = this.#options;
    this.#parts.clear();
    let batches = 0;
    return history
      .filter(({ name }) => name !== 'recover')
      .flatMap((operation) => {
        if (!operation.name.startsWith('putMany')) return [operation];
        const { error, ...call } = operation;
        const isWhole = maxsize === 0 && !redeliver && error === undefined;
        if (isWhole) return [operation];
        const items = operation.args[0] as readonly number[];
        const accepted = error === undefined ? items.length : (error as { accepted: number }).accepted;
        const parts: Operation[] = items
          .slice(0, accepted)
          .map((item) => ({ ...call, name: 'put', args: [item] }));
        if (error !== undefined) parts.push({ ...call, name: 'put', args: [items[accepted]], error });
        const batch = batches++;
        for (const [part, each] of parts.entries()) this.#parts.set(each, { batch, part });
        return parts;
      });
  }

  #settle(observer: SharedQueue<number>, history: readonly Operation[]): void {
    const { kind } = this.#options;
    let letters = 0;
    if (observer instanceof TaskQueue) {
      const unfinished = observer.unfinishedTasks;
      if (unfinished > 0) observer.taskDone(unfinished);
      observer.join({ timeout: 0 });
      letters = observer.deadLetters().length;
    }
    const discards = history.some(
      ({ name, args }) => name === 'shutdown' && (args[0] as { immediate: boolean }).immediate,
    );
    if (letters > 0 || (discards && kind.keepsDiscarded)) return;
    const { bytesInUse } = observer.stats();
    const idle = kind.idlePages * kind.geometry.pageWords * 4;
    if (bytesInUse > idle) throw new Error(`${bytesInUse} bytes are in use for an empty queue, not ${idle}`);
  }
}

/** All of an operation that the verdict depends on, given the scenario. */
function textOf({ thread, name, start, end, result, error }: Operation): string {
  const { name: kind = '', accepted = '' } = (error ?? {}) as { name?: string; accepted?: number };
  return `${thread}${name}${start}-${end}${kind}${accepted}=${result}`;
}

/** What is there after everybody has ended, as operations that one more thread makes. */
function observe(observer: SharedQueue<number>, history: readonly Operation[]): Operation[] {
  let clock = 1;
  for (const { start, end } of history) clock = Math.max(clock, start + 1, end === Infinity ? 0 : end + 1);
  const seen: Operation[] = [];
  const note = (name: string, result: unknown) => {
    seen.push({ thread: OBSERVER, name, args: [], start: clock, end: clock + 1, result });
    clock += 2;
  };
  if (observer instanceof TaskQueue) {
    note('unfinishedTasks', observer.unfinishedTasks);
    note('deadLetters', observer.deadLetters());
  }
  const queued = observer.qsize();
  note('qsize', queued);
  for (let n = 0; n < queued; n++) note('getNowait', observer.getNowait());
  note('qsize', observer.qsize());
  return seen;
}
