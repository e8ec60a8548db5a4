import type { Memory, ModelBuffer } from '../engine/memory.ts';
import { natives } from '../engine/natives.ts';
import type { Views } from '../engine/views.ts';

interface Named {
  readonly name: string;
  readonly buffer: ModelBuffer;
  readonly start: number;
  readonly end: number;
  readonly size: number;
}

/** How deep the context is searched for shared memory to name. */
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
    this.#search('', context, 0, new Set());
  }

  #search(path: string, value: unknown, depth: number, seen: Set<unknown>): void {
    if (typeof value !== 'object' || value === null || depth > depthLimit || seen.has(value)) return;
    seen.add(value);
    if (this.#note(path, value)) return;
    for (const key of Object.keys(value)) {
      const descriptor = Object.getOwnPropertyDescriptor(value, key);
      if (descriptor === undefined || !('value' in descriptor)) continue;
      this.#search(path === '' ? key : `${path}.${key}`, descriptor.value, depth + 1, seen);
    }
  }

  /** Takes the name if the value is shared memory; tells whether it is. */
  #note(name: string, value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false;
    if (value instanceof natives.SharedArrayBuffer) {
      const buffer = this.#memory.find(value);
      if (buffer === undefined) return false;
      this.#named.push({ name, buffer, start: 0, end: buffer.words.length * 4, size: 0 });
      return true;
    }
    const view = this.#views.find(value);
    if (view === null) return false;
    const { buffer, byteOffset: start, size } = view;
    const end = view.fixedLength < 0 ? buffer.words.length * 4 : start + view.fixedLength * size;
    this.#named.push({ name: name === '' ? 'context' : name, buffer, start, end, size });
    return true;
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
