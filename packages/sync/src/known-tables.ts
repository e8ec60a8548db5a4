import { bequeathTable, inheritedTable } from '#platform';
import { ThreadTable } from './thread-table.ts';

const tables = new Map<string, ThreadTable>();
let home: ThreadTable | undefined;

/**
 * The table of this thread and of every thread that descends from the same root: inherited from the parent
 * where the platform hands it down, else made here. Callable on any thread; does not block.
 */
export function homeTable(): ThreadTable {
  if (home === undefined) {
    const inherited = inheritedTable();
    home = inherited === undefined ? ThreadTable.create() : new ThreadTable(inherited);
    bequeathTable(home.memory);
    know(home);
  }
  return home;
}

/** Remembers a table that this thread has met. */
export function know(table: ThreadTable): void {
  tables.set(table.token, table);
}

/** Every table that this thread has met, its home table included. */
export function knownTables(): Iterable<ThreadTable> {
  homeTable();
  return tables.values();
}
