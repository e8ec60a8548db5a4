/** What the calling thread knows about itself. */
export interface ThisThread {
  /** The user's Thread object that runs here; undefined on the main thread and in raw workers. */
  instance: object | undefined;
  name: string;
  daemon: boolean;
  /** True while the module of the thread's class is being loaded here: its top level runs now. */
  loading: boolean;
  /** One promise for each living non-daemon thread that was started here; it settles when that one ends. */
  readonly children: Set<Promise<void>>;
}

const SLOT = Symbol.for('@pkg/pool.this-thread');

/**
 * Kept on the global object, not in this module: a program may load this package twice (from its sources and
 * compiled, say), and the calling thread is one all the same.
 */
export function thisThread(): ThisThread {
  const global = globalThis as { [SLOT]?: ThisThread };
  global[SLOT] ??= { instance: undefined, name: '', daemon: false, loading: false, children: new Set() };
  return global[SLOT];
}
