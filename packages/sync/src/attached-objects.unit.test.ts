import { expect, it, vi } from 'vitest';
import { attach, recoverAttached } from './attached-objects.ts';
import { ThreadTable } from './thread-table.ts';

it('an object that cannot be recovered stops neither the others nor the caller, and is told of', () => {
  const table = ThreadTable.create();
  const broken = {
    recover() {
      throw new RangeError('beyond repair');
    },
  };
  const sound = { recover: vi.fn() };
  attach(table, broken);
  attach(table, sound);
  const later = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => {});
  try {
    recoverAttached(table);
    expect(sound.recover).toHaveBeenCalledTimes(1);
    expect(later).toHaveBeenCalledTimes(1);
    expect(later.mock.calls[0]?.[0]).toThrow('beyond repair');
  } finally {
    later.mockRestore();
  }
});
