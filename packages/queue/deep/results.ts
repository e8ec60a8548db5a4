import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ExploreReport } from '@pkg/interleave';

/** What is kept of a job that came to its end without a failure. */
type Result = Pick<ExploreReport, 'schedules' | 'pruned' | 'states' | 'milliseconds'>;

/** Results by the names of their jobs, in a file, so that an interrupted run goes on where it was. */
export class Results {
  readonly #path: string;
  readonly #byName: Record<string, Result>;

  /** @param restart forget what the file holds */
  constructor(path: string, restart: boolean) {
    this.#path = path;
    this.#byName = restart ? {} : read(path);
    mkdirSync(dirname(path), { recursive: true });
  }

  get(name: string): Result | undefined {
    return this.#byName[name];
  }

  add(name: string, { schedules, pruned, states, milliseconds }: Result): void {
    this.#byName[name] = { schedules, pruned, states, milliseconds };
    writeFileSync(this.#path, JSON.stringify(this.#byName));
  }
}

function read(path: string): Record<string, Result> {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`${path} holds no results (${String(error)}): delete it or pass --restart`, {
      cause: error,
    });
  }
}

/** Adds results up. */
export function sumOf(results: readonly Result[]): Result {
  const sum = (key: keyof Result) => results.reduce((total, result) => total + result[key], 0);
  return {
    schedules: sum('schedules'),
    pruned: sum('pruned'),
    states: sum('states'),
    milliseconds: sum('milliseconds'),
  };
}

/** A result in words. */
export const tell = ({ schedules, pruned, states, milliseconds }: Result): string =>
  `${schedules} schedules, ${pruned} pruned, ${states} states, ${(milliseconds / 1000).toFixed(1)} s`;
