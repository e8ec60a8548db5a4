import { describe, expect, it } from 'vitest';
import { findFunctions } from './find-functions.ts';

const fails = (): never => {
  throw new Error('not connected yet');
};
const named = () => 1;
const other = () => 2;

describe('the functions of a module', () => {
  it('are its exports, and those of its default export', () => {
    const found = findFunctions({ named, default: { other, named: other, limit: 3 } });
    expect([...found]).toEqual([
      ['other', other],
      ['named', named],
    ]);
  });

  it.each<[string, () => object]>([
    ['a getter that throws', () => Object.defineProperty({ other }, 'url', { enumerable: true, get: fails })],
    [
      'a proxy that answers some looks only',
      () =>
        new Proxy(
          { other, url: 1 },
          {
            get: (target, name) => (name === 'url' ? fails() : Reflect.get(target, name)),
          },
        ),
    ],
  ])('are found beside %s', (_, make) => {
    expect([...findFunctions({ named, default: make() }).keys()]).toEqual(['other', 'named']);
  });

  it('are found beside a default export that cannot be looked at', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const hostile of [proxy, new Proxy({}, { ownKeys: fails })])
      expect([...findFunctions({ named, default: hostile }).keys()]).toEqual(['named']);
  });
});
