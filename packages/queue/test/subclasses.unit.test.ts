/** How a user's class that is made of a queue arrives in another thread. */
import { FROM, HANDLE, KIND, registerSharedClass, revive, type SharedHandle } from '@pkg/sync';
import { expect, it } from 'vitest';
import { Queue, type QueueHandle } from '../src/index.ts';

it('a class that extends one arrives as the class that it extends', () => {
  class LogQueue extends Queue<string> {}
  const queue = new LogQueue();
  queue.put('line');
  const arrived = revive(structuredClone(queue[HANDLE]()));
  expect(arrived).toBeInstanceOf(Queue);
  expect(arrived).not.toBeInstanceOf(LogQueue);
  expect((arrived as Queue<string>).get()).toBe('line');
});

it('a class that holds one, and has a kind of its own, arrives as itself', () => {
  interface LogHandle extends SharedHandle {
    readonly lines: QueueHandle<string>;
  }
  class Log {
    readonly lines: Queue<string>;
    constructor(lines: Queue<string>) {
      this.lines = lines;
    }
    [HANDLE](): LogHandle {
      return { [KIND]: 'test.Log', lines: this.lines.handle };
    }
    static [FROM]({ lines }: LogHandle): Log {
      return new Log(Queue.from(lines));
    }
  }
  registerSharedClass('test.Log', Log as never);
  const log = new Log(new Queue<string>());
  log.lines.put('line');
  const arrived = revive(structuredClone(log[HANDLE]()));
  expect(arrived).toBeInstanceOf(Log);
  expect((arrived as Log).lines.get()).toBe('line');
});
