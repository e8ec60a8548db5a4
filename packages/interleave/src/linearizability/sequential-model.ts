import type { Operation } from '../scenario.ts';

/** What an object would do if it were used by one thread only. States are values: never change one in place. */
export interface SequentialModel<State> {
  /** Stands in messages. */
  readonly name: string;
  initial(): State;
  /**
   * The states that the object may be in after `operation`, with just the outcome that it had, is done in
   * `state`; none if it cannot have that outcome there. An operation that never ended (`end` is `Infinity`) may
   * have had any outcome.
   */
  apply(state: State, operation: Operation): readonly State[];
  /** The same text for equal states, different texts for different ones. */
  key(state: State): string;
}
