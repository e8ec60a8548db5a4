import { isError, isQuotaAmount, messageOf } from '@pkg/sync/kernel';
import type { ByteReader } from '../byte-reader.ts';
import { QueueCodecError } from '../queue-codec-error.ts';
import { define, makeError, makeException, makeView, readResizable } from './decode-binary.ts';
import {
  DOM_EXCEPTION,
  ERROR_FLAG,
  ERROR_VALUES,
  isExceptionClass,
  MAX_DEPTH,
  MAX_SHORT_TEXT,
  SHELL,
  TAG,
} from './format.ts';
import { KeyCache } from './key-cache.ts';
import { ObjectShape } from './object-shape.ts';
import { readBigInt } from './primitives.ts';
import { quotaExceeded } from './quota-exceeded.ts';
import { ShapeCache } from './shape-cache.ts';
import { readText } from './text.ts';

/** More than this many references are freed with their array rather than one by one. */
const KEPT_REFERENCES = 64;

/** Thrown when an object that is made after its values turns out to be among them. */
const HOLDS_ITSELF = Symbol('holds itself');

/** Thrown when something has come to be on `Object.prototype` since a name was looked for there. */
const INHERITS_MORE = Symbol('inherits more');

/** Longest array that is made with room for all its elements when few bytes vouch for its length. */
const FREE_LENGTH = 1024;

/**
 * Reads one item in the format of `format.ts`. Every count is checked against the bytes that are left before
 * anything is allocated, and every value takes at least one byte: so the time and memory that an item takes
 * are bounded by its size, whatever the bytes are.
 *
 * A decoder serves one item at a time.
 */
export class AnyDecoder {
  #reader!: ByteReader;
  #keys = new KeyCache();
  #shapes = new ShapeCache();
  /** Whether what is remembered of names was forgotten for the item being read. */
  #isRenewed = false;
  /** The objects met so far, by their number; in place of one that is made after its values, its shape. */
  #met: unknown[] = [];
  #metCount = 0;
  /** Objects whose contents are still to come, in order. */
  #deferred: object[] = [];
  #depth = 0;

  /** Reads an item whose first byte is next. */
  decode(reader: ByteReader): unknown {
    const { position } = reader;
    try {
      for (;;) {
        try {
          return this.#item(reader);
        } catch (error) {
          if (error === INHERITS_MORE) this.#renew();
          // Happens once for a shape, which then is not used any more.
          else if (error !== HOLDS_ITSELF) throw error;
          reader.position = position;
        }
      }
    } finally {
      this.#isRenewed = false;
    }
  }

  /** Forgets names and shapes, so that each is looked for on `Object.prototype` anew. */
  #renew(): void {
    this.#keys = new KeyCache();
    this.#shapes = new ShapeCache();
    this.#isRenewed = true;
  }

  #item(reader: ByteReader): unknown {
    this.#reader = reader;
    try {
      const root = this.#value();
      // Grows while it is walked.
      for (let i = 0; i < this.#deferred.length; i++) this.#fill(this.#deferred[i]!);
      if (reader.position !== reader.end) {
        throw new RangeError(`${reader.remaining} bytes are left over`);
      }
      return root;
    } catch (error) {
      if (error instanceof QueueCodecError || error === HOLDS_ITSELF || error === INHERITS_MORE) throw error;
      throw new QueueCodecError(
        `The item's bytes are corrupt near byte ${reader.position}: ${messageOf(error)}. ` +
          'Do all threads use the same codec?',
        { cause: error },
      );
    } finally {
      this.#forget();
    }
  }

  #forget(): void {
    if (this.#metCount > KEPT_REFERENCES) this.#met = [];
    else for (let i = 0; i < this.#metCount; i++) this.#met[i] = undefined;
    this.#metCount = 0;
    if (this.#deferred.length > 0) this.#deferred = [];
    this.#depth = 0;
  }

  #meet<O>(value: O): O {
    this.#met[this.#metCount++] = value;
    return value;
  }

  #value(): unknown {
    const reader = this.#reader;
    const tag = reader.byte();
    if (tag >= TAG.smallInt) return tag - TAG.smallInt;
    if (tag >= TAG.shortText) return readText(reader, tag);
    switch (tag) {
      case TAG.int32:
        return reader.int32();
      case TAG.float64:
        return reader.float64();
      case TAG.object:
        return this.#object();
      case TAG.array:
        return this.#array();
      case TAG.true:
        return true;
      case TAG.false:
        return false;
      case TAG.null:
        return null;
      case TAG.undefined:
        return undefined;
      case TAG.bigInt64:
        return reader.bigInt64();
      case TAG.bigInt:
        return readBigInt(reader);
      case TAG.utf8:
      case TAG.utf16:
        return readText(reader, tag);
      case TAG.reference:
        return this.#reference();
      case TAG.deferred:
        return this.#shell(reader.byte());
      default:
        return this.#rarity(tag);
    }
  }

  #rarity(tag: number): unknown {
    const reader = this.#reader;
    switch (tag) {
      case TAG.sparse:
        return this.#sparse(this.#meet([]));
      case TAG.map:
        return this.#map(this.#meet(new Map()));
      case TAG.set:
        return this.#set(this.#meet(new Set()));
      case TAG.error:
        return this.#error(this.#meet(this.#newError(reader.byte())));
      case TAG.date:
        return this.#meet(new Date(reader.float64()));
      case TAG.regExp:
        return this.#meet(new RegExp(this.#text(), this.#text()));
      case TAG.number:
      case TAG.string:
      case TAG.boolean:
      case TAG.bigIntObject:
        return this.#boxed(tag);
      case TAG.buffer:
      case TAG.bigBuffer:
        return this.#meet(this.#buffer(tag === TAG.bigBuffer));
      case TAG.resizable:
        return this.#meet(readResizable(reader));
      case TAG.view:
        return this.#view();
      default:
        throw new RangeError(`tag ${tag} has no meaning`);
    }
  }

  #reference(): unknown {
    const id = this.#reader.count();
    if (id >= this.#metCount) throw new RangeError(`object number ${id} was not met yet`);
    const met = this.#met[id];
    if (met instanceof ObjectShape) {
      met.isUsable = false;
      throw HOLDS_ITSELF;
    }
    return met;
  }

  #text(): string {
    const tag = this.#reader.byte();
    const text = readText(this.#reader, tag);
    if (text === undefined) throw new RangeError(`tag ${tag} stands where a string must be`);
    return text;
  }

  #key(): string {
    const reader = this.#reader;
    const tag = reader.byte();
    if ((tag & 0xc0) === TAG.shortText) {
      const length = tag & MAX_SHORT_TEXT;
      return this.#keys.get(reader.bytes, reader.take(length), length);
    }
    reader.position--;
    const text = this.#text();
    this.#keys.isInherited = text in Object.prototype;
    return text;
  }

  #open(): void {
    if (++this.#depth > MAX_DEPTH) throw new RangeError('objects nest deeper than the format allows');
  }

  #array(): unknown[] {
    const length = this.#reader.countOf(1);
    if (length === 0) return this.#meet([]);
    // Pairs and triples made by a literal are packed and have no spare room.
    if (length === 2) return this.#elements(this.#meet([undefined, undefined]), length);
    if (length === 3) return this.#elements(this.#meet([undefined, undefined, undefined]), length);
    return this.#elements(this.#meet(new Array(length)), length);
  }

  #elements(array: unknown[], length: number): unknown[] {
    this.#open();
    const reader = this.#reader;
    for (let i = 0; i < length; i++) {
      if (reader.bytes[reader.position] === TAG.hole && reader.position < reader.end) {
        reader.position++;
        delete array[i];
      } else {
        array[i] = this.#value();
      }
    }
    // A deferred array starts empty, and holes at its end do not make it longer.
    if (array.length < length) array.length = length;
    this.#depth--;
    return array;
  }

  #sparse(array: unknown[]): unknown[] {
    const length = this.#reader.count();
    if (length > 0xffffffff) throw new RangeError(`${length} is too long for an array`);
    if (length > FREE_LENGTH && length > this.#reader.remaining) {
      // Engines turn an array with an extreme length into a table, which then claims no memory for holes.
      array.length = 0xffffffff;
    }
    array.length = length;
    this.#open();
    const count = this.#reader.countOf(2);
    for (let i = 0; i < count; i++) {
      const key = this.#key();
      if (key === 'length') throw new RangeError('an array has its length among its properties');
      define(array, key, this.#value(), true);
    }
    this.#depth--;
    // A key that is an index beyond the end would have made the array longer.
    if (array.length !== length) throw new RangeError('an array has elements beyond its length');
    return array;
  }

  #object(): object {
    const slot = this.#shapes.slotOf(this.#reader);
    const shape = this.#shapes.at(slot);
    if (shape?.isUsable) return this.#shaped(shape, slot);
    const object = this.#properties(this.#meet({}));
    this.#shapes.note(slot, object);
    return object;
  }

  /** Reads an object that has `shape`, as far as that is so. */
  #shaped(shape: ObjectShape, slot: number): object {
    const reader = this.#reader;
    this.#open();
    const count = reader.countOf(2);
    const id = this.#metCount++;
    this.#met[id] = shape;
    const values: unknown[] = [];
    while (values.length < count && values.length < shape.names.length) {
      if (!shape.readName(reader, values.length)) break;
      values.push(this.#value());
    }
    this.#depth--;
    if (values.length === count && count === shape.names.length) {
      const object = shape.make(values);
      this.#met[id] = object;
      return object;
    }
    const object: Record<string, unknown> = {};
    this.#met[id] = object;
    values.forEach((value, index) => void add(object, shape.names[index]!, value, shape.inherits));
    this.#addProperties(object, count - values.length, values.length);
    this.#shapes.note(slot, object);
    return object;
  }

  #properties(holder: object): object {
    return this.#addProperties(holder, this.#reader.countOf(2));
  }

  /** @param before how many properties `holder` has been given already */
  #addProperties(holder: object, count: number, before = 0): object {
    this.#open();
    for (let i = 0; i < count; i++) {
      const key = this.#key();
      const { isInherited } = this.#keys;
      add(holder, key, this.#value(), isInherited);
    }
    this.#depth--;
    // A setter that is younger than what is remembered of its name has swallowed the value. (Bytes that have a name twice
    // are corrupt: those come here as well, and once only.)
    if (Object.keys(holder).length !== before + count && !this.#isRenewed) throw INHERITS_MORE;
    return holder;
  }

  #map(map: Map<unknown, unknown>): Map<unknown, unknown> {
    this.#open();
    const count = this.#reader.countOf(2);
    for (let i = 0; i < count; i++) {
      const key = this.#value();
      map.set(key, this.#value());
    }
    this.#depth--;
    return map;
  }

  #set(set: Set<unknown>): Set<unknown> {
    this.#open();
    const count = this.#reader.countOf(1);
    for (let i = 0; i < count; i++) set.add(this.#value());
    this.#depth--;
    return set;
  }

  #newError(classIndex: number): Error {
    if (!isExceptionClass(classIndex)) return makeError(classIndex);
    const name = this.#text();
    const message = this.#text();
    if (classIndex === DOM_EXCEPTION) return makeException(name, message);
    return quotaExceeded(message, [this.#amount(), this.#amount()]);
  }

  #amount(): number | null {
    const amount = this.#value();
    if (isQuotaAmount(amount)) return amount;
    throw new RangeError('an error has something else in the place of an amount');
  }

  #error(error: Error): Error {
    this.#open();
    const flags = this.#reader.byte();
    if (flags & ERROR_FLAG.name) define(error, 'name', this.#text(), false);
    if (flags & ERROR_FLAG.message) define(error, 'message', this.#text(), false);
    // Without the sender's stack, the place where it was decoded would only mislead.
    if (flags & ERROR_FLAG.stack) define(error, 'stack', this.#text(), false);
    else delete (error as { stack?: unknown }).stack;
    for (const key of ERROR_VALUES) {
      if (flags & ERROR_FLAG[key]) define(error, key, this.#value(), false);
      // Made by the constructors of AggregateError and SuppressedError.
      else if (key !== 'cause') delete (error as { [made in typeof key]?: unknown })[key];
    }
    this.#depth--;
    const count = this.#reader.countOf(2);
    this.#open();
    for (let i = 0; i < count; i++) define(error, this.#key(), this.#value(), true);
    this.#depth--;
    return error;
  }

  #boxed(tag: number): unknown {
    // The number of the box comes first; a primitive has none.
    const id = this.#metCount++;
    const primitive = this.#value();
    const type = tag === TAG.number ? 'number' : tag === TAG.string ? 'string' : undefined;
    const wanted = type ?? (tag === TAG.boolean ? 'boolean' : 'bigint');
    if (typeof primitive !== wanted) throw new RangeError(`a boxed ${wanted} holds something else`);
    const boxed: unknown = Object(primitive);
    this.#met[id] = boxed;
    return boxed;
  }

  #buffer(isPadded: boolean): ArrayBuffer {
    const length = this.#reader.count();
    if (isPadded) this.#reader.padding();
    return this.#reader.blob(length).buffer;
  }

  #view(): ArrayBufferView {
    const reader = this.#reader;
    // The view's number comes before its buffer's.
    const id = this.#metCount++;
    const kind = reader.byte();
    const tracksLength = reader.byte() === 1;
    const byteOffset = reader.count();
    const byteLength = reader.count();
    const tag = reader.byte();
    const buffer =
      tag === TAG.buffer || tag === TAG.bigBuffer || tag === TAG.resizable
        ? this.#rarity(tag)
        : tag === TAG.reference
          ? this.#reference()
          : undefined;
    if (!(buffer instanceof ArrayBuffer))
      throw new RangeError('a view lies over something else than a buffer');
    const view = makeView(kind, tracksLength, byteOffset, byteLength, buffer);
    this.#met[id] = view;
    return view;
  }

  /** An object that is filled when the values before it are complete. */
  #shell(kind: number): object {
    const shell = this.#meet(kind < SHELL.error ? makeShell(kind) : this.#newError(kind - SHELL.error));
    this.#deferred.push(shell);
    return shell;
  }

  #fill(shell: object): void {
    const reader = this.#reader;
    const tag = reader.byte();
    if (Array.isArray(shell)) {
      if (tag === TAG.sparse) this.#sparse(shell);
      else if (tag === TAG.array) this.#elements(shell, reader.countOf(1));
      else throw new RangeError(`tag ${tag} stands where an array must be`);
    } else if (tag === TAG.map && shell instanceof Map) this.#map(shell);
    else if (tag === TAG.set && shell instanceof Set) this.#set(shell);
    else if (tag === TAG.error && isError(shell)) {
      const classIndex = reader.byte();
      // To be read over, for the shell was made with the same already.
      if (isExceptionClass(classIndex)) this.#newError(classIndex);
      this.#error(shell);
    } else if (tag === TAG.object && Object.getPrototypeOf(shell) === Object.prototype)
      this.#properties(shell);
    else throw new RangeError(`tag ${tag} does not fit the deferred object`);
  }
}

/**
 * Makes a property by assignment, several times as fast as by definition, unless its name is inherited: assigning to
 * `__proto__` changes the prototype, to a name that has a setter calls that, and to a frozen one throws.
 */
function add(holder: object, key: string, value: unknown, isInherited: boolean): void {
  if (isInherited) define(holder, key, value, true);
  else {
    try {
      (holder as Record<string, unknown>)[key] = value;
    } catch {
      throw INHERITS_MORE;
    }
  }
}

function makeShell(kind: number): object {
  if (kind === SHELL.object) return {};
  if (kind === SHELL.array) return [];
  if (kind === SHELL.map) return new Map();
  if (kind === SHELL.set) return new Set();
  throw new RangeError(`deferred object of unknown kind ${kind}`);
}
