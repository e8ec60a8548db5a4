import { describe, expect, it } from 'vitest';
import { unlessAborted } from './unless-aborted.ts';

const never = new Promise<never>(() => {});

describe('unlessAborted', () => {
  it('settles as the work does, with or without a signal', async () => {
    const { signal } = new AbortController();
    const error = new Error('broken');
    for (const either of [signal, undefined]) {
      expect(await unlessAborted(Promise.resolve(1), either)).toBe(1);
      await expect(unlessAborted(Promise.reject(error), either)).rejects.toBe(error);
    }
  });

  it('rejects with the reason of a signal that aborts, or has', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const waiting = unlessAborted(never, controller.signal);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(unlessAborted(never, controller.signal)).rejects.toBe(reason);
  });
});
