import { type Contender, contenders, type Pool, type Tasks } from './contenders.ts';
import { failureOf, withinLimit } from './rounds.ts';

/** How often each setting of a contender is tried; its better trial counts. */
const TRIALS = 2;

/** How a pool is measured: the figure, and whether more of it is better. */
export interface Trial {
  readonly moreIsBetter: boolean;
  measure(pool: Pool): Promise<number>;
}

/** A contender's pool at its best setting; or how the contender failed. */
export interface OpenPool {
  readonly name: string;
  readonly setting: string;
  readonly pool: Pool | undefined;
  readonly failure: string | undefined;
}

/** Tries every setting of every contender, and opens the best of each. They stay open side by side. */
export async function openBest(task: keyof Tasks, threads: number, trial: Trial): Promise<OpenPool[]> {
  const open: OpenPool[] = [];
  for (const contender of contenders) open.push(await openContender(contender, task, threads, trial));
  return open;
}

/** Ends the pools. */
export async function closeAll(open: readonly OpenPool[]): Promise<void> {
  for (const { pool } of open) {
    if (pool !== undefined) await close(pool);
  }
}

async function openContender(
  { name, settings }: Contender,
  task: keyof Tasks,
  threads: number,
  trial: Trial,
): Promise<OpenPool> {
  let failure: string | undefined;
  let best = { figure: trial.moreIsBetter ? -Infinity : Infinity, setting: settings[0]! };
  let failed = 0;
  for (const setting of settings.length > 1 ? settings : []) {
    try {
      const figure = await trySetting(setting, task, threads, trial);
      if (trial.moreIsBetter ? figure > best.figure : figure < best.figure) best = { figure, setting };
    } catch (error) {
      failure = failureOf(error);
      failed++;
    }
  }
  if (failed > 0 && failed === settings.length) {
    return { name, setting: 'every setting', pool: undefined, failure };
  }
  try {
    const pool = await withinLimit(Promise.resolve(best.setting.open(task, threads)));
    await withinLimit(trial.measure(pool));
    return { name, setting: best.setting.name, pool, failure: undefined };
  } catch (error) {
    return { name, setting: best.setting.name, pool: undefined, failure: failureOf(error) };
  }
}

async function trySetting(
  setting: Contender['settings'][number],
  task: keyof Tasks,
  threads: number,
  trial: Trial,
): Promise<number> {
  const pool = await withinLimit(Promise.resolve(setting.open(task, threads)));
  try {
    // The first time is for warming up.
    await withinLimit(trial.measure(pool));
    const figures: number[] = [];
    for (let i = 0; i < TRIALS; i++) figures.push(await withinLimit(trial.measure(pool)));
    return trial.moreIsBetter ? Math.max(...figures) : Math.min(...figures);
  } finally {
    await close(pool);
  }
}

/** Ends a pool. One that has not ended after five seconds is left to the end of the process. */
export async function close(pool: Pool): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, 5000);
  });
  await Promise.race([Promise.resolve(pool.close()).catch(() => undefined), waited]);
  clearTimeout(timer);
}
