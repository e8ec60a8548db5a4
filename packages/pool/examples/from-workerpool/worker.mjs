import workerpool from 'workerpool';

function countPrimes(limit) {
  let count = 0;
  for (let n = 2; n < limit; n++) {
    let divisor = 2;
    while (n % divisor !== 0) divisor++;
    if (divisor === n) count++;
  }
  return count;
}

function factorial(n) {
  if (n < 0) throw new RangeError(`no factorial of ${n}`);
  let product = 1;
  for (let factor = 2; factor <= n; factor++) {
    product *= factor;
    workerpool.workerEmit(factor);
  }
  return product;
}

function spin() {
  for (;;);
}

workerpool.worker({ countPrimes, factorial, spin });
