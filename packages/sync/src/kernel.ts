/**
 * The kernel, for the packages of this project that build shared objects of their own, and for the
 * interleaving scenarios. Not covered by semantic versioning.
 *
 * @packageDocumentation
 */
export { createLivenessProbe, type LivenessProbe } from '#platform';
export { lastAtExit } from './at-exit.ts';
export { attach, type Recoverable, recoverAttached } from './attached-objects.ts';
export { isArrayPrototype, isObjectPrototype } from './built-in-prototypes.ts';
export { checkInteger } from './check-integer.ts';
export { checkFlag, checkOptions } from './check-options.ts';
export { checkSignal, throwIfAborted } from './check-signal.ts';
export { endChildren, reapChildren } from './children.ts';
export { Countdown } from './countdown.ts';
export { currentThread, keepProbe } from './current-thread.ts';
export { className, describeValue, messageOf, ownDataValue } from './describe-value.ts';
export { classNamesOf, type ErrorClass, errorClassOf, registerErrorClass } from './error-classes.ts';
export { EVENT_COUNT_WORDS, EventCount, type Woken } from './event-count.ts';
export { domExceptionTexts, isError } from './is-error.ts';
export { isSharedArrayBuffer } from './is-shared-array-buffer.ts';
export { holdEventLoop } from './keep-alive.ts';
export { homeTable, knownTables } from './known-tables.ts';
export { type Acquired, OwnerLock } from './owner-lock.ts';
export { perThread } from './per-thread.ts';
export { isQuotaAmount, makeQuotaExceeded, type QuotaAmounts, quotaAmounts } from './quota-exceeded.ts';
export { realTime } from './real-time.ts';
export { knowsClassOf } from './shared-object.ts';
export { ThreadIdentity } from './thread-identity.ts';
export { MAX_THREADS, slotOf, ThreadTable } from './thread-table.ts';
export { throwUncaught } from './throw-uncaught.ts';
export { deadlineIn, deadlineOf, LONGEST_TIMER, remaining } from './timeout.ts';
export { LONGEST_WITHOUT_TURN, turn } from './turn.ts';
export { waitUntil, waitUntilAsync } from './wait-until.ts';
export { whenAborted } from './when-aborted.ts';
