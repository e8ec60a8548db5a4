import { withType } from './with-type.ts';

/** Options of {@link ThreadContext.call}. */
export interface CallOptions {
  /**
   * Says all that the body's own objects keep from the operation for what comes after it, such as a count that one of them
   * holds. The exhaustive search then takes two ways through the operation to the same outcome and the same of this for
   * one, which spares it what the operation has seen on its way: outcome and this are compared by content, as those of
   * {@link ScenarioDefinition.memoryless} are. Called in the operation's thread when the operation has returned or thrown. If
   * something is kept of which this does not tell, executions are missed, or the body is found to be nondeterministic.
   * Default: nobody knows, and every way is one of its own.
   */
  readonly keeps?: () => unknown;
}

/** What a body gets beside the scenario's context: its place in the model. */
export interface ThreadContext {
  /** The thread's number: its place in {@link ScenarioDefinition.threads}; recoveries are numbered after them. */
  readonly index: number;
  /**
   * Runs `body` and notes it as one operation of the history that `check` receives, for
   * `checkLinearizable`. An error out of `body` is noted as the operation's outcome and thrown on.
   *
   * @throws {TypeError} if `options.keeps` is given and no function
   * @example thread.call('put', [7], () => queue.put(7));
   */
  call<Result>(name: string, args: readonly unknown[], body: () => Result, options?: CallOptions): Result;
}

/** What `recover` learns about the death that it cleans up after. */
export interface Death {
  /** The thread of the scenario that died first. */
  readonly killed: number;
  /** That thread and every recovery of it that died as well: all whose traces are still to be removed. */
  readonly dead: readonly number[];
}

/** One operation of a recorded history. Times are ticks of one clock: only their order means anything. */
export interface Operation {
  readonly thread: number;
  readonly name: string;
  readonly args: readonly unknown[];
  /** When it was called. */
  readonly start: number;
  /** When it returned or threw; `Infinity` for one that never did, its thread having died or stopped in it. */
  readonly end: number;
  /** What it returned. */
  readonly result?: unknown;
  /** What it threw, if it did; for `undefined` an error that says so. */
  readonly error?: unknown;
}

/** What `check` looks at after every execution. */
export interface Outcome<Context = unknown, Result = unknown> {
  readonly context: Context;
  /** What each thread returned; `undefined` for one that was killed. */
  readonly results: readonly (Result | undefined)[];
  /**
   * The threads that were killed, in order; recoveries among them are numbered after the scenario's threads. Of several
   * orders of two deaths that nothing else depends on, the exhaustive search may show one.
   */
  readonly killed: readonly number[];
  /** The operations that the bodies ran through `thread.call`, by start. */
  readonly history: readonly Operation[];
}

/** A function that the model runs as one thread: plain, synchronous and, but for shared memory, pure. */
export type ThreadBody<Context = unknown, Result = unknown> = (
  context: Context,
  thread: ThreadContext,
) => Result;

/** A class whose objects keep nothing in themselves: see {@link ScenarioDefinition.memoryless}. */
export type MemorylessClass = abstract new (...args: never[]) => object;

/** The parts of a {@link Scenario}. `Result` is what every body returns; name it if `check` is to know it. */
export interface ScenarioDefinition<Context, Result = unknown> {
  /** Stands in the report and in the line that replays a failure. */
  readonly name: string;
  /**
   * Makes the shared memory, once for each `explore` or `replay`. Between executions the model puts shared
   * memory back to what it was after `setup`; it cannot put back anything else. So let the context hold
   * shared memory and constants only, and make every object that has state of its own inside the bodies,
   * as each real thread makes its own from a handle. (All bodies run in one thread: an object that tells threads apart by
   * who they are, such as a `Mutex` of `@pkg/sync`, takes them for one.) Shared memory from before that the context holds is
   * the scenario's as well, and what the scenario writes there is put back in the end.
   */
  setup(): Context;
  /**
   * Classes whose objects keep nothing in themselves, such as a lock in shared memory: all that a method leaves behind
   * is in shared memory and in what it returns or throws. The exhaustive search then takes two ways through a method
   * to the same outcome for one, which spares it most of what threads see while they contend. If a class does keep
   * something, executions are missed, or bodies are found to be nondeterministic. Outcomes are compared by content: numbers, texts, arrays, plain objects,
   * errors by class, name and message. Default: none.
   */
  readonly memoryless?: readonly MemorylessClass[];
  /**
   * One to four bodies. A body is run many times over from its start, and not at all where a search knows from earlier
   * executions what it does: it must depend on shared memory only, and leave nothing behind elsewhere.
   */
  readonly threads: readonly ThreadBody<NoInfer<Context>, Result>[];
  /**
   * Runs as a further thread after a thread was killed. It may be killed too, and then runs anew in a fresh
   * thread.
   */
  recover?(context: NoInfer<Context>, death: Death, thread: ThreadContext): void;
  /**
   * Judges the final state: throws, or returns `false`, if it is wrong; anything else that it returns is ignored.
   * Writes that it makes to shared memory are undone; results and history it must not change, as other executions end with
   * the same objects. Of executions that come to the same end, the exhaustive search lets it judge one.
   */
  check?(outcome: Outcome<NoInfer<Context>, Result>): unknown;
  /** Names for shared memory in reports; by default the names of the context's properties. */
  names?(context: NoInfer<Context>): Readonly<Record<string, ArrayBufferView | SharedArrayBuffer>>;
}

/** A small concurrent program to be explored. Make one with {@link scenario}. */
export type Scenario<Context = unknown, Result = unknown> = Readonly<ScenarioDefinition<Context, Result>>;

/**
 * Defines a scenario for `explore` and `replay`, and checks its parts.
 *
 * @throws {TypeError} if a part is missing or of the wrong type; `RangeError` if there are no threads or
 * more than four.
 * @example
 * const counter = scenario({
 *   name: 'two increments',
 *   setup: () => ({ count: new Int32Array(new SharedArrayBuffer(4)) }),
 *   threads: [({ count }) => Atomics.add(count, 0, 1), ({ count }) => Atomics.add(count, 0, 1)],
 *   check: ({ context }) => context.count[0] === 2,
 * });
 * explore(counter);
 */
export function scenario<Context, Result = unknown>(
  definition: ScenarioDefinition<Context, NoInfer<Result>>,
): Scenario<Context, Result> {
  checkScenario(definition);
  return Object.freeze({ ...definition });
}

/**
 * Checks the parts of a scenario, also of one that {@link scenario} has not made: it is an object as any other.
 *
 * @throws as `scenario` does
 */
export function checkScenario<Context, Result>(definition: ScenarioDefinition<Context, Result>): void {
  if (typeof definition !== 'object' || definition === null) {
    throw new TypeError(`A scenario is { name, setup, threads, … }, not ${show(definition)}`);
  }
  const { name, setup, threads, recover, check, names, memoryless = [], ...others } = definition;
  if (typeof name !== 'string' || name === '')
    throw new TypeError(`A scenario's name is a text, not ${show(name)}`);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    throw new TypeError(
      `Scenario '${name}': there is no part '${unknown}'; there are ` +
        'name, setup, threads, recover, check, names, memoryless',
    );
  }
  for (const [part, value, optional] of [
    ['setup', setup, false],
    ['recover', recover, true],
    ['check', check, true],
    ['names', names, true],
  ] as const) {
    if (typeof value !== 'function' && !(optional && value === undefined)) {
      throw new TypeError(`Scenario '${name}': ${part} is a function, not ${show(value)}`);
    }
  }
  if (!Array.isArray(memoryless) || !memoryless.every((each) => typeof each?.prototype === 'object')) {
    throw new TypeError(`Scenario '${name}': memoryless is an array of classes, not ${show(memoryless)}`);
  }
  if (!Array.isArray(threads))
    throw new TypeError(`Scenario '${name}': threads is an array, not ${show(threads)}`);
  if (threads.length < 1 || threads.length > 4) {
    throw new RangeError(`Scenario '${name}': it has ${threads.length} threads; give it 1 to 4`);
  }
  for (const [index, body] of threads.entries()) {
    if (typeof body !== 'function') {
      throw new TypeError(`Scenario '${name}': thread ${index} is a function, not ${show(body)}`);
    }
  }
}

const show = (value: unknown): string =>
  typeof value === 'string' ? `${JSON.stringify(value)} (string)` : withType(value);
