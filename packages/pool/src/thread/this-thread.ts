import { perThread } from '@pkg/sync/kernel';

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

const self = perThread<ThisThread>('@pkg/pool.this-thread', () => ({
  instance: undefined,
  name: '',
  daemon: false,
  loading: false,
  children: new Set(),
}));

/** What the calling thread knows about itself. Does not block. */
export const thisThread = (): ThisThread => self;
