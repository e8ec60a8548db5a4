/**
 * The types of a module's tasks, from `typeof import('./tasks.js')`.
 *
 * @packageDocumentation
 */
import type { BlockingQueue } from '@pkg/queue';
import type { SharedObject } from '@pkg/sync';

// biome-ignore lint/suspicious/noExplicitAny: what any task is assignable to, whatever its parameters
type AnyTask = (...args: any[]) => unknown;

/** The names of the functions that a module exports. */
export type TaskName<M> = { [K in keyof M]: M[K] extends AnyTask ? K : never }[keyof M] & string;

/** The arguments of a task. */
export type TaskArgs<M, K extends TaskName<M>> = M[K] extends (...args: infer A) => unknown ? A : never;

/**
 * What arrives of a task's result, promises resolved: its value; or the items of its stream, for a generator of any kind
 * and whatever else is async iterable, such as Node's `Readable` and a `ReadableStream`. A shared object arrives as what
 * it is, also a queue, although it is async iterable.
 *
 * A task whose result is an `Iterable`, and nothing more, may be a generator or return an array: the caller has to look.
 */
export type TaskResult<M, K extends TaskName<M>> = Arriving<Returned<M, K>>;

/** The items of a task that streams, or may do so; `never` for others. */
export type TaskItem<M, K extends TaskName<M>> = ItemOf<
  Streaming<Returned<M, K>> | PerhapsStreaming<Returned<M, K>>
>;

/** What `map` may give a task as its one argument: nothing, where the task requires more. */
export type OneArgument<M, K extends TaskName<M>> =
  [TaskArgs<M, K>[0]] extends TaskArgs<M, K> ? TaskArgs<M, K>[0] : never;

/** Arguments and options of a call: arguments may be left out where the task takes none. */
export type TaskCall<M, K extends TaskName<M>, O> =
  [] extends TaskArgs<M, K> ? [args?: TaskArgs<M, K>, options?: O] : [args: TaskArgs<M, K>, options?: O];

/** What a task gives back, promises resolved. */
type Returned<M, K extends TaskName<M>> = M[K] extends (...args: never[]) => infer R ? Awaited<R> : never;

// biome-ignore lint/suspicious/noExplicitAny: queues of whatever items
type Shared = SharedObject | BlockingQueue<any>;

type Arriving<R> = R extends Shared
  ? R
  : [Streaming<R>] extends [never]
    ? R | PerhapsStreaming<R>
    : Streaming<R>;

/**
 * How that arrives of which `isStream` says at run time that it is a stream; `never` for all else. A generator may be
 * annotated as any kind of iterator, and an iterator that is none does not arrive: nothing carries its methods.
 */
type Streaming<R> = R extends Shared
  ? never
  : R extends AsyncIterable<infer T> | IterableIterator<infer T>
    ? AsyncIterableIterator<T>
    : R extends AsyncIterator<infer T>
      ? StreamIf<AsyncIterator<T>, R, T>
      : R extends Iterator<infer T>
        ? StreamIf<Iterator<T>, R, T>
        : never;

type PerhapsStreaming<R> = R extends Iterable<infer T> ? StreamIf<Iterable<T>, R, T> : never;

/** Whether nothing else is known of `R` than that it is a `Known`: a class of the user's own is more than that. */
type StreamIf<Known, R, T> = Known extends R ? AsyncIterableIterator<T> : never;

type ItemOf<S> = S extends AsyncIterableIterator<infer T> ? T : never;
