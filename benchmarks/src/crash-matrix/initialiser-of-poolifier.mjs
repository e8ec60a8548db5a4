import { setTimeout as sleep } from 'node:timers/promises';
import { ThreadWorker } from 'poolifier';
import { innocent } from './perish.mjs';

async function initialise() {
  await sleep(10);
  throw new RangeError('no database');
}

await initialise();
export default new ThreadWorker({ innocent });
