import { withInstrumentedGlobals } from './engine/globals.ts';
import { historyOf } from './engine/history.ts';
import type { Limits } from './engine/limits.ts';
import { Machine } from './engine/machine.ts';
import { Memory } from './engine/memory.ts';
import { withMemoryless } from './engine/memoryless.ts';
import { done } from './engine/model-thread.ts';
import { isOutside } from './engine/outside.ts';
import { Races } from './engine/races.ts';
import { describe } from './engine/suspension.ts';
import { unfinishedWork } from './engine/unfinished.ts';
import { Views } from './engine/views.ts';
import { heldMemory } from './held-memory.ts';
import type { Scenario } from './scenario.ts';
import type { Strategy } from './strategy/strategy.ts';

/** One scenario set up in a machine, ready to be executed any number of times. */
export class Session {
  readonly machine: Machine;
  readonly views: Views;
  readonly #scenario: Scenario;

  /**
   * Sets the scenario up and hands the session to `body`, with the instrumented globals in place. In the end it puts back
   * what was written to shared memory that was there before, whatever happens.
   */
  static run<T>(
    scenario: Scenario,
    limits: Limits,
    strategy: Strategy,
    options: { races: boolean; hashing: boolean },
    body: (session: Session) => T,
  ): T {
    const session = new Session(scenario, limits, strategy);
    const { machine, views } = session;
    return withInstrumentedGlobals(machine, views, () =>
      withMemoryless(scenario.memoryless ?? [], machine, () => {
        try {
          machine.context = setUp(scenario);
          session.#adoptContext();
          machine.memory.trailing = true;
          machine.memory.hashing = options.hashing;
          if (options.races) machine.races = new Races(machine.memory, machine.threads.length);
          return body(session);
        } finally {
          machine.memory.putBack();
        }
      }),
    );
  }

  private constructor(scenario: Scenario, limits: Limits, strategy: Strategy) {
    this.#scenario = scenario;
    this.machine = new Machine(scenario, limits, new Memory(), strategy);
    this.views = new Views(this.machine);
  }

  /**
   * Takes in the shared memory of the context that setup neither made nor looked at. Views from before that objects of
   * classes keep are left to them: their authors know of atomic accesses.
   *
   * @throws {TypeError} for another view by which only atomic accesses could be seen
   */
  #adoptContext(): void {
    const { memory, context } = this.machine;
    for (const { path, isDirect, value } of heldMemory(context)) {
      const buffer = 'buffer' in value ? value.buffer : value;
      if (isOutside(buffer)) continue;
      if (isDirect && 'buffer' in value && !this.views.sees(value)) {
        const where = path === '' ? 'the context' : `context.${path}`;
        throw new TypeError(
          `Scenario '${this.#scenario.name}': ${where} is a view (${value.constructor.name}) of shared memory by which ` +
            'plain accesses could not be seen. Let the context hold its buffer, or make it inside setup(), as a typed ' +
            'array or DataView of that buffer',
        );
      }
      memory.adopt(buffer, true);
    }
  }

  /**
   * Runs to the end and lets `check` judge it. True for a complete execution, failed or not.
   *
   * @param isKnown tells of an execution that has come to its end whether it was judged before
   */
  finish(isKnown?: (machine: Machine) => boolean): boolean {
    const { machine } = this;
    machine.finish();
    if (machine.failure !== null) return true;
    if (machine.wasAbandoned) return false;
    if (isKnown?.(machine) !== true) this.#check();
    return true;
  }

  /** Whether the races found so far may be wanting, because a word turned out to be accessed in both ways. */
  get mustRestart(): boolean {
    const { races } = this.machine;
    if (races?.restart !== true) return false;
    races.restart = false;
    return true;
  }

  #check(): void {
    const { machine } = this;
    const { check } = this.#scenario;
    if (check === undefined) return;
    const { memory, threads, context } = machine;
    const { hashFirst, hashSecond, version } = memory;
    const mark = memory.trail.mark;
    const results: unknown[] = [];
    for (let index = 0; index < this.#scenario.threads.length; index++) {
      const thread = threads[index];
      results.push(thread?.status === done ? thread.result : undefined);
    }
    try {
      const verdict = check({
        context,
        results,
        killed: machine.killedThreads,
        get history() {
          return historyOf(threads);
        },
      });
      if (verdict === false) machine.failure = { kind: 'check', message: 'check returned false' };
      else {
        const unfinished = unfinishedWork(verdict);
        if (unfinished !== undefined) {
          throw new TypeError(
            `check returned ${unfinished}: it has to be a plain function, as the bodies are`,
          );
        }
      }
    } catch (error) {
      machine.failure = { kind: 'check', message: describe(error), cause: error };
    }
    memory.trail.undoTo(mark);
    memory.hashFirst = hashFirst;
    memory.hashSecond = hashSecond;
    memory.version = version;
  }
}

/** @throws {TypeError} for a `setup` that has not made the context by the time it returns. */
function setUp(scenario: Scenario): unknown {
  const context = scenario.setup();
  const unfinished = unfinishedWork(context);
  if (unfinished === undefined) return context;
  throw new TypeError(
    `Scenario '${scenario.name}': setup returned ${unfinished}, not the context: it has to be a plain function. ` +
      'Await what it needs before the scenario is defined',
  );
}
