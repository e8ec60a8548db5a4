/** What the test calls in a page, by the names that the page has from here. */
import { runCheckNamed } from '../checks/checks.ts';
import { PAGE_CHECKS } from './page-checks.ts';
import { startWorker, webEngine } from './web-engine.ts';

/** Runs a check on the main thread of the page. */
const runHere = async (name: string) => {
  if (name in PAGE_CHECKS) await PAGE_CHECKS[name]!();
  else await runCheckNamed(name, webEngine);
};

/** Runs a check in a worker, which starts the workers that it needs. */
const runInWorker = async (name: string) => {
  await (await startWorker('check', { name })).ended;
};

Object.assign(globalThis, { runHere, runInWorker });
