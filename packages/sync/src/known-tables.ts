import { bequeathTable, inheritedTable } from '#platform';
import { keepOutOfScenarios, outsideScenarios } from './outside-scenarios.ts';
import { perThread } from './per-thread.ts';
import { ThreadTable } from './thread-table.ts';

interface KnownTables {
  readonly byToken: Map<string, ThreadTable>;
  home: ThreadTable | undefined;
  /** Whether the home table is that of the thread that started this one. */
  isInherited: boolean;
}

const tables = perThread<KnownTables>('@pkg/sync.known-tables', () => ({
  byToken: new Map(),
  home: undefined,
  isInherited: false,
}));

/**
 * The table of this thread and of every thread that descends from the same root: inherited from the parent
 * where the platform hands it down, else made here. Callable on any thread; does not block.
 */
export function homeTable(): ThreadTable {
  tables.home ??= outsideScenarios(findHomeTable);
  return tables.home;
}

function findHomeTable(): ThreadTable {
  const inherited = inheritedTable();
  const home = inherited === undefined ? ThreadTable.create() : new ThreadTable(inherited);
  // To be noted here: the environment hands the table down to this thread's own threads, and so to this thread too.
  tables.isInherited = inherited !== undefined;
  bequeathTable(home.memory);
  know(home);
  return home;
}

/** Whether a thread that knows of this one has started it. Does not block. */
export function hasStarter(): boolean {
  homeTable();
  return tables.isInherited;
}

/** Remembers a table that this thread has met. Every handle holds it, in the contexts of scenarios too. */
export function know(table: ThreadTable): void {
  keepOutOfScenarios(table.memory);
  tables.byToken.set(table.token, table);
}

/** Every table that this thread has met, its home table included. */
export function knownTables(): Iterable<ThreadTable> {
  homeTable();
  return tables.byToken.values();
}
