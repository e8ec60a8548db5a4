import type { Memory, ModelBuffer } from '../engine/memory.ts';
import { natives } from '../engine/natives.ts';
import type { Views } from '../engine/views.ts';
import { heldMemory } from '../held-memory.ts';

interface Named {
  readonly name: string;
  readonly buffer: ModelBuffer;
  readonly start: number;
  readonly end: number;
  readonly size: number;
}

/** Memory that lies deeper in the context has no name: it would be as long as the way there. */
const depthLimit = 4;

/** Names places in shared memory after the properties of the scenario's context that hold them. */
export class Names {
  readonly #named: Named[] = [];
  readonly #views: Views;
  readonly #memory: Memory;

  constructor(memory: Memory, views: Views, context: unknown, own: Readonly<Record<string, unknown>>) {
    this.#memory = memory;
    this.#views = views;
    for (const [name, value] of Object.entries(own)) this.#note(name, value);
    for (const { path, depth, value } of heldMemory(context)) {
      if (depth <= depthLimit) this.#note(path, value);
    }
  }

  /** Takes the name if the value is shared memory of the scenario. */
  #note(name: string, value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    if (value instanceof natives.SharedArrayBuffer) {
      const buffer = this.#memory.find(value);
      if (buffer === undefined) return;
      this.#named.push({ name, buffer, start: 0, end: buffer.words.length * 4, size: 0 });
      return;
    }
    const view = this.#views.find(value);
    if (view === null) return;
    const { buffer, byteOffset: start, size } = view;
    const end = view.fixedLength < 0 ? buffer.words.length * 4 : start + view.fixedLength * size;
    this.#named.push({ name: name === '' ? 'context' : name, buffer, start, end, size });
  }

  /** Whether the scenario's setup made the buffer or looked at it. */
  isOfSetup(buffer: SharedArrayBuffer): boolean {
    return this.#memory.find(buffer)?.isFound === false;
  }

  /** For example `lock[0]`; for memory without a name, `buffer0+16`. */
  at(address: number): string {
    const buffer = this.#memory.buffers.findLast(({ base }) => base <= address);
    if (buffer === undefined) return `byte ${address}`;
    if (address === buffer.sizeAddress) return `buffer${buffer.index}.byteLength`;
    const byte = address - buffer.base;
    const fits = (named: Named) => named.buffer === buffer && named.start <= byte && byte < named.end;
    // The narrowest name says most: a view of one field rather than of the whole.
    const width = ({ end, start, size }: Named) => (size === 0 ? Number.POSITIVE_INFINITY : end - start);
    const best = this.#named.filter(fits).sort((a, b) => width(a) - width(b))[0];
    if (best === undefined) return `buffer${buffer.index}+${byte}`;
    if (best.size === 0) return `${best.name}+${byte}`;
    const offset = byte - best.start;
    const rest = offset % best.size;
    return `${best.name}[${Math.floor(offset / best.size)}]${rest === 0 ? '' : `+${rest}`}`;
  }
}
