import * as sync from '@pkg/sync';
import { expect, it } from 'vitest';
import { errorClassOf } from './error-classes.ts';

const errors = Object.entries(sync).filter(
  ([, value]) => typeof value === 'function' && value.prototype instanceof Error,
);

it.each(errors)('%s is known to every thread that loads it', (name, value) => {
  expect(errorClassOf([name])).toBe(value);
});
