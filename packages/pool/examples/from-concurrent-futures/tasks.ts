import type { Event } from '@pkg/sync';

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
  return n < 2 ? 1 : n * factorial(n - 1);
}

export function hold(begun: Event, gate: Event): void {
  begun.set();
  gate.wait();
}

let greeting = '';
export function setGreeting(value: string): void {
  greeting = value;
}

export function greet(name: string): string {
  return `${greeting} ${name}`;
}
