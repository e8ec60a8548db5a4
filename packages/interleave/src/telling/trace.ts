import * as op from '../engine/operations.ts';
import type { RaceWitness } from '../engine/races.ts';
import type { Tracer } from '../engine/tracer.ts';
import type { View } from '../engine/view.ts';
import { kill, kindOf, threadOf, wake } from '../schedule.ts';
import { callSite } from './call-site.ts';
import type { Names } from './names.ts';

/** One thing that happened in an execution. */
export interface TraceEvent {
  /** The thread that did it, or to which it happened. */
  readonly thread: number;
  /** `'load'`, `'compareExchange'`, `'read'`, `'killed'`, … */
  readonly operation: string;
  /** The place in shared memory, such as `lock[0]`; '' if there is none. */
  readonly place: string;
  /** What an atomic access was given. */
  readonly args: readonly unknown[];
  /** What it yielded. */
  readonly result: unknown;
  /** The source line that did it, as `file.ts:12`. */
  readonly site: string;
}

interface Access extends TraceEvent {
  /** Whether it is to memory that was only found in the context. */
  readonly isFound: boolean;
  readonly address: number;
  readonly size: number;
  readonly wrote: boolean;
}

/** Writes down one execution. */
export class Trace implements Tracer {
  readonly events: Access[] = [];
  /** The two accesses of a race, if one was found. */
  racing: readonly [earlier: TraceEvent | undefined, later: TraceEvent] | undefined;
  readonly #names: Names;
  readonly #wantsSite: (index: number) => boolean;

  /** `wantsSite` tells for which events the source line is looked up, which takes long. */
  constructor(names: Names, wantsSite: (index: number) => boolean) {
    this.#names = names;
    this.#wantsSite = wantsSite;
  }

  access(
    thread: number,
    operation: number,
    view: View | null,
    index: number,
    args: readonly unknown[],
    result: unknown,
  ): void {
    const about = operation === op.readSize || operation === op.grow;
    const address =
      view === null ? -1 : about ? view.buffer.sizeAddress : view.address + (index << view.shift);
    const bulk = operation === op.bulkRead || operation === op.bulkWrite;
    const count = bulk || operation === op.plainRead || operation === op.plainWrite ? (args[1] as number) : 1;
    this.events.push({
      thread,
      operation: op.operationNames[operation] as string,
      place: view === null ? '' : this.#names.at(address) + (count > 1 ? `…+${count}` : ''),
      args: argumentsOf(operation, args),
      result,
      site: this.#wantsSite(this.events.length) ? callSite() : '',
      isFound: view?.buffer.isFound === true,
      address,
      size: view === null ? 0 : count * view.size,
      wrote:
        operation === op.plainWrite ||
        operation === op.bulkWrite ||
        (operation >= op.store && operation < op.compareExchange) ||
        (operation === op.compareExchange && result === args[0]),
    });
  }

  fault(action: number): void {
    const kind = kindOf(action);
    const operation = kind === kill ? 'killed' : kind === wake ? 'woken spuriously' : 'timeout fires';
    const event = {
      operation,
      place: '',
      args: [],
      result: undefined,
      site: '',
      isFound: false,
      address: -1,
      size: 0,
      wrote: false,
    };
    this.events.push({ thread: threadOf(action), ...event });
  }

  /** Whether the scenario's setup made the buffer or looked at it. */
  isOfSetup(buffer: SharedArrayBuffer): boolean {
    return this.#names.isOfSetup(buffer);
  }

  /** The events at memory that the scenario's setup made or looked at. */
  get eventsOfSetup(): readonly TraceEvent[] {
    return this.events.filter(({ isFound }) => !isFound);
  }

  race(_thread: number, address: number, size: number, witness: RaceWitness): void {
    const later = this.events[this.events.length - 1] as Access;
    const earlier = this.events
      .slice(0, -1)
      .findLast(
        (event) =>
          event.thread === witness.thread &&
          event.wrote === witness.wrote &&
          event.address < address + size &&
          address < event.address + event.size,
      );
    this.racing = [earlier, later];
  }
}

function argumentsOf(operation: number, args: readonly unknown[]): readonly unknown[] {
  switch (operation) {
    case op.load:
    case op.readSize:
    case op.plainRead:
    case op.bulkRead:
    case op.bulkWrite:
      return [];
    case op.compareExchange:
      return args;
    case op.notify:
      return args[0] === Number.POSITIVE_INFINITY ? [] : args;
    default:
      return args.slice(0, 1);
  }
}

/** An event as it stands in the table, such as `compareExchange lock[0] 0→1: 0`. */
export function formatEvent({ operation, place, args, result }: TraceEvent): string {
  const name = place === '' ? operation : `${operation} ${place}`;
  const given =
    operation === 'compareExchange'
      ? ` ${args.map(String).join('→')}`
      : args.map((a) => ` ${String(a)}`).join('');
  const yields = result === undefined || operation === 'store' ? '' : `: ${formatResult(result)}`;
  return `${name}${given}${yields}`;
}

function formatResult(result: unknown): string {
  if (ArrayBuffer.isView(result)) {
    const items = [...(result as unknown as Iterable<unknown>)];
    return `[${items.slice(0, 8).map(String).join(' ')}${items.length > 8 ? ' …' : ''}]`;
  }
  return String(result);
}
