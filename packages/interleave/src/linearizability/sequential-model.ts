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
  /**
   * For an object some of whose operations are not one step but several, between which others may come: the steps of
   * this one, in order, with its thread and its times. Each goes to `apply` as an operation does, so what they are named
   * and given is between the two. One that is a single step is given back as it is: `[operation]`.
   * Default: every operation is one step.
   */
  steps?(operation: Operation): readonly Operation[];
  /** The same text for equal states, different texts for different ones. */
  key(state: State): string;
}
