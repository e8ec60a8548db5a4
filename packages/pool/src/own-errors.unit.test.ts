import * as pool from '@pkg/pool';
import { errorClassOf } from '@pkg/sync/kernel';
import { expect, it } from 'vitest';

const errors = Object.entries(pool).filter(
  ([, value]) => typeof value === 'function' && value.prototype instanceof Error,
);

it.each(errors)('%s is known to every thread that loads it', (name, value) => {
  expect(errorClassOf([name])).toBe(value);
});
