import { describe, expect, it } from 'vitest';
import { followed } from './followed-signal.ts';

describe('followed', () => {
  it('aborts with the reason of the signal that it follows, and no more when that is over', async () => {
    const controller = new AbortController();
    const first = await followed(controller.signal);
    const second = await followed(controller.signal);
    second.forget();
    controller.abort(null);
    expect(first.signal).toMatchObject({ aborted: true, reason: null });
    expect(second.signal.aborted).toBe(false);
  });

  it('is aborted where the signal is, also when that happens meanwhile', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const outcome = followed(controller.signal);
    controller.abort(reason);
    for (const { signal } of [await outcome, await followed(controller.signal)]) {
      expect(signal).toMatchObject({ aborted: true, reason });
    }
  });
});
