import { describe, expect, it } from 'vitest';
import { FROM, KIND, registerSharedClass, revive, type SharedHandle } from './shared-object.ts';

class Attachable {
  static [FROM](_handle: SharedHandle): never {
    return new Attachable() as never;
  }
}

class NotAttachable {}

describe('registerSharedClass', () => {
  it.each<[unknown, string]>([
    [NotAttachable, 'the class NotAttachable'],
    [new NotAttachable(), 'a NotAttachable'],
    [undefined, 'undefined'],
    [null, 'null'],
  ])('refuses what nothing could be attached by: %o', (sharedClass, shown) => {
    expect(() => registerSharedClass('test.NotAttachable', sharedClass as never)).toThrow(
      new TypeError(`the class of 'test.NotAttachable' needs a static method [FROM], and ${shown} has none`),
    );
    expect(() => revive({ [KIND]: 'test.NotAttachable' })).toThrow('no class is registered');
  });

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    ['', 'the string ""'],
    [5, 'the number 5'],
    [Attachable, 'the class Attachable'],
  ])('refuses what no handle names: %o', (kind, shown) => {
    expect(() => registerSharedClass(kind as string, Attachable)).toThrow(
      new TypeError(`a kind of shared objects must be a string that is not empty, not ${shown}`),
    );
  });
});
