import { describe, expect, it } from 'vitest';
import { exportsPlainly, hasPlainExport } from './plain-export.ts';

describe('a module that plainly exports a class', () => {
  it.each([
    'export class Worker extends Thread {}',
    'import "x";\nexport  default class Worker{}',
    'export abstract class Worker<T> extends Thread {}',
    '@decorated export class Worker extends Thread {}',
    'const Worker = class {};\nexport { type Other, Worker };',
    'var f=class{};export{f as Worker};',
    'export { Worker as default, } from "./worker.js"',
    'export const Worker = class extends Thread {};',
    'exports.Worker = Worker;',
    'const url = "https://host/"; export class Worker {}',
    '/* Copyright */ export class /* the */ Worker {}',
  ])('is told by its text: %s', (text) => {
    expect(exportsPlainly(text, 'Worker')).toBe(true);
  });

  it.each([
    'class Worker extends Thread {}',
    'export class Workers extends Thread {}',
    'export class Worker$ extends Thread {}',
    'export class MyWorker {}\nclass Worker {}',
    '// export class Worker {}\nclass Worker {}',
    '/* for now:\n export class Worker {} */',
    'export { WorkerPool, $Worker };\nclass Worker {}',
    'if (exports.Worker == Worker) {}',
    'class Worker {}\nexport { type Worker };',
    'class Worker {}//export class Worker',
    'export { Other,// Worker\n }; class Worker {}',
    'export * from "./worker.js";',
    '',
  ])('is not told by the text: %s', (text) => {
    expect(exportsPlainly(text, 'Worker')).toBe(false);
  });

  it('is told in time that grows with the text alone', () => {
    for (const text of ['export { Worker ', 'export {', '"/api/*"', 'export class ', '//'])
      expect(exportsPlainly(text.repeat(20_000), 'Worker')).toBe(false);
  });

  it('may have a dollar in its name', () => {
    expect(exportsPlainly('export class $ {}', '$')).toBe(true);
    expect(exportsPlainly('export class $a {}', '$')).toBe(false);
  });

  it('is looked for in files that can be read', () => {
    expect(hasPlainExport(import.meta.url.replace('.unit.test', ''), 'hasPlainExport')).toBe(false);
    expect(hasPlainExport(new URL('../thread.ts', import.meta.url).href, 'Thread')).toBe(true);
    expect(hasPlainExport(new URL('./none.ts', import.meta.url).href, 'Thread')).toBe(false);
    expect(hasPlainExport('data:text/javascript,export class Thread {}', 'Thread')).toBe(false);
    expect(hasPlainExport(import.meta.url, '')).toBe(false);
  });
});
