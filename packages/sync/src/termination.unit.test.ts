import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Termination } from './termination.ts';

// The tests move its time by fake timers.
vi.mock('./real-time.ts', () => ({
  realTime: {
    now: () => performance.now(),
    setTimeout: (...args: Parameters<typeof setTimeout>) => setTimeout(...args),
    clearTimeout: (timer: Parameters<typeof clearTimeout>[0]) => clearTimeout(timer),
  },
}));

/** A worker that ends at the request of this number; all before are lost. */
class DeafWorker {
  requests = 0;
  #listeners = 10;
  readonly #endsAt: number;
  readonly #end: Promise<number>;
  #settle = (_code: number) => {};

  constructor(endsAt: number) {
    this.#endsAt = endsAt;
    this.#end = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  terminate(): Promise<number> {
    if (++this.requests === this.#endsAt) this.#settle(1);
    return this.#end;
  }

  getMaxListeners(): number {
    return this.#listeners;
  }

  setMaxListeners(count: number): void {
    this.#listeners = count;
  }
}

describe('Termination', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('requests once when that suffices', async () => {
    const worker = new DeafWorker(1);
    await new Termination(worker).ended;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(worker.requests).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('repeats the request until the worker has ended, less and less often', async () => {
    const worker = new DeafWorker(12);
    const termination = new Termination(worker);
    await vi.advanceTimersByTimeAsync(100);
    expect(worker.requests).toBe(4);
    await vi.advanceTimersByTimeAsync(60_000);
    await termination.ended;
    expect(worker.requests).toBe(12);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('lets Node add a listener for each request without a warning', async () => {
    const worker = new DeafWorker(100);
    new Termination(worker);
    await vi.advanceTimersByTimeAsync(60_000);
    // One by whoever supervises, one by each request.
    expect(worker.getMaxListeners()).toBeGreaterThan(worker.requests);
  });

  it('repeats it for a thread that blocks, when the last one has been given its time', () => {
    const worker = new DeafWorker(3);
    const termination = new Termination(worker);
    termination.insist();
    expect(worker.requests).toBe(1);
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 50);
    termination.insist();
    expect(worker.requests).toBe(2);
    termination.insist();
    expect(worker.requests).toBe(2);
    vi.restoreAllMocks();
  });

  it('requests no more once its owner has seen the end', async () => {
    const worker = new DeafWorker(100);
    const termination = new Termination(worker);
    termination.settle();
    termination.insist();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(worker.requests).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});
