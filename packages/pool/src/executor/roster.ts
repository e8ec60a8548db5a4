import { messageOf } from '@pkg/sync/kernel';
import type { Control } from './control.ts';
import type { Settings } from './options.ts';
import { PoolWorker, type WorkerEnd } from './pool-worker.ts';
import type { WorkerData } from './protocol.ts';
import { workerEnded, workerStarted } from './task-events.ts';

/**
 * How many workers in a row may die before they are ready until no more are started, and how many may die ready and idle
 * until none is started that no task asks for. A module that ends its threads by itself, at once or a moment later, would
 * else be started for ever.
 */
const MOST_FRUITLESS = 5;

/** What all workers of an executor are given. */
export type SharedData = Omit<WorkerData, 'code' | 'row' | 'name' | 'control' | 'port' | 'liveness'>;

/** What the roster tells of its workers. */
export interface RosterEvents {
  /** A worker has ended, which nobody has been told yet: what it had sent comes first. */
  ending(): void;
  /** A worker has ended; called before it is replaced. */
  ended(worker: PoolWorker, end: WorkerEnd): void;
  /** No worker is left, and none can be started. */
  broken(what: string, cause: unknown): void;
  /** No worker is left after {@link Roster.close}. */
  empty(): void;
  /** How many workers the tasks under way could use. */
  demand(): number;
}

/** The workers of an executor: starts, counts and replaces them. */
export class Roster {
  readonly #settings: Settings;
  readonly #control: Control;
  readonly #shared: SharedData;
  readonly #events: RosterEvents;
  readonly #byRow: (PoolWorker | undefined)[];
  #started = 0;
  /** Workers in a row that died before they were ready. */
  #fruitless = 0;
  /** Workers in a row that died without a task, although they were ready: one that is ready takes a task that waits. */
  #idleDeaths = 0;
  #closed = false;
  #warned = false;

  constructor(settings: Settings, control: Control, shared: SharedData, events: RosterEvents) {
    this.#settings = settings;
    this.#control = control;
    this.#shared = shared;
    this.#events = events;
    this.#byRow = new Array(settings.maxWorkers).fill(undefined);
  }

  /** The worker of `row`. */
  at(row: number): PoolWorker | undefined {
    return this.#byRow[row];
  }

  /** Every worker that has not ended. */
  all(): PoolWorker[] {
    return this.#byRow.filter((each) => each !== undefined);
  }

  /**
   * Starts the first workers.
   *
   * @throws what `new Worker` throws: its options are wrong, or the system has no room
   */
  begin(): void {
    try {
      this.#grow();
    } catch (error) {
      this.#closed = true;
      this.terminate();
      throw error;
    }
  }

  /**
   * Starts workers up to what the tasks under way could use, within the bounds. Where the system refuses one, those that
   * there are do its work; it is tried again when one ends or a task comes.
   */
  grow(): void {
    try {
      this.#grow();
    } catch (error) {
      if (this.all().length === 0) this.#events.broken('a worker could not be started', error);
      else this.#warnOfRefusal(error);
    }
  }

  #warnOfRefusal(error: unknown): void {
    if (this.#warned) return;
    this.#warned = true;
    process.emitWarning(
      `an executor has ${this.all().length} of ${this.#settings.maxWorkers} workers, as another could not be started: ` +
        messageOf(error),
      { type: 'WorkerRefused', code: 'POOL_WORKER_REFUSED', detail: this.#shared.url },
    );
  }

  #grow(): void {
    if (this.#closed || this.#fruitless >= MOST_FRUITLESS) return;
    const { minWorkers, maxWorkers } = this.#settings;
    const least = this.#idleDeaths < MOST_FRUITLESS ? minWorkers : 0;
    const wanted = Math.max(least, Math.min(maxWorkers, this.#events.demand()));
    for (let live = this.#control.live; live < wanted; live++) {
      const row = this.#byRow.indexOf(undefined);
      // One that has retired is still on its way out; its end comes back here.
      if (row < 0) return;
      this.#start(row);
    }
  }

  /** Takes notice of workers that have ended while the event loop stood still. */
  look(): void {
    for (const worker of this.all()) worker.look();
  }

  /** Replaces nobody from now on. Workers that have nothing to do end by themselves; the others are loading. */
  close(): void {
    this.#closed = true;
    for (const worker of this.all()) if (!worker.state.isReady) worker.terminate();
    if (this.all().length === 0) this.#events.empty();
  }

  /** Ends all workers at whatever instruction they are. */
  terminate(): void {
    for (const worker of this.all()) worker.terminate();
  }

  #start(row: number): void {
    const { name, workerOptions } = this.#settings;
    const data = { ...this.#shared, row, name: `${name}-${++this.#started}` };
    this.#byRow[row] = new PoolWorker(data, this.#control, workerOptions, (worker) => this.#end(worker));
    this.#control.addLive(1);
    if (workerStarted.hasSubscribers) workerStarted.publish({ worker: data.name, url: data.url });
  }

  #end(worker: PoolWorker): void {
    this.#events.ending();
    const end = worker.end;
    const begun = worker.state.taken !== 0;
    if (!end.retired) this.#control.addLive(-1);
    if (workerEnded.hasSubscribers) {
      workerEnded.publish({ worker: worker.name, url: this.#shared.url, exitCode: end.exitCode });
    }
    this.#events.ended(worker, end);
    this.#byRow[worker.row] = undefined;
    if (this.#closed) {
      if (this.all().length === 0) this.#events.empty();
      return;
    }
    const isReady = worker.state.isReady;
    this.#fruitless = isReady || end.retired ? 0 : this.#fruitless + 1;
    if (begun || end.retired) this.#idleDeaths = 0;
    else if (isReady) this.#idleDeaths++;
    const someoneWorks = this.all().some((each) => each.state.isReady);
    if (end.loadFailure !== undefined && !someoneWorks) {
      this.#events.broken(end.loadFailure.what, end.loadFailure.error);
    } else if (this.#fruitless >= MOST_FRUITLESS && this.all().length === 0) {
      this.#events.broken(
        `${this.#fruitless} workers in a row died before they were ready`,
        end.cause ?? new Error(end.how ?? `exit code ${end.exitCode}`),
      );
    } else this.grow();
    // Whoever was woken for a task may be the one that died.
    this.#control.work.notify();
  }
}
