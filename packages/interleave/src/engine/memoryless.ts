import type { MemorylessClass } from '../scenario.ts';
import type { BodyRunner } from './body-runner.ts';

/** Lets the machine know of every call of a method of these classes, while `body` runs. */
export function withMemoryless<T>(
  classes: readonly MemorylessClass[],
  machine: BodyRunner,
  body: () => T,
): T {
  const replaced: (() => void)[] = [];
  try {
    for (const { prototype } of classes) {
      for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
        const method: unknown = descriptor.value;
        if (name === 'constructor' || typeof method !== 'function') continue;
        Object.defineProperty(prototype, name, {
          ...descriptor,
          value(this: unknown, ...args: unknown[]) {
            return machine.forget(() => Reflect.apply(method, this, args) as unknown);
          },
        });
        replaced.push(() => Object.defineProperty(prototype, name, descriptor));
      }
    }
    return body();
  } finally {
    for (const restore of replaced.reverse()) restore();
  }
}
