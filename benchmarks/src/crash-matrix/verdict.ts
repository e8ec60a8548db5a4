import {
  isAtStart,
  type Kind,
  type Observation,
  type Outcome,
  type Situation,
  type Standing,
} from './cells.ts';

/** More threads than this, for a pool of one, are a loop. */
const TOO_MANY_WORKERS = 8;

/** What is said of a cell, and whether it is as it should be. */
export interface Verdict {
  readonly good: boolean | undefined;
  readonly text: string;
}

const isRejected = (standing: Standing) => standing.startsWith('rejected');
const count = (standings: readonly Standing[], test: (standing: Standing) => boolean) =>
  standings.filter(test).length;

/** Says what a cell came to. */
export function verdictOf(kind: Kind, situation: Situation, outcome: Outcome): Verdict {
  switch (outcome.type) {
    case 'not offered':
      return { good: undefined, text: 'not offered' };
    case 'died':
      return { good: false, text: `process died (${outcome.how})` };
    case 'wedged':
      return { good: false, text: 'main thread blocked for ever' };
    case 'observed':
      return isAtStart(kind)
        ? ofStart(situation, outcome.observation)
        : ofDeath(situation, outcome.observation);
  }
}

/** Nothing can ever run: all there is to do is to say so, and to give up. */
function ofStart(situation: Situation, seen: Observation): Verdict {
  const tasks = [...(seen.doomed === undefined ? [] : [seen.doomed]), ...seen.others, ...seen.later];
  const lost = count(tasks, (standing) => standing === 'pending');
  const fulfilled = count(tasks, (standing) => standing === 'fulfilled');
  const faults: string[] = [];
  if (lost > 0) faults.push(`${lost} of ${tasks.length} tasks never settle`);
  if (fulfilled > 0) faults.push(`${fulfilled} of ${tasks.length} tasks fulfilled`);
  if (seen.shutdown === 'pending') faults.push('shutdown never ends');
  if (seen.started > TOO_MANY_WORKERS) faults.push('respawns for ever');
  faults.push(...uncaughtIn(seen));
  const rest = situation === 'shutdown' ? ', shutdown ends' : '';
  return faults.length > 0 ? bad(faults) : good(`every task rejects${rest}`);
}

/** The task that dies is to reject; nothing else is to notice. */
function ofDeath(situation: Situation, seen: Observation): Verdict {
  const faults: string[] = [];
  const told: string[] = [];
  if (seen.doomed === 'pending') faults.push('task lost: its promise never settles');
  if (seen.doomed === 'fulfilled') faults.push('task fulfilled');
  if (seen.doomed !== undefined && isRejected(seen.doomed)) told.push('task rejects');
  if (seen.items !== undefined && seen.items < 3) faults.push(`${seen.items} of 3 items arrive`);
  if (seen.items === 3) told.unshift('3 items arrive');
  const { others, later } = seen;
  const lost = count(others, (standing) => standing === 'pending');
  const rejected = count(others, isRejected);
  if (lost > 0) faults.push(`${lost} of ${others.length} others never settle`);
  // A shutdown may drop what is queued, if it says so; what it may not is to leave it hanging.
  if (rejected > 0 && situation === 'shutdown') told.push(`${rejected} of ${others.length} others reject`);
  else if (rejected > 0) faults.push(`${rejected} of ${others.length} others reject`);
  if (others.length > 0 && lost === 0 && rejected === 0) told.push('others complete');
  if (seen.shutdown === 'pending') faults.push('shutdown never ends');
  else if (seen.shutdown !== undefined) {
    told.push(isRejected(seen.shutdown) ? 'shutdown rejects' : 'shutdown ends');
  }
  const laterLost = count(later, (standing) => standing === 'pending');
  const laterRejected = count(later, isRejected);
  if (laterLost > 0)
    faults.push(
      laterLost === later.length
        ? 'pool wedged: later tasks never settle'
        : `${laterLost} of ${later.length} later tasks never settle`,
    );
  if (laterRejected > 0) faults.push(`${laterRejected} of ${later.length} later tasks reject`);
  if (situation === 'idle' && laterLost + laterRejected === 0) {
    told.push(
      seen.begun
        ? 'later tasks complete'
        : 'the worker is frozen while idle, so it does not happen; later tasks complete',
    );
  }
  if (seen.started > TOO_MANY_WORKERS) faults.push('respawns for ever');
  faults.push(...uncaughtIn(seen));
  return faults.length > 0 ? bad([...told, ...faults]) : good(told.join(', '));
}

function uncaughtIn({ uncaught }: Observation): string[] {
  return uncaught.length === 0 ? [] : ['an error reaches the main thread that nobody can catch'];
}

const good = (text: string): Verdict => ({ good: true, text });
const bad = (faults: readonly string[]): Verdict => ({ good: false, text: faults.join(', ') });
