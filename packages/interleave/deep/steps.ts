import type { ThreadContext } from '../src/index.ts';

/** One step of a thread of a generated program, or several inside a condition, a lock or an operation. */
export type Step =
  | readonly [verb: 'load' | 'read' | 'data load' | 'spin', word: number]
  | readonly [verb: 'store' | 'add' | 'or' | 'exchange' | 'write' | 'data store', word: number, value: number]
  | readonly [verb: 'compare exchange', word: number, expected: number, value: number]
  | readonly [verb: 'byte load' | 'byte add' | 'byte read', byte: number]
  | readonly [verb: 'byte write', byte: number, value: number]
  | readonly [verb: 'wide load' | 'wide add' | 'wide read' | 'wide wait' | 'wide notify']
  | readonly [verb: 'wide store' | 'wide write', value: number]
  | readonly [verb: 'wait' | 'wait while zero', word: number, value: number, timeout: number]
  | readonly [verb: 'notify', word: number, count: number]
  | readonly [verb: 'size' | 'view' | 'now']
  | readonly [verb: 'grow' | 'sleep', amount: number]
  | readonly [verb: 'raise' | 'lower' | 'locked add', word: number]
  | readonly [verb: 'read if' | 'write if', word: number, value: number]
  | readonly [verb: 'visit', word: number]
  | readonly [verb: 'if' | 'if size', what: number, value: number, then: readonly Step[]]
  | readonly [verb: 'lock' | 'operation', steps: readonly Step[]];

/** What all threads of a program share: words to synchronise by, data, and memory that may grow. */
export class Memory {
  readonly words = new Int32Array(new SharedArrayBuffer(16));
  readonly bytes = new Int8Array(this.words.buffer);
  readonly wide = new BigInt64Array(this.words.buffer);
  readonly data = new Int32Array(new SharedArrayBuffer(16));
  readonly dataBytes = new Int8Array(this.data.buffer);
  readonly wideData = new BigInt64Array(this.data.buffer);
  readonly area = new SharedArrayBuffer(8, { maxByteLength: 64 });
}

/** The word that `lock` takes. */
const LOCK = 2;

/** Objects whose methods keep nothing: the search may be told so. */
export class Keepsake {
  readonly #memory: Memory;

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  raise(word: number): void {
    const { words } = this.#memory;
    for (;;) {
      const seen = Atomics.load(words, word);
      if (Atomics.compareExchange(words, word, seen, seen + 1) === seen) return;
    }
  }

  /** What is left; throws when there was nothing. */
  lower(word: number): number {
    const { words } = this.#memory;
    for (;;) {
      const seen = Atomics.load(words, word);
      if (seen === 0) throw new RangeError('nothing left');
      if (Atomics.compareExchange(words, word, seen, seen - 1) === seen) return seen - 1;
    }
  }

  readIf(word: number, value: number): void {
    if (Atomics.load(this.#memory.words, word) === value) void this.#memory.data[0];
  }

  writeIf(word: number, value: number): void {
    if (Atomics.load(this.#memory.words, word) === value) this.#memory.data[0] = 0;
  }

  lockedAdd(word: number): void {
    const { words, data } = this.#memory;
    if (Atomics.compareExchange(words, word, 0, 1) !== 0) return;
    data[1]!++;
    Atomics.store(words, word, 0);
  }
}

/** An object whose operations keep something: what they do depends on what the last one has seen. */
export class Diary {
  readonly #words: Int32Array;
  #last = 0;

  constructor({ words }: Memory) {
    this.#words = words;
  }

  get last(): number {
    return this.#last;
  }

  /** Raises the word, after some looks at the other one if it has found something last time; what it was told last. */
  visit(word: number): number {
    const before = this.#last;
    for (let look = 0; look < before; look++) Atomics.load(this.#words, 1 - word);
    for (;;) {
      const seen = Atomics.load(this.#words, word);
      if (Atomics.compareExchange(this.#words, word, seen, seen + 1) !== seen) continue;
      this.#last = seen & 1;
      return before;
    }
  }
}

/** What a thread has of its own. */
export interface Own {
  readonly thread: ThreadContext | undefined;
  readonly diary: Diary;
  /** Whether it says what the diary keeps. */
  readonly tells: boolean;
}

/** Does one step, and says what it yields. */
export function perform(memory: Memory, own: Own, step: Step): unknown {
  const { thread, diary, tells } = own;
  const { words, bytes, wide, data, dataBytes, wideData, area } = memory;
  const all = (steps: readonly Step[]) => steps.map((each) => perform(memory, own, each));
  switch (step[0]) {
    case 'load':
      return Atomics.load(words, step[1]);
    case 'store':
      return Atomics.store(words, step[1], step[2]);
    case 'add':
      return Atomics.add(words, step[1], step[2]);
    case 'or':
      return Atomics.or(words, step[1], step[2]);
    case 'exchange':
      return Atomics.exchange(words, step[1], step[2]);
    case 'compare exchange':
      return Atomics.compareExchange(words, step[1], step[2], step[3]);
    case 'spin':
      return Atomics.load(words, step[1]) === 0 && Atomics.load(words, step[1]) === 0;
    case 'read':
      return data[step[1]];
    case 'write':
      data[step[1]] = step[2];
      return undefined;
    case 'data load':
      return Atomics.load(data, step[1]);
    case 'data store':
      return Atomics.store(data, step[1], step[2]);
    case 'byte load':
      return Atomics.load(bytes, step[1]);
    case 'byte add':
      return Atomics.add(bytes, step[1], 1);
    case 'byte read':
      return dataBytes[step[1]];
    case 'byte write':
      dataBytes[step[1]] = step[2];
      return undefined;
    case 'wide load':
      return String(Atomics.load(wide, 0));
    case 'wide add':
      return String(Atomics.add(wide, 0, 1n));
    case 'wide store':
      // Its upper half, too, is a word that others use.
      return String(Atomics.store(wide, 0, BigInt(step[1]) << BigInt(step[1] % 2 === 0 ? 0 : 32)));
    case 'wide read':
      return String(wideData[0]);
    case 'wide write':
      wideData[0] = BigInt(step[1]);
      return undefined;
    case 'wide wait':
      return Atomics.wait(wide, 0, 0n, 5);
    case 'wide notify':
      return Atomics.notify(wide, 0, 1);
    case 'wait':
      return Atomics.wait(words, step[1], step[2], step[3]);
    case 'wait while zero':
      for (let round = 0; round < step[2] && Atomics.load(words, step[1]) === 0; round++) {
        Atomics.wait(words, step[1], 0, step[3]);
      }
      return undefined;
    case 'notify':
      return Atomics.notify(words, step[1], step[2]);
    case 'size':
      return area.byteLength;
    case 'view':
      return new Int32Array(area).length;
    case 'grow':
      try {
        return area.grow(step[1]);
      } catch (error) {
        return (error as Error).name;
      }
    case 'now':
      return performance.now();
    case 'sleep':
      return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, step[1]);
    case 'raise':
      return new Keepsake(memory).raise(step[1]);
    case 'lower':
      try {
        return new Keepsake(memory).lower(step[1]);
      } catch (error) {
        if (error instanceof RangeError) return error.message;
        throw error;
      }
    case 'locked add':
      return new Keepsake(memory).lockedAdd(step[1]);
    case 'read if':
      return new Keepsake(memory).readIf(step[1], step[2]);
    case 'write if':
      return new Keepsake(memory).writeIf(step[1], step[2]);
    case 'if':
      return Atomics.load(words, step[1]) === step[2] ? all(step[3]) : undefined;
    case 'if size':
      return area.byteLength === step[2] ? all(step[3]) : undefined;
    case 'lock': {
      if (Atomics.compareExchange(words, LOCK, 0, 1) !== 0) return 'busy';
      const results = all(step[1]);
      Atomics.store(words, LOCK, 0);
      return results;
    }
    case 'visit': {
      const visit = () => diary.visit(step[1]);
      return thread === undefined
        ? visit()
        : thread.call('visit', [step[1]], visit, tells ? { keeps: () => diary.last } : {});
    }
    case 'operation':
      return thread === undefined ? all(step[1]) : thread.call('operation', [], () => all(step[1]));
  }
}
