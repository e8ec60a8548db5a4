/** Everything that a log can hold, as the low 5 bits of a signature; the address is above them. */
export const load = 0;
export const store = 1;
export const add = 2;
export const sub = 3;
export const and = 4;
export const or = 5;
export const xor = 6;
export const exchange = 7;
export const compareExchange = 8;
export const wait = 9;
export const notify = 10;
export const plainRead = 11;
export const plainWrite = 12;
export const bulkRead = 13;
export const bulkWrite = 14;
export const readSize = 15;
export const grow = 16;
export const readClock = 17;
export const operationStart = 18;
export const operationEnd = 19;
export const sleep = 20;
export const memorylessStart = 21;
export const memorylessEnd = 22;

/** Those that have nothing to do with a place in memory. */
export const withoutAddress: ReadonlySet<number> = new Set([
  readClock,
  operationStart,
  operationEnd,
  sleep,
  memorylessStart,
  memorylessEnd,
]);

export const operationNames = [
  'load',
  'store',
  'add',
  'sub',
  'and',
  'or',
  'xor',
  'exchange',
  'compareExchange',
  'wait',
  'notify',
  'read',
  'write',
  'read',
  'write',
  'byteLength',
  'grow',
  'clock',
  'call',
  'return',
  'sleep',
  'forgotten call',
  'return of a forgotten call',
] as const;

export const operationOf = (signature: number): number => signature & 31;
export const addressOf = (signature: number): number => signature >>> 5;
