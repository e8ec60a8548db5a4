import { describe, expect, it } from 'vitest';
import { findClass } from './find-class.ts';

class Runner {
  run() {}
}

describe('a class is found', () => {
  it.each<[string, Record<string, unknown>]>([
    ['under its name', { Runner, default: class Other extends Runner {} }],
    ['as the default', { default: Runner, other: 1 }],
    ['under another name', { Other: Runner, default: () => {} }],
    ['in the exports of a CommonJS module', { default: { Runner } }],
    ['as the exports of a CommonJS module', { default: Runner, 'module.exports': Runner }],
  ])('%s', (_, namespace) => {
    expect(findClass(namespace, 'Runner')).toBe(Runner);
  });

  it('as the default when it has no name', () => {
    const [Anonymous] = [class extends Runner {}];
    for (const name of ['', 'default']) expect(findClass({ default: Anonymous }, name)).toBe(Anonymous);
  });
});

describe('no class is found', () => {
  it.each<[string, Record<string, unknown>]>([
    ['in an empty module', {}],
    ['when the export has nothing to run', { Runner: class Runner {} }],
    ['when the default is another one', { default: class Other extends Runner {} }],
    ['when the export is no class', { Runner: { prototype: { run() {} } } }],
  ])('%s', (_, namespace) => {
    expect(findClass(namespace, 'Runner')).toBeUndefined();
  });
});
