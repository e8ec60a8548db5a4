import { KIND } from '@pkg/sync';
import { ThreadIdentity, ThreadTable } from '@pkg/sync/kernel';
import { expect } from 'vitest';
import { QueueEmpty, QueueShutDown } from '../errors.ts';
import { headerWords } from '../layout.ts';
import { type QueueHandle, QueueOrigin } from '../queue-origin.ts';
import type { TaskQueue } from '../task-queue.ts';
import { makeMortal, runMortal } from './mortal-memory.fixture.ts';

/** Priority, number, and something that makes the item large or small. */
export type Item = [priority: number, id: number, filler: string];

/** A kind of queue, and the order in which items leave after a death. */
export interface Kind {
  readonly name: string;
  /** Whether a shutdown that discards gives the memory of the items back. */
  readonly freesDiscarded: boolean;
  readonly make: (origin: QueueOrigin<Item>) => TaskQueue<Item>;
  /** @param returned what is delivered again, `rest` what was never delivered; both in the order of insertion */
  readonly order: (returned: readonly Item[], rest: readonly Item[]) => Item[];
}

const FILLERS = ['', 'x'.repeat(30), 'y'.repeat(150), 'z'.repeat(400)];
const item = (id: number): Item => [(id * 7) % 5, id, FILLERS[id % FILLERS.length]!];
const items = (from: number, count: number): Item[] =>
  Array.from({ length: count }, (_, i) => item(from + i));

const GEOMETRY = { pageWords: 64, maxPages: 180, rows: 16 };

/** Fills all pages that there may ever be, as if they had been in use for something else. */
function soil(memory: SharedArrayBuffer): void {
  const growable = memory as SharedArrayBuffer & { maxByteLength: number; grow(bytes: number): void };
  growable.grow(growable.maxByteLength);
  new Int32Array(memory).fill(-1, headerWords(GEOMETRY));
}

/** Several threads of a queue, all acted by this one. */
class World {
  readonly table = ThreadTable.create();
  readonly #kind: Kind;
  readonly #handle: QueueHandle<Item>;
  readonly queues = new Map<number, TaskQueue<Item>>();
  #keys = 0;
  readonly survivor: number;

  constructor(kind: Kind, redeliver: boolean, maxDeliveries: number) {
    this.#kind = kind;
    const identity = this.#identity();
    const origin = QueueOrigin.create<Item>(0, { redeliver, maxDeliveries }, true, this.#overrides(identity));
    soil(origin.pages.memory);
    makeMortal(origin.pages);
    this.survivor = identity.id;
    this.queues.set(identity.id, kind.make(origin));
    this.#handle = this.queue(identity.id).handle;
  }

  queue(id: number): TaskQueue<Item> {
    return this.queues.get(id)!;
  }

  enter(): number {
    const identity = this.#identity();
    const origin = QueueOrigin.attach<Item>(this.#handle, this.#handle[KIND], {}, this.#overrides(identity));
    makeMortal(origin.pages);
    this.queues.set(identity.id, this.#kind.make(origin));
    return identity.id;
  }

  #identity(): ThreadIdentity {
    return new ThreadIdentity(this.table, this.table.claim(++this.#keys), {
      slice: Number.POSITIVE_INFINITY,
      mayBlock: true,
    });
  }

  #overrides(identity: ThreadIdentity) {
    return { geometry: GEOMETRY, identity, spins: 0 };
  }
}

function drain(queue: TaskQueue<Item>): Item[] {
  const drained: Item[] = [];
  for (;;) {
    try {
      drained.push(queue.getNowait());
    } catch (error) {
      if (error instanceof QueueEmpty || error instanceof QueueShutDown) return drained;
      throw error;
    }
  }
}

/** What a victim does, and what may be true afterwards. */
interface Verb {
  readonly name: string;
  readonly act: (queue: TaskQueue<Item>) => void;
  readonly puts?: Item[];
  readonly takes?: number;
  readonly settles?: number;
  readonly closes?: boolean;
  readonly discards?: boolean;
}

const NEW = 100;

export const VERBS: readonly Verb[] = [
  { name: 'put of a small item', act: (q) => q.putNowait(item(NEW)), puts: items(NEW, 1) },
  { name: 'put of a large item', act: (q) => q.putNowait(item(NEW + 3)), puts: items(NEW + 3, 1) },
  { name: 'putMany', act: (q) => q.putMany(items(NEW, 5), { timeout: 0 }), puts: items(NEW, 5) },
  { name: 'get', act: (q) => q.getNowait(), takes: 1 },
  { name: 'getMany', act: (q) => q.getMany(4), takes: 4 },
  { name: 'getMany of all', act: (q) => q.getMany(100), takes: 100 },
  { name: 'taskDone', act: (q) => q.taskDone(), settles: 1 },
  { name: 'taskDone of two', act: (q) => q.taskDone(2), settles: 2 },
  { name: 'recover', act: (q) => q.recover() },
  { name: 'stats', act: (q) => q.stats() },
  {
    name: 'maxsize',
    act: (q) => {
      q.maxsize = 40;
    },
  },
  { name: 'deadLetters', act: (q) => q.deadLetters() },
  { name: 'shutdown', act: (q) => q.shutdown(), closes: true },
  {
    name: 'shutdown of all',
    act: (q) => q.shutdown({ immediate: true }),
    closes: true,
    discards: true,
  },
];

/** How the survivor learns of the death. */
export type Discovery = 'recovers' | 'just goes on';

interface Case {
  readonly kind: Kind;
  readonly redeliver: boolean;
  readonly verb: Verb;
  readonly discovery: Discovery;
}

/**
 * One victim dies before write `killBefore` of its verb; with `killRescuerBefore`, the thread that recovers first dies
 * before that write of the recovery. Then the survivor must find everything that is to be found.
 *
 * @returns whether the victim was killed, and whether the rescuer was
 */
export function dieOnce(
  { kind, redeliver, verb, discovery }: Case,
  killBefore: number,
  killRescuerBefore: number | undefined,
): { victim: boolean; rescuer: boolean; rescueWrites: number } {
  const world = new World(kind, redeliver, 2);
  const { table } = world;
  const survivor = world.queue(world.survivor);
  const victim = world.enter();
  const rescuer = world.enter();
  const goner = world.enter();

  const all = items(1, 10);
  survivor.putMany(all);
  // One item has been delivered once already, so that it becomes a dead letter when it is delivered again.
  const first = [world.queue(goner).getNowait()];
  table.markDead(goner);
  survivor.recover();
  const second = world.enter();
  const heldByVictim = redeliver ? [world.queue(victim).getNowait()] : [];
  const heldBySurvivor = survivor.getMany(2);
  heldByVictim.push(...world.queue(victim).getMany(2));
  const heldBySecond = world.queue(second).getMany(2);
  table.markDead(second);
  if (redeliver) expect(heldByVictim[0]).toEqual(first[0]);
  else heldByVictim.unshift(...first);
  const taken = new Set([...heldByVictim, ...heldBySurvivor, ...heldBySecond].map(([, id]) => id));
  const queued = all.filter(([, id]) => !taken.has(id));
  const puts = verb.puts ?? [];

  const outcome = runMortal(() => verb.act(world.queue(victim)), killBefore);
  table.markDead(victim);
  let rescue = { killed: false, writes: 0 };
  if (killRescuerBefore !== undefined) {
    const queue = world.queue(rescuer);
    rescue = runMortal(() => (discovery === 'recovers' ? queue.recover() : queue.stats()), killRescuerBefore);
  }
  table.markDead(rescuer);

  const found: Item[] = [];
  if (discovery === 'recovers') survivor.recover();
  else {
    // A verb of its own comes upon what the dead left behind.
    try {
      found.push(survivor.getNowait());
    } catch (error) {
      if (!(error instanceof QueueShutDown || error instanceof QueueEmpty)) throw error;
    }
    survivor.recover();
  }
  const closed = survivor.isShutDown;
  if (!verb.closes) expect(closed).toBe(false);
  else if (!outcome.killed) expect(closed).toBe(true);

  expect(survivor.unfinishedTasks).toBe(survivor.qsize() + heldBySurvivor.length + found.length);
  const size = survivor.qsize();
  const rest = drain(survivor);
  expect(rest.length).toBe(size);
  found.push(...rest);
  const letters = survivor.deadLetters();

  const committed = found.some(([, id]) => id >= NEW);
  if (puts.length > 0 && !outcome.killed) expect(committed).toBe(true);
  const late = committed ? puts : [];
  if (verb.discards && found.length === 0 && letters.length <= 1) {
    // Discarded: nothing more to compare.
  } else if (redeliver) {
    // The victim's first item was on its second delivery, which is the last.
    const settledAtMost = verb.settles ?? 0;
    const shown = new Set([...found, ...letters].map(([, id]) => id));
    const settled = heldByVictim.filter(([, id]) => !shown.has(id)).length;
    expect(settled).toBeLessThanOrEqual(settledAtMost);
    if (!outcome.killed) expect(settled).toBe(settledAtMost);
    const left = heldByVictim.slice(settled);
    expect(letters).toEqual(left.filter(([, id]) => id === first[0]![1]));
    const again = [...left, ...heldBySecond].filter(([, id]) => id !== first[0]![1]);
    const whole = [...again, ...queued, ...late].map(([, id]) => id).sort((a, b) => a - b);
    expect(found.map(([, id]) => id).sort((a, b) => a - b)).toEqual(whole);
    if (verb.takes === undefined && discovery === 'recovers') {
      again.sort((a, b) => a[1] - b[1]);
      expect(found.map(([, id]) => id)).toEqual(kind.order(again, [...queued, ...late]).map(([, id]) => id));
    }
  } else {
    const inOrder = kind.order([], [...queued, ...late]);
    const lost = inOrder.length - found.length;
    expect(lost).toBeLessThanOrEqual(verb.takes ?? 0);
    if (!outcome.killed && verb.takes !== undefined) expect(lost).toBeGreaterThan(0);
    expect(found).toEqual(inOrder.slice(lost));
  }

  survivor.taskDone(heldBySurvivor.length + found.length);
  expect(survivor.unfinishedTasks).toBe(0);
  survivor.join({ timeout: 0 });
  expect(() => survivor.taskDone()).toThrow(RangeError);
  if (!closed) {
    const more = items(200, 10);
    survivor.putMany(more, { timeout: 0 });
    expect(drain(survivor)).toEqual(kind.order([], more));
    survivor.taskDone(more.length);
    survivor.join({ timeout: 0 });
  }
  expect(survivor.deadLetters()).toEqual(letters);
  // At most a page for each dead letter, and what an empty queue keeps.
  if (!verb.discards || kind.freesDiscarded) {
    expect(survivor.stats().bytesInUse).toBeLessThanOrEqual((letters.length + 1) * 3 * 256);
  }
  return { victim: outcome.killed, rescuer: rescue.killed, rescueWrites: rescue.writes };
}

/** Kills the victim at each of its writes, or at every `stride`th; returns about how many there are. */
export function dieEverywhere(scenario: Case, stride: number = 1): number {
  let step = 0;
  while (at(step, undefined, () => dieOnce(scenario, step, undefined)).victim) step += stride;
  return step;
}

/**
 * The same with the first rescuer killed as well, for every fifth of the victim's writes and at `samples` of the
 * rescuer's own, which differ from one to the next; returns how often both were killed.
 */
export function dieTwiceEverywhere(scenario: Case, samples: number): number {
  let both = 0;
  for (let step = 0; ; step += 5) {
    const { victim, rescueWrites } = at(step, UNHARMED, () => dieOnce(scenario, step, UNHARMED));
    for (let sample = 0; sample < samples; sample++) {
      const rescue = Math.floor(((sample + ((step * 0.618) % 1)) * rescueWrites) / samples);
      if (at(step, rescue, () => dieOnce(scenario, step, rescue)).rescuer) both++;
    }
    if (!victim) return both;
  }
}

/** More writes than any verb makes. */
const UNHARMED = 1e6;

function at<T>(step: number, rescue: number | undefined, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const where = `victim killed before write ${step}${rescue === undefined ? '' : `, rescuer before write ${rescue}`}`;
    if (error instanceof Error) error.message = `${where}: ${error.message}`;
    throw error;
  }
}
