import { withType } from './with-type.ts';

/**
 * A schedule is what decided an execution, step by step. An action packs into an int32:
 * bits 0–2 the kind, bits 3–7 the thread, bits 8–30 the position (of a kill only).
 */
export const run = 0;
export const kill = 1;
export const wake = 2;
export const timeout = 3;

/** The kind of an action: {@link run}, {@link kill}, {@link wake} or {@link timeout}. */
export const kindOf = (action: number): number => action & 7;
/** The thread that an action is about. */
export const threadOf = (action: number): number => (action >> 3) & 31;
/** For a kill: how many plain writes and ends of operations there were in the thread since its last atomic access. */
export const positionOf = (action: number): number => (action >> 8) & mostPosition;
const mostPosition = (1 << 20) - 1;

export function actionOf(kind: number, thread: number, position = 0): number {
  return kind | (thread << 3) | (position << 8);
}

/**
 * Set in a kill that comes between the step that lets a thread go on and the access that this step was for, which the
 * thread so never makes.
 */
const beforeAccess = 1 << 28;
export const killBeforeAccess = (thread: number, position: number): number =>
  actionOf(kill, thread, position) | beforeAccess;
export const isBeforeAccess = (action: number): boolean => (action & beforeAccess) !== 0;

/** A stretch of a schedule: the same action `count` times. */
export interface Segment {
  readonly action: number;
  readonly count: number;
}

const letters = ['', 'k', 'w', 't'];

/**
 * Writes a schedule as text, for example `0x3.1.k1.t0`: thread 0 makes three steps, thread 1 one; thread 1 is
 * killed; the timeout of thread 0 fires. `k1@2` kills thread 1 after two further plain writes or ends of
 * operations; `w0` wakes thread 0 spuriously.
 */
export function formatSchedule(segments: readonly Segment[]): string {
  const parts: string[] = [];
  for (const { action, count } of segments) {
    const position = positionOf(action);
    const name = `${letters[kindOf(action)]}${threadOf(action)}${position > 0 ? `@${position}` : ''}`;
    parts.push(count > 1 ? `${name}x${count}` : name);
  }
  return parts.join('.');
}

/**
 * The schedule of an execution. A step that a thread died in, before its access, is none: left in, it would tell of a
 * death after the access.
 */
export function segmentsOf(path: Iterable<number>): Segment[] {
  const actions: number[] = [];
  for (const action of path) {
    if (isBeforeAccess(action)) {
      actions.pop();
      actions.push(action & ~beforeAccess);
    } else actions.push(action);
  }
  return normaliseSegments(actions.map((action) => ({ action, count: 1 })));
}

/** Joins neighbours with the same action and drops empty ones. */
export function normaliseSegments(segments: readonly Segment[]): Segment[] {
  const joined: Segment[] = [];
  for (const segment of segments) {
    if (segment.count <= 0) continue;
    const last = joined[joined.length - 1];
    if (last !== undefined && last.action === segment.action) {
      joined[joined.length - 1] = { action: last.action, count: last.count + segment.count };
    } else joined.push(segment);
  }
  return joined;
}

/** @throws {SyntaxError} naming the part that is no step of a schedule. */
export function parseSchedule(schedule: string): Segment[] {
  if (typeof schedule !== 'string') {
    throw new TypeError(`A schedule is a string such as '0x3.1.k1', not ${withType(schedule)}`);
  }
  const segments: Segment[] = [];
  for (const part of schedule.split('.')) {
    if (part === '') continue;
    const match = /^([kwt]?)(\d{1,2})(?:@(\d{1,6}))?(?:x(\d{1,7}))?$/.exec(part);
    const thread = Number(match?.[2]);
    if (match === null || thread > 31) {
      throw new SyntaxError(
        `'${part}' in schedule '${schedule}' is no step such as 0, 1x4, k0, k0@2, w1 or t1`,
      );
    }
    const kind = letters.indexOf(match[1] as string);
    segments.push({ action: actionOf(kind, thread, Number(match[3] ?? 0)), count: Number(match[4] ?? 1) });
  }
  return normaliseSegments(segments);
}
