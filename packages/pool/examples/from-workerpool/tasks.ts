import { currentTask } from '@pkg/pool';

export function countPrimes(limit: number): number {
  let count = 0;
  for (let n = 2; n < limit; n++) {
    let divisor = 2;
    while (n % divisor !== 0) divisor++;
    if (divisor === n) count++;
  }
  return count;
}

export function factorial(n: number): number {
  if (n < 0) throw new RangeError(`no factorial of ${n}`);
  let product = 1;
  for (let factor = 2; factor <= n; factor++) {
    product *= factor;
    currentTask().reportProgress(factor);
  }
  return product;
}

export function spin(): void {
  while (!currentTask().cancelled);
}
