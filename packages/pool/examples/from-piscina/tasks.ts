export default function lengthOf(text: string): number {
  return text.length;
}

export function countPrimes(limit: number): number {
  let count = 0;
  for (let n = 2; n < limit; n++) {
    let divisor = 2;
    while (n % divisor !== 0) divisor++;
    if (divisor === n) count++;
  }
  return count;
}

export function parse(json: string): unknown {
  return JSON.parse(json);
}

export function sum(bytes: Uint8Array): number {
  return bytes.reduce((a, b) => a + b, 0);
}

export function spin(): never {
  for (;;);
}
