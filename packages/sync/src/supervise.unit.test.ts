import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { hasChildren } from './children.ts';
import { supervise } from './supervise.ts';
import { MAX_THREADS } from './thread-table.ts';

/** A worker that tells of its end within the request for it, as Deno's do. */
class PromptWorker extends EventEmitter {
  readonly threadId: number;

  constructor(threadId = 1_000_001) {
    super();
    this.threadId = threadId;
  }

  async terminate(): Promise<void> {
    this.emit('exit', 1);
  }
}

describe('supervise', () => {
  it('tells whoever is told of the end that it was requested', async () => {
    const worker = new PromptWorker();
    const supervision = supervise(worker);
    const requested: boolean[] = [supervision.terminationRequested];
    worker.once('exit', () => requested.push(supervision.terminationRequested));
    await supervision.terminate();
    expect(requested).toEqual([false, true]);
    expect(supervision.ended).toBe(true);
  });

  it('says that a web Worker cannot be supervised', () => {
    class Worker extends EventTarget {
      terminate(): void {}
    }
    expect(() => supervise(new Worker() as never)).toThrow(
      'supervise() takes a Worker of node:worker_threads, not a web Worker: nobody is told of the end of one',
    );
  });

  it('tells that the end was not requested', () => {
    const worker = new PromptWorker();
    const supervision = supervise(worker);
    worker.emit('exit', 0);
    expect([supervision.ended, supervision.terminationRequested]).toEqual([true, false]);
  });

  it('does not watch over a worker that it refuses for want of room', async () => {
    const workers = Array.from({ length: MAX_THREADS + 1 }, (_, i) => new PromptWorker(1_000_001 + i));
    const refused = workers.pop()!;
    for (const worker of workers) supervise(worker);
    expect(() => supervise(refused)).toThrow('1024 threads are supervised already: end some');
    expect(refused.listenerCount('exit')).toBe(0);
    for (const worker of workers) worker.emit('exit', 0);
    expect(hasChildren()).toBe(false);
    expect(supervise(refused).ended).toBe(false);
    refused.emit('exit', 0);
  });
});
