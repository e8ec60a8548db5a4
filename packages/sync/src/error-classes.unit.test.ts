import * as sync from '@pkg/sync';
import { expect, it } from 'vitest';
import { errorClassOf, registerErrorClass } from './error-classes.ts';

const errors = Object.entries(sync).filter(
  ([, value]) => typeof value === 'function' && value.prototype instanceof Error,
);

it.each(errors)('%s is known to every thread that loads it', (name, value) => {
  expect(errorClassOf([name])).toBe(value);
});

it.each<[unknown, string]>([
  [class NoError {}, 'the class NoError'],
  [Object.create(null), 'an object'],
  [undefined, 'undefined'],
])('what is no class of errors is refused in short: %o', (value, shown) => {
  expect(() => registerErrorClass(value as never)).toThrow(
    new TypeError(`registerErrorClass() takes a class that extends Error, not ${shown}`),
  );
});
