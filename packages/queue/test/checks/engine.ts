import type { RoleData, RoleName } from './roles.ts';

/**
 * What a check is given by whatever runs it. The checks and all that they import use the built packages and web standards
 * only, so that they are the same in browsers, Deno and Bun.
 */
export interface Engine {
  /** Starts a thread in a role. Resolves once it runs: a thread that blocks before that would hold its own threads up. */
  start<N extends RoleName>(role: N, data: RoleData<N>): Promise<StartedThread>;
}

export interface StartedThread {
  /** Settles with the role: rejects with what it threw. */
  readonly ended: Promise<void>;
}

/** One thing that holds on every engine. */
export interface Check {
  readonly name: string;
  /** Which verbs the thread that runs the check uses; the threads that it starts use the others. */
  readonly form: Form;
  run(engine: Engine): Promise<void>;
}

/** One of the two forms of the verbs that wait. */
export type Form = 'blocking' | 'async';

const FORMS: readonly Form[] = ['blocking', 'async'];

/** A check for each form of the verbs. */
export const inBothForms = (name: string, run: (engine: Engine, form: Form) => Promise<void>): Check[] =>
  FORMS.map((form) => ({ name: `${name} (${form})`, form, run: (engine) => run(engine, form) }));

export const otherForm = (form: Form): Form => (form === 'blocking' ? 'async' : 'blocking');

/** The verbs that wait, of all shared objects, without their twins. */
type Verb = 'put' | 'putMany' | 'get' | 'getMany' | 'join' | 'lock' | 'acquire' | 'wait' | 'waitFor';

type Call = (...args: unknown[]) => unknown;

type Returned<O, V> = V extends keyof O ? (O[V] extends (...args: never[]) => infer R ? R : never) : never;
type Taken<O, V> = V extends keyof O ? (O[V] extends (...args: infer A) => unknown ? A : never) : never;

/** Calls a verb in one of its forms. */
export async function call<O extends object, V extends Verb>(
  form: Form,
  object: O,
  verb: V,
  ...args: Taken<O, V>
): Promise<Returned<O, V>> {
  const verbs = object as Record<string, Call>;
  return (await verbs[form === 'blocking' ? verb : `${verb}Async`]!(...args)) as Returned<O, V>;
}
