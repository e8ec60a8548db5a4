import { getEventListeners } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { whenAborted } from './when-aborted.ts';

describe('whenAborted', () => {
  it('calls all in the order in which they came, with one listener', () => {
    const controller = new AbortController();
    const called: number[] = [];
    for (let n = 0; n < 100; n += 1) whenAborted(controller.signal, () => called.push(n));
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    controller.abort();
    expect(called).toEqual(Array.from({ length: 100 }, (_, n) => n));
    controller.signal.dispatchEvent(new Event('abort'));
    expect(called).toHaveLength(100);
  });

  it('leaves nothing behind when the last is taken away, and begins anew', () => {
    const { signal } = new AbortController();
    const forget = [1, 2].map(() => whenAborted(signal, () => {}));
    forget[0]?.();
    forget[0]?.();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    forget[1]?.();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    const again = whenAborted(signal, () => {});
    forget[1]?.();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    again();
  });

  it('calls none that was taken away, also by one that was called before', () => {
    const controller = new AbortController();
    const called: string[] = [];
    const same = () => called.push('same');
    whenAborted(controller.signal, same);
    whenAborted(controller.signal, same)();
    whenAborted(controller.signal, () => forget());
    const forget = whenAborted(controller.signal, () => called.push('forgotten'));
    controller.abort();
    expect(called).toEqual(['same']);
  });

  it('calls nobody of a signal that is aborted already, or that is none', () => {
    const called: string[] = [];
    whenAborted(AbortSignal.abort(), () => called.push('late'))();
    whenAborted(undefined, () => called.push('never'))();
    expect(called).toEqual([]);
  });

  it('calls the others when one throws, and lets that be uncaught', async () => {
    const controller = new AbortController();
    const uncaught = new Promise((resolve) => {
      const listeners = process.listeners('uncaughtException');
      process.removeAllListeners('uncaughtException');
      process.once('uncaughtException', resolve);
      onTestFinished(() => {
        process.removeAllListeners('uncaughtException');
        for (const listener of listeners) process.on('uncaughtException', listener);
      });
    });
    const called: number[] = [];
    const error = new Error('of one');
    whenAborted(controller.signal, () => {
      throw error;
    });
    whenAborted(controller.signal, () => called.push(2));
    controller.abort();
    expect(called).toEqual([2]);
    await expect(uncaught).resolves.toBe(error);
  });
});
