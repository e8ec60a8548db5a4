import { mixFirst, mixSecond } from './hash.ts';
import { natives } from './natives.ts';
import { isOutside } from './outside.ts';
import { Trail } from './trail.ts';

/** One `SharedArrayBuffer` of the scenario and its place in the model's address space. */
export interface ModelBuffer {
  readonly buffer: SharedArrayBuffer;
  /** The n-th buffer of the scenario, from 0. */
  readonly index: number;
  /** Address of its first byte; a multiple of 8. */
  readonly base: number;
  /** All of its bytes as words, to the end of what it may grow to. */
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly growable: boolean;
  /** The current length in bytes is `size[0]`: a growable buffer's length is a shared word like others. */
  readonly size: Int32Array;
  /** Address of that word. */
  readonly sizeAddress: number;
  /** Whether setup neither made it nor looked at it: it was found in the context. */
  readonly isFound: boolean;
}

/** How far a growable buffer can grow in the model. */
const growthRoom = 1 << 20;

/** Access signatures carry an address in the upper 26 bits of an int32. */
const maxBytes = 1 << 26;

/**
 * The scenario's shared memory: its buffers in one address space, an incremental hash of their content,
 * and the trail that undoes writes.
 */
export class Memory {
  readonly buffers: ModelBuffer[] = [];
  readonly trail = new Trail();
  /** Two lanes of hash over every word of memory. Saved and restored by the owner. */
  hashFirst = 0;
  hashSecond = 0;
  /** Grows with every write that changes a word: tells whether a spinning thread could see anything new. */
  version = 0;
  /** False while no search prunes: the hash is not kept then. */
  hashing = false;
  /** False during the scenario's setup, whose writes are the initial state. */
  trailing = false;
  readonly #byBuffer = new WeakMap<object, ModelBuffer>();
  /** The words of adopted buffers, and what setup has overwritten of them. */
  readonly #adopted = new Set<Int32Array>();
  readonly #overwrittenBySetup = new Trail();
  #end = 0;

  find(buffer: object): ModelBuffer | undefined {
    return this.#byBuffer.get(buffer);
  }

  /** Total bytes of address space in use. */
  get end(): number {
    return this.#end;
  }

  /**
   * Makes a buffer for the scenario. A growable one gets its room at once and pretends to be smaller; the room is
   * what it may grow to, but no more than {@link growthRoom} above what it has.
   */
  create(byteLength: number, maxByteLength: number | undefined): SharedArrayBuffer {
    const room = Math.min(maxByteLength ?? byteLength, byteLength + growthRoom);
    const buffer = new natives.SharedArrayBuffer((room + 7) & ~7);
    this.#register(buffer, byteLength, maxByteLength !== undefined);
    return buffer;
  }

  /**
   * Takes in a buffer that was made outside the model; its current content becomes the initial state. What the scenario
   * writes there is taken back by {@link putBack}.
   *
   * @param isFound whether setup did not look at it
   * @returns undefined for memory that is not to be a scenario's
   */
  adopt(buffer: SharedArrayBuffer, isFound = false): ModelBuffer | undefined {
    const known = this.#byBuffer.get(buffer);
    if (known !== undefined) return known;
    if (isOutside(buffer)) return undefined;
    if (buffer.byteLength % 4 !== 0 || buffer.growable) {
      throw new TypeError(
        `A SharedArrayBuffer of ${buffer.byteLength} bytes (growable: ${buffer.growable}) was made outside the ` +
          "scenario's setup(): make it inside, or give it a fixed length that is a multiple of 4",
      );
    }
    const record = this.#register(buffer, buffer.byteLength, false, isFound);
    this.#adopted.add(record.words);
    return record;
  }

  /**
   * Puts buffers back that outlive the scenario: adopted ones to what they were when they were taken in, others to what
   * they were after setup, which may have left them where the next setup finds them. Only words that the scenario has
   * written: other threads may use the others, and may have written them meanwhile.
   */
  putBack(): void {
    this.trail.undoTo(0);
    this.#overwrittenBySetup.undoTo(0);
  }

  #register(buffer: SharedArrayBuffer, byteLength: number, growable: boolean, isFound = false): ModelBuffer {
    const room = buffer.byteLength;
    const sizeAddress = this.#end + ((room + 7) & ~7);
    if (sizeAddress + 8 > maxBytes) {
      throw new RangeError(
        `The scenario's shared memory reaches ${sizeAddress + 8} bytes; the model takes at most ${maxBytes}`,
      );
    }
    const record: ModelBuffer = {
      buffer,
      index: this.buffers.length,
      base: this.#end,
      words: new natives.Int32Array(buffer, 0, room >> 2),
      bytes: new natives.Uint8Array(buffer),
      growable,
      size: new natives.Int32Array([byteLength]),
      sizeAddress,
      isFound,
    };
    this.#end = sizeAddress + 8;
    this.buffers.push(record);
    this.#byBuffer.set(buffer, record);
    return record;
  }

  /**
   * Call after a write to `array[index]`, which stands at byte `address` and held `old`. Tells whether the
   * write changed anything.
   */
  changed(array: Int32Array, index: number, address: number, old: number): boolean {
    const now = array[index] as number;
    if (now === old) return false;
    this.version++;
    if (this.trailing) this.trail.push(array, index, old);
    else if (this.#adopted.has(array)) this.#overwrittenBySetup.push(array, index, old);
    if (this.hashing) {
      this.hashFirst ^= mixFirst(address, old) ^ mixFirst(address, now);
      this.hashSecond ^= mixSecond(address, old) ^ mixSecond(address, now);
    }
    return true;
  }

  /** Writes a word of bookkeeping that belongs to the state but is no memory of the scenario: the hash leaves it out. */
  poke(array: Int32Array, index: number, value: number): void {
    const old = array[index] as number;
    if (old === value) return;
    array[index] = value;
    this.trail.push(array, index, old);
  }
}
