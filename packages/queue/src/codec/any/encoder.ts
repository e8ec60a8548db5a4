import { messageOf } from '@pkg/sync/kernel';
import type { ByteWriter } from '../byte-writer.ts';
import { isInstance } from '../is-instance.ts';
import { ItemTooLarge } from '../item-too-large.ts';
import { QueueCodecError } from '../queue-codec-error.ts';
import { isDense } from './dense-array.ts';
import { writeLeaf } from './encode-leaf.ts';
import { describeErrorObject, type ErrorClass, errorClass } from './error-shape.ts';
import { ERROR_VALUES, isExceptionClass, MAX_DEPTH, SHELL, TAG } from './format.ts';
import { type Kind, kindOf, SHARED_HANDLE } from './kinds.ts';
import { writeNumber, writeRarePrimitive } from './primitives.ts';
import { Refusal } from './refusal.ts';
import { SeenObjects } from './seen-objects.ts';
import { writeText } from './text.ts';
import { formatPath, type Prefix, type Step } from './trail.ts';

interface Deferred {
  readonly value: object;
  readonly kind: Kind | 'array';
  /** The way to the object that holds it, and the step from there. */
  readonly holder: Prefix;
  readonly step: Step;
}

/**
 * Writes one item's object graph in the format of `format.ts`.
 *
 * Whatever is looked at in an item may run code of a user's (a getter, a proxy's trap), which may change a buffer that
 * was met before: when an object's contents are begun, the writer has no tail. Whoever hands over one value after another
 * sees to that, by writing something or by `complete`.
 *
 * An encoder serves one item at a time: a getter that puts on a queue itself needs another encoder.
 */
export class AnyEncoder {
  #writer!: ByteWriter;
  readonly #seen = new SeenObjects();
  /** Objects whose contents are written after the value being written now; see `deferred` in the format. */
  #deferred: Deferred[] = [];
  /** The step into each open object; kept up to date before anything that may throw. */
  readonly #steps: Step[] = [];
  #stepsHoldObjects = false;
  #depth = 0;
  /** The way to the deferred object being written; undefined while the root is. */
  #prefix: Prefix | undefined;
  /** The way to the innermost open object, once something in it was deferred: made once for all of them. */
  #holder: Prefix | undefined;

  /** Writes a value and all it reaches. On failure the writer's length is the caller's to restore. */
  encode(root: unknown, writer: ByteWriter): void {
    this.#writer = writer;
    try {
      this.#value(root);
      // Grows while it is walked.
      for (let i = 0; i < this.#deferred.length; i++) {
        const { value, kind, holder, step } = this.#deferred[i]!;
        this.#prefix = { before: holder, steps: [step] };
        writer.complete();
        this.#contents(value, kind);
      }
    } catch (error) {
      throw this.#explain(error);
    } finally {
      this.#forget();
    }
  }

  #explain(error: unknown): unknown {
    if (isInstance(error, QueueCodecError) || isInstance(error, ItemTooLarge)) return error;
    const path = formatPath(this.#prefix, this.#steps.slice(0, this.#depth));
    if (isInstance(error, Refusal)) return error.at(path);
    return new QueueCodecError(`Cannot put ${path} on the queue: reading it failed: ${messageOf(error)}`, {
      path,
      cause: error,
    });
  }

  #forget(): void {
    this.#seen.clear();
    if (this.#deferred.length > 0) this.#deferred = [];
    // Names and indices keep nothing alive, and emptying an array costs an allocation next time.
    if (this.#stepsHoldObjects) {
      this.#steps.length = 0;
      this.#stepsHoldObjects = false;
    }
    this.#depth = 0;
    this.#prefix = undefined;
    this.#holder = undefined;
  }

  #value(value: unknown): void {
    if (typeof value === 'string') writeText(this.#writer, value);
    else if (typeof value === 'number') writeNumber(this.#writer, value);
    else if (typeof value === 'object' && value !== null) this.#object(value);
    else writeRarePrimitive(this.#writer, value);
  }

  #object(value: object): void {
    const id = this.#seen.meet(value);
    if (id >= 0) {
      this.#writer.byte(TAG.reference);
      this.#writer.count(id);
      return;
    }
    const kind = Array.isArray(value) ? 'array' : this.#kindOf(value);
    if (this.#depth < MAX_DEPTH) {
      if (this.#depth === MAX_DEPTH - 1) this.#holder = undefined;
      this.#contents(value, kind);
    } else {
      this.#defer(value, kind);
    }
  }

  #kindOf(value: object): Kind {
    if (SHARED_HANDLE in value) throw new Refusal(value);
    const proto: unknown = Object.getPrototypeOf(value);
    if (proto === Object.prototype || proto === null) return 'object';
    const kind = kindOf(value, proto as object);
    if (kind === undefined) throw new Refusal(value);
    return kind;
  }

  #contents(value: object, kind: Kind | 'array'): void {
    if (kind === 'object') this.#plain(value);
    else if (kind === 'array') this.#array(value as unknown[]);
    else if (kind === 'map') this.#map(value as Map<unknown, unknown>);
    else if (kind === 'set') this.#set(value as Set<unknown>);
    else if (kind === 'error') this.#error(value as Error);
    else writeLeaf(this.#writer, this.#seen, value, kind);
  }

  #plain(value: object): void {
    this.#writer.byte(TAG.object);
    this.#properties(value, Object.keys(value));
  }

  #array(value: unknown[]): void {
    if (!isDense(value)) {
      this.#sparse(value);
      return;
    }
    const length = value.length;
    const writer = this.#writer;
    const steps = this.#steps;
    const depth = this.#depth++;
    writer.byte(TAG.array);
    writer.count(length);
    for (let i = 0; i < length; i++) {
      steps[depth] = i;
      writer.complete();
      const element = value[i];
      // A getter among the elements may have removed this one.
      if (element === undefined && !Object.hasOwn(value, i)) writer.byte(TAG.hole);
      else this.#value(element);
    }
    this.#depth = depth;
  }

  #sparse(value: unknown[]): void {
    this.#writer.byte(TAG.sparse);
    this.#writer.count(value.length);
    this.#properties(value, Object.keys(value));
  }

  #properties(value: object, keys: string[]): void {
    const writer = this.#writer;
    const steps = this.#steps;
    const depth = this.#depth++;
    const count = keys.length;
    writer.count(count);
    for (let i = 0; i < count; i++) {
      const key = keys[i]!;
      steps[depth] = key;
      writeText(writer, key);
      // Writing the name has copied what lay there.
      this.#value((value as Record<string, unknown>)[key]);
    }
    this.#depth = depth;
  }

  #map(value: Map<unknown, unknown>): void {
    // A snapshot, for a getter in a value may change the map; by the built-in verb, for a subclass may not.
    const entries: [unknown, unknown][] = [];
    Map.prototype.forEach.call(value, (held, key) => void entries.push([key, held]));
    const writer = this.#writer;
    const depth = this.#depth++;
    this.#stepsHoldObjects = true;
    writer.byte(TAG.map);
    writer.count(entries.length);
    entries.forEach(([key, held], index) => {
      this.#steps[depth] = { keyAt: index };
      writer.complete();
      this.#value(key);
      this.#steps[depth] = { key };
      writer.complete();
      this.#value(held);
    });
    this.#depth = depth;
  }

  #set(value: Set<unknown>): void {
    const members: unknown[] = [];
    Set.prototype.forEach.call(value, (member) => void members.push(member));
    const writer = this.#writer;
    const depth = this.#depth++;
    writer.byte(TAG.set);
    writer.count(members.length);
    members.forEach((member, index) => {
      this.#steps[depth] = { valueAt: index };
      writer.complete();
      this.#value(member);
    });
    this.#depth = depth;
  }

  #error(value: Error): void {
    const writer = this.#writer;
    const depth = this.#depth++;
    const shape = describeErrorObject(value, (key) => {
      this.#steps[depth] = key;
    });
    writer.byte(TAG.error);
    this.#errorClass(shape.class, 0);
    writer.byte(shape.flags);
    for (const text of shape.texts) writeText(writer, text);
    for (const key of ERROR_VALUES) {
      if (!shape.values.includes(key)) continue;
      this.#steps[depth] = key;
      writer.complete();
      this.#value((value as unknown as Record<string, unknown>)[key]);
    }
    this.#depth = depth;
    this.#properties(value, shape.fields);
  }

  #errorClass({ index, name, message, amounts }: ErrorClass, base: number): void {
    const writer = this.#writer;
    writer.byte(base + index);
    if (!isExceptionClass(index)) return;
    writeText(writer, name);
    writeText(writer, message);
    for (const amount of amounts) this.#value(amount);
  }

  /** Leaves an object for later, or writes it at once if it has no contents that could nest. */
  #defer(value: object, kind: Kind | 'array'): void {
    if (!isDeferrable(kind)) {
      this.#contents(value, kind);
      return;
    }
    this.#writer.byte(TAG.deferred);
    if (kind === 'error') this.#errorClass(errorClass(value), SHELL.error);
    else this.#writer.byte(SHELL[kind]);
    const depth = this.#depth;
    this.#holder ??= { before: this.#prefix, steps: this.#steps.slice(0, depth - 1) };
    this.#deferred.push({ value, kind, holder: this.#holder, step: this.#steps[depth - 1]! });
  }
}

const isDeferrable = (kind: Kind | 'array'): kind is keyof typeof SHELL => Object.hasOwn(SHELL, kind);
