/**
 * The types of a module's tasks, from `typeof import('./tasks.js')`.
 *
 * @packageDocumentation
 */

// biome-ignore lint/suspicious/noExplicitAny: what any task is assignable to, whatever its parameters
type AnyTask = (...args: any[]) => unknown;

/** The names of the functions that a module exports. */
export type TaskName<M> = { [K in keyof M]: M[K] extends AnyTask ? K : never }[keyof M] & string;

/** The arguments of a task. */
export type TaskArgs<M, K extends TaskName<M>> = M[K] extends (...args: infer A) => unknown ? A : never;

/** What a task gives back, promises resolved. */
type Returned<M, K extends TaskName<M>> = M[K] extends (...args: never[]) => infer R ? Awaited<R> : never;

/** What arrives of a task's result: its value, or the items of its stream. */
export type TaskResult<M, K extends TaskName<M>> =
  Returned<M, K> extends AsyncGenerator<infer T> | Generator<infer T>
    ? AsyncIterableIterator<T>
    : Returned<M, K>;

/** The items of a task that is a generator; `never` for others. */
export type TaskItem<M, K extends TaskName<M>> =
  Returned<M, K> extends AsyncGenerator<infer T> | Generator<infer T> ? T : never;

/** Arguments and options of a call: arguments may be left out where the task takes none. */
export type TaskCall<M, K extends TaskName<M>, O> =
  [] extends TaskArgs<M, K> ? [args?: TaskArgs<M, K>, options?: O] : [args: TaskArgs<M, K>, options?: O];
