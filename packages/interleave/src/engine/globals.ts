import { instrumentAtomics } from './atomics.ts';
import { clamp, toInteger } from './integers.ts';
import type { Machine } from './machine.ts';
import type { ModelBuffer } from './memory.ts';
import { natives, type TypedArrayConstructor, typedArrayConstructors } from './natives.ts';
import { outsideKey } from './outside.ts';
import type { Views } from './views.ts';

type Replacement = readonly [object: object, key: string, value: unknown];

let installed = false;

/**
 * Runs `body` with the instrumented globals in place and puts the genuine ones back, whatever happens.
 *
 * @throws {Error} when called from within itself: scenarios do not nest.
 */
export function withInstrumentedGlobals<T>(machine: Machine, views: Views, body: () => T): T {
  if (installed) throw new Error('explore() and replay() cannot be called from a scenario that is being run');
  const outside = <Result>(task: () => Result): Result => {
    putBack();
    try {
      return task();
    } finally {
      putInPlace();
    }
  };
  const replacements = makeReplacements(machine, views, outside);
  const saved = replacements.map(([object, key]) => Object.getOwnPropertyDescriptor(object, key));
  const putInPlace = () => {
    for (const [object, key, value] of replacements) {
      Object.defineProperty(object, key, { value, writable: true, configurable: true, enumerable: false });
    }
  };
  const putBack = () => {
    for (const [index, [object, key]] of replacements.entries()) {
      const descriptor = saved[index];
      if (descriptor === undefined) delete (object as Record<string, unknown>)[key];
      else Object.defineProperty(object, key, descriptor);
    }
  };
  installed = true;
  try {
    putInPlace();
    return body();
  } finally {
    putBack();
    installed = false;
  }
}

function makeReplacements(machine: Machine, views: Views, outside: <T>(task: () => T) => T): Replacement[] {
  const { performance, crypto } = globalThis;
  const replacements: Replacement[] = [
    [globalThis, 'Atomics', Object.assign(instrumentAtomics(machine, views), { [outsideKey]: outside })],
    [globalThis, 'SharedArrayBuffer', instrumentSharedArrayBuffer(machine, views)],
    [natives.SharedArrayBuffer.prototype, 'slice', instrumentSlice(machine, views)],
    [
      ArrayBuffer,
      'isView',
      (value: unknown) =>
        natives.isView(value) || (typeof value === 'object' && value !== null && views.sees(value)),
    ],
    [globalThis, 'DataView', instrumentDataViewConstructor(machine, views)],
    [globalThis, 'Date', instrumentDate(machine)],
    [performance, 'now', () => machine.now()],
    [Math, 'random', refuse(machine, 'Math.random', Math.random.bind(Math))],
  ];
  for (const [kind, constructor] of typedArrayConstructors.entries()) {
    replacements.push([
      globalThis,
      constructor.name,
      instrumentTypedArray(machine, views, kind, constructor),
    ]);
  }
  if (crypto !== undefined) {
    replacements.push(
      [
        crypto,
        'getRandomValues',
        refuse(machine, 'crypto.getRandomValues', crypto.getRandomValues.bind(crypto)),
      ],
      [crypto, 'randomUUID', refuse(machine, 'crypto.randomUUID', crypto.randomUUID?.bind(crypto))],
    );
  }
  return replacements;
}

function refuse<Args extends unknown[], T>(machine: Machine, name: string, genuine: (...args: Args) => T) {
  return (...args: Args): T => {
    machine.forbid(name);
    return genuine(...args);
  };
}

/** The buffer's record, if it belongs to the scenario; what setup touches comes to belong to it. */
function ownedBuffer(machine: Machine, buffer: unknown): ModelBuffer | undefined {
  if (!(buffer instanceof natives.SharedArrayBuffer)) return undefined;
  const known = machine.memory.find(buffer);
  if (known !== undefined || machine.memory.trailing) return known;
  return machine.memory.adopt(buffer);
}

function instrumentTypedArray(
  machine: Machine,
  views: Views,
  kind: number,
  genuine: TypedArrayConstructor,
): TypedArrayConstructor {
  function construct(this: unknown, ...args: unknown[]): object {
    if (new.target === undefined) throw new TypeError(`Constructor ${genuine.name} requires 'new'`);
    const first = args[0];
    if (typeof first === 'object' && first !== null) {
      const buffer = ownedBuffer(machine, first);
      if (buffer !== undefined) return views.construct(buffer, kind, args[1], args[2]);
      // A copy of a view of the scenario: a plain read of all of it.
      const view = views.find(first);
      if (view !== null) return Reflect.construct(genuine, [(first as Int32Array).slice()]) as object;
    }
    return Reflect.construct(genuine, args, new.target === construct ? genuine : new.target) as object;
  }
  Object.defineProperty(construct, 'name', { value: genuine.name });
  Object.setPrototypeOf(construct, genuine);
  construct.prototype = genuine.prototype;
  return construct as unknown as TypedArrayConstructor;
}

function instrumentDataViewConstructor(machine: Machine, views: Views): unknown {
  return new Proxy(natives.DataView, {
    construct(genuine, args, newTarget) {
      const buffer = ownedBuffer(machine, args[0]);
      if (buffer !== undefined) return views.constructDataView(buffer, args[1], args[2]);
      return Reflect.construct(
        genuine,
        args,
        newTarget === globalThis.DataView ? genuine : newTarget,
      ) as object;
    },
  });
}

/**
 * Buffers made in setup belong to the scenario. One made by a body is the body's own, since threads of the
 * model share nothing but what setup made.
 */
function instrumentSharedArrayBuffer(machine: Machine, views: Views): unknown {
  return new Proxy(natives.SharedArrayBuffer, {
    construct(genuine, args: [number, { maxByteLength?: number }?]) {
      if (machine.memory.trailing) return Reflect.construct(genuine, args) as object;
      const byteLength = Number(args[0] ?? 0);
      const maxByteLength = args[1]?.maxByteLength;
      if (!(byteLength >= 0) || (maxByteLength !== undefined && byteLength > maxByteLength)) {
        throw new RangeError('Invalid array buffer length');
      }
      const buffer = machine.memory.create(byteLength, maxByteLength);
      if (maxByteLength !== undefined) disguise(machine, views, buffer, maxByteLength);
      else if (byteLength % 8 !== 0) Object.defineProperty(buffer, 'byteLength', { value: byteLength });
      return buffer;
    },
  });
}

const genuineSlice = natives.SharedArrayBuffer.prototype.slice;

/** A copy of a part of a buffer: a plain read, of no more than the buffer seems to have. */
function instrumentSlice(machine: Machine, views: Views): typeof genuineSlice {
  return function slice(this: SharedArrayBuffer, start?: number, end?: number): SharedArrayBuffer {
    const record = machine.memory.find(this);
    if (record === undefined) return genuineSlice.call(this, start, end);
    const whole = views.whole(record);
    const length = record.growable ? machine.size(whole, undefined) : (record.size[0] as number);
    const from = clamp(start, length, 0);
    const bytes = machine.bulkRead(whole, from, Math.max(0, clamp(end, length, length) - from));
    const copy = new SharedArrayBuffer(bytes.length);
    new natives.Uint8Array(copy).set(bytes as Uint8Array);
    return copy;
  };
}

/** Makes a buffer that has all its room from the start look like one that grows. */
function disguise(machine: Machine, views: Views, buffer: SharedArrayBuffer, maxByteLength: number): void {
  const record = machine.memory.find(buffer) as ModelBuffer;
  Object.defineProperties(buffer, {
    growable: { value: true },
    maxByteLength: { value: maxByteLength },
    byteLength: { get: () => machine.size(views.whole(record), undefined) },
    grow: {
      value: (newLength: number) => {
        const length = toInteger(newLength);
        if (length > record.words.length * 4 && length <= maxByteLength) {
          machine.unsupported(
            `SharedArrayBuffer.grow(${length}): the model has room for ${record.words.length * 4} bytes`,
          );
        }
        const before = machine.size(views.whole(record), length);
        if (length < before || length > maxByteLength) {
          throw new RangeError('SharedArrayBuffer.prototype.grow: Invalid length parameter');
        }
      },
    },
  });
}

function instrumentDate(machine: Machine): unknown {
  const now = () => (machine.running === null ? natives.Date.now() : Math.floor(machine.now()));
  return new Proxy(natives.Date, {
    construct(genuine, args, newTarget) {
      const target = newTarget === globalThis.Date ? genuine : newTarget;
      return Reflect.construct(genuine, args.length === 0 ? [now()] : args, target) as object;
    },
    get(genuine, key) {
      return key === 'now' ? now : Reflect.get(genuine, key);
    },
  });
}
