// piscina and tinypool await a promise that is exported: their documented way to make a worker ready.
import { setTimeout as sleep } from 'node:timers/promises';

export default (async () => {
  await sleep(10);
  throw new RangeError('no database');
})();
