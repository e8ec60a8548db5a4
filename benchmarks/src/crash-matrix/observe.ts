import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { isAtStart, type Kind, type Observation, type Situation, type Standing } from './cells.ts';
import { type Subject, subjects } from './subjects.ts';

/** How long, in milliseconds, tasks have after the death before they count as lost. */
const PATIENCE = 5000;

/** A promise that can be asked how it stands. */
class Watched {
  standing: Standing = 'pending';
  readonly settled: Promise<void>;

  constructor(promise: PromiseLike<unknown>) {
    this.settled = Promise.resolve(promise).then(
      () => {
        this.standing = 'fulfilled';
      },
      (error: unknown) => {
        const name = error instanceof Error ? error.name : typeof error;
        this.standing = `rejected: ${name}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
      },
    );
  }
}

/** The same for what may throw before it has made a promise. */
function watch(begin: () => PromiseLike<unknown>): Watched {
  try {
    return new Watched(begin());
  } catch (error) {
    return new Watched(Promise.reject(error));
  }
}

const settledWithin = (watched: readonly Watched[], milliseconds: number) => {
  const limit = new AbortController();
  const timer = sleep(milliseconds, undefined, { signal: limit.signal }).catch(() => undefined);
  return Promise.race([Promise.all(watched.map(({ settled }) => settled)), timer]).finally(() =>
    limit.abort(),
  );
};

const workers: Worker[] = [];
let started = 0;
process.on('worker', (worker) => {
  started++;
  workers.push(worker);
  worker.once('exit', () => workers.splice(workers.indexOf(worker), 1));
});

const uncaught: string[] = [];
const note = (error: unknown) => uncaught.push(error instanceof Error ? error.message : String(error));
process.on('uncaughtException', note);
process.on('unhandledRejection', note);

async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + PATIENCE; !condition() && performance.now() < end; ) await sleep(2);
}

/** Brings one library into one cell, and tells what was seen. Undefined when it does not offer what it takes. */
export async function observe(
  library: string,
  kind: Kind,
  situation: Situation,
): Promise<Observation | undefined> {
  const subject = subjects[library]!(kind);
  const words = new Int32Array(new SharedArrayBuffer(8));
  const value = { how: kind, words };
  const innocents = (count: number) =>
    Array.from({ length: count }, (_, i) => watch(() => subject.run('innocent', i)));

  if (situation === 'streaming' && subject.stream === undefined) return undefined;
  let doomed: Watched | undefined;
  let others: Watched[] = [];
  let shutdown: Watched | undefined;
  let items: number | undefined;

  if (situation === 'idle') await dieIdle(subject, kind, value, words);
  else {
    if (situation === 'streaming') {
      items = 0;
      doomed = watch(() => subject.stream!(value, () => items!++));
    } else {
      doomed = watch(() => subject.run(isAtStart(kind) ? 'innocent' : 'doomed', isAtStart(kind) ? 0 : value));
    }
    if (situation === 'queued' || situation === 'shutdown') others = innocents(5);
    if (!isAtStart(kind)) await until(() => Atomics.load(words, 0) === 1);
    if (situation === 'shutdown') {
      shutdown = watch(() => subject.shutdown());
      await sleep(50);
    }
    Atomics.store(words, 1, 1);
    if (kind === 'terminate') await Promise.all(workers.map((worker) => worker.terminate()));
    await settledWithin([doomed, ...others, ...(shutdown === undefined ? [] : [shutdown])], PATIENCE);
  }

  const later = situation === 'shutdown' ? [] : innocents(3);
  await settledWithin(later, PATIENCE / 2);
  // Who starts one worker after the other is to be seen doing so.
  if (isAtStart(kind)) await sleep(500);
  return {
    ...(doomed === undefined ? {} : { doomed: doomed.standing }),
    others: others.map(({ standing }) => standing),
    later: later.map(({ standing }) => standing),
    ...(shutdown === undefined ? {} : { shutdown: shutdown.standing }),
    ...(items === undefined ? {} : { items }),
    started,
    begun: isAtStart(kind) || kind === 'terminate' || Atomics.load(words, 0) === 1,
    uncaught,
  };
}

/** Lets a worker die while it runs no task. */
async function dieIdle(subject: Subject, kind: Kind, value: unknown, words: Int32Array): Promise<void> {
  if (isAtStart(kind)) {
    await sleep(1000);
    return;
  }
  const task =
    kind === 'terminate'
      ? watch(() => subject.run('innocent', 1))
      : watch(() => subject.run('legacy', value));
  await task.settled;
  await sleep(200);
  if (kind === 'terminate') await Promise.all(workers.map((worker) => worker.terminate()));
  else
    for (const end = performance.now() + 1000; Atomics.load(words, 0) === 0 && performance.now() < end; )
      await sleep(5);
  await sleep(kind === 'out of memory' ? 1500 : 300);
}
