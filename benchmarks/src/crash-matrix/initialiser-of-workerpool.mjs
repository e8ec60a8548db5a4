// The documented way to make a worker ready: register the functions when that is done.
import { setTimeout as sleep } from 'node:timers/promises';
import workerpool from 'workerpool';
import { innocent } from './perish.mjs';

async function initialise() {
  await sleep(10);
  throw new RangeError('no database');
}

await initialise();
workerpool.worker({ innocent });
