/**
 * Turns of the event loop, for loops whose next value, as a rule, is there already: such a value comes in a microtask, and
 * before the last of them the thread serves no timers, no sockets and no signals.
 *
 * @packageDocumentation
 */
export { turn } from '#platform';

/** How long such a loop goes on before it lets pending events have their turn, in milliseconds. */
export const LONGEST_WITHOUT_TURN = 10;
