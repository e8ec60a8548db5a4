import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** The packages as npm would publish them, installed into an empty project and used from there. */
const packages = fileURLToPath(new URL('../../', import.meta.url));
let project: string;

/** A consumer's shell: none of the conditions that the workspace sets. */
const run = (command: string, args: string[], cwd = project) =>
  execFileSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: 500_000,
    killSignal: 'SIGKILL',
    env: { ...process.env, NODE_OPTIONS: '' },
  });

/** What the compiler says of a file of the project, and of all declarations that it brings in. */
function compile(file: string, options: Record<string, unknown>): string {
  const compilerOptions = { noEmit: true, strict: true, module: 'nodenext', target: 'es2022', ...options };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: [file] }));
  const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', '.'], {
    cwd: project,
    encoding: 'utf8',
    timeout: 500_000,
  });
  return status === 0 ? stdout : `${stdout}${stderr}exit code ${status}`;
}

/** Installs packages of the workspace's own into the project. */
function bringTypes(...names: string[]): void {
  const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url));
  for (const name of names)
    cpSync(join(modules, name), join(project, 'node_modules', name), { recursive: true });
}

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'consumer-'));
  for (const name of ['sync', 'queue', 'pool', 'interleave']) {
    run('npm', ['pack', '--silent', '--pack-destination', project], join(packages, name));
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const tarballs = readdirSync(project).filter((file) => file.endsWith('.tgz'));
  // A peer of one of them, which is not looked for where there is no network.
  run('npm', [
    'install',
    '--offline',
    '--legacy-peer-deps',
    '--silent',
    ...tarballs.map((file) => `./${file}`),
  ]);
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

describe('the packed packages, installed into an empty project', () => {
  it('run threads that share a queue', () => {
    writeFileSync(
      join(project, 'main.js'),
      `import { Thread } from '@pkg/pool';
       import { Queue } from '@pkg/queue';
       export class Adder extends Thread {
         static url = import.meta.url;
         constructor(numbers, sums) { super({ daemon: true }); this.numbers = numbers; this.sums = sums; }
         run() { for (;;) { const [a, b] = this.numbers.get(); this.sums.put(a + b); this.numbers.taskDone(); } }
       }
       if (Thread.current().name === 'MainThread') {
         const numbers = new Queue(), sums = new Queue();
         for (let i = 0; i < 3; i++) new Adder(numbers, sums).start();
         for (let i = 0; i < 100; i++) numbers.put([i, i]);
         numbers.join();
         console.log(sums.getMany(100).reduce((a, b) => a + b));
       }`,
    );
    expect(run(process.execPath, ['main.js'])).toBe('9900\n');
  });

  it('have threads by themselves, of the same classes as in the whole package', () => {
    writeFileSync(
      join(project, 'same.js'),
      `import * as threads from '@pkg/pool/thread';
       import * as pool from '@pkg/pool';
       const both = Object.keys(pool).filter((name) => name in threads);
       console.log(both.includes('Thread'), both.every((name) => threads[name] === pool[name]));`,
    );
    expect(run(process.execPath, ['same.js'])).toBe('true true\n');
  });

  it('have classes by the names that they are exported under', () => {
    writeFileSync(
      join(project, 'names.js'),
      `import { inspect } from 'node:util';
       import * as sync from '@pkg/sync';
       import * as queue from '@pkg/queue';
       import * as pool from '@pkg/pool';
       for (const [name, value] of Object.entries({ ...sync, ...queue, ...pool })) {
         if (typeof value === 'function' && value.name !== name) console.log(name, 'is called', value.name);
       }
       console.log(inspect(new queue.Queue()));`,
    );
    expect(run(process.execPath, ['names.js'])).toBe('Queue {}\n');
  });

  it('have threads that load no queue before somebody needs one', () => {
    const thread = readFileSync(join(project, 'node_modules/@pkg/pool/dist/thread.js'), 'utf8');
    expect(thread).toMatch(/from ?"@pkg\/sync\/kernel"/);
    expect(thread).not.toMatch(/from ?"@pkg\/queue"/);
  });

  it('give an executor to a thread that has not loaded its class', () => {
    writeFileSync(
      join(project, 'submitter.js'),
      `import { Thread } from '@pkg/pool/thread';
       export class Submitter extends Thread {
         static url = import.meta.url;
         constructor(executor) { super(); this.executor = executor; }
         async run() { console.log(await this.executor.submit('double', [21])); }
       }`,
    );
    writeFileSync(
      join(project, 'submits.js'),
      `import { isMainThread } from 'node:worker_threads';
       import { ThreadPoolExecutor } from '@pkg/pool';
       import { Submitter } from './submitter.js';
       export const double = (n) => 2 * n;
       if (isMainThread) {
         const executor = new ThreadPoolExecutor(import.meta.url, { maxWorkers: 1 });
         await new Submitter(executor).start().joinAsync();
         await executor.shutdown();
       }`,
    );
    expect(run(process.execPath, ['submits.js'])).toBe('42\n');
  });

  it('have workers that know the classes of this project as the module of the tasks does', () => {
    writeFileSync(
      join(project, 'classes.js'),
      `import { isMainThread } from 'node:worker_threads';
       import { currentTask, move, registerErrorClass, ThreadPoolExecutor } from '@pkg/pool';
       import { PriorityQueue, Queue, QueueEmpty } from '@pkg/queue';
       import { LockTimeout, Mutex } from '@pkg/sync';
       class Refused extends Error { constructor(why) { super('refused'); this.why = why; } }
       registerErrorClass(Refused);
       export function look(queue, ordered, mutex) {
         mutex.lock();
         mutex.unlock();
         return [queue instanceof Queue, queue.get(), ordered instanceof PriorityQueue, mutex instanceof Mutex, currentTask().name];
       }
       export function fail(how) {
         if (how === 'own') throw new Refused('no');
         if (how === 'queue') new Queue().getNowait();
         new Mutex().handle;
         throw new LockTimeout(5);
       }
       export const bytes = () => move(new Uint8Array([1, 2, 3]));
       export async function watch(queue) {
         const { signal } = currentTask();
         const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
         queue.put('runs');
         await aborted;
         queue.put(signal.reason instanceof Refused && signal.reason.why);
       }
       if (isMainThread) {
         // The second executor's worker runs what the first one's has compiled.
         for (let n = 0; n < 2; n++) {
           const executor = new ThreadPoolExecutor(import.meta.url, { maxWorkers: 1 });
           const queue = new Queue();
           queue.put('item');
           console.log(...(await executor.submit('look', [queue, new PriorityQueue(), new Mutex()])));
           for (const how of ['own', 'queue', 'sync']) {
             const error = await executor.submit('fail', [how]).catch((error) => error);
             console.log(error instanceof Refused, error.why, error instanceof QueueEmpty, error instanceof LockTimeout);
           }
           console.log(...(await executor.submit('bytes', [])));
           const task = executor.submit('watch', [queue]);
           console.log(await queue.getAsync());
           task.cancel(new Refused('enough'));
           console.log((await task.catch((error) => error)).why, await queue.getAsync());
           await executor.shutdown();
         }
       }`,
    );
    const each = [
      'true item true true look',
      'true no false false',
      'false undefined true false',
      'false undefined false true',
      '1 2 3',
      'runs',
      'enough enough',
    ];
    expect(run(process.execPath, ['classes.js'])).toBe([...each, ...each, ''].join('\n'));
  });

  it('work side by side in one process when they are installed twice', () => {
    cpSync(join(project, 'node_modules'), join(project, 'other/node_modules'), { recursive: true });
    writeFileSync(join(project, 'other/index.js'), `export * from '@pkg/pool';`);
    writeFileSync(
      join(project, 'twice.js'),
      `import { isMainThread } from 'node:worker_threads';
       import * as one from '@pkg/pool';
       import { Queue } from '@pkg/queue';
       import * as other from './other/index.js';
       export const double = (n) => 2 * n;
       export const relay = async (executor, n) => [await executor.submit('double', [n]), executor.submitSync('double', [n])];
       class Teller extends one.Thread {
         static url = import.meta.url;
         constructor(answers) { super(); this.answers = answers; }
         run() { this.answers.put(one.Thread.current() === this); }
       }
       class OtherTeller extends other.Thread {
         static url = import.meta.url;
         constructor(answers) { super(); this.answers = answers; }
         run() { this.answers.put(other.Thread.current() === this); }
       }
       export { OtherTeller, Teller };
       if (isMainThread) {
         const first = new one.ThreadPoolExecutor(import.meta.url, { maxWorkers: 1 });
         const second = new other.ThreadPoolExecutor(import.meta.url, { maxWorkers: 1 });
         console.log(one.Thread === other.Thread, await first.submit('double', [1]), second.submitSync('double', [2]));
         console.log(await second.submit('relay', [first, 3]), await first.submit('relay', [second, 4]));
         console.log(other.ThreadPoolExecutor.from(first.handle).submitSync('double', [5]));
         const answers = new Queue();
         await new Teller(answers).start().joinAsync();
         await new OtherTeller(answers).start().joinAsync();
         console.log(answers.getMany(2));
         await Promise.all([first.shutdown(), second.shutdown()]);
       }`,
    );
    const answers = ['false 2 4', '[ 6, 6 ] [ 8, 8 ]', '10', '[ true, true ]', ''];
    expect(run(process.execPath, ['twice.js'])).toBe(answers.join('\n'));
  });

  it('show a line or two of themselves where nobody catches an error, and not a whole file', () => {
    writeFileSync(
      join(project, 'uncaught.js'),
      `import { ThreadPoolExecutor } from '@pkg/pool';
       import { Queue } from '@pkg/queue';
       import { Mutex } from '@pkg/sync';
       if (process.argv[2] === 'queue') new Queue().getNowait();
       if (process.argv[2] === 'pool') new ThreadPoolExecutor(5);
       if (process.argv[2] === 'sync') new Mutex().release();`,
    );
    for (const name of ['queue', 'pool', 'sync']) {
      const { status, stderr } = spawnSync(process.execPath, ['uncaught.js', name], {
        cwd: project,
        encoding: 'utf8',
      });
      expect(status).toBe(1);
      expect(stderr).toContain('    at ');
      expect(stderr.length).toBeLessThan(2000);
    }
  });

  it('load modules in TypeScript by tsx, also of a package without "type": "module"', () => {
    const folder = join(project, 'without-a-type');
    mkdirSync(join(folder, 'node_modules'), { recursive: true });
    symlinkSync(
      fileURLToPath(new URL('../../../node_modules/tsx', import.meta.url)),
      join(folder, 'node_modules/tsx'),
    );
    writeFileSync(join(folder, 'package.json'), '{}');
    writeFileSync(
      join(folder, 'tasks.ts'),
      `enum Unit { Byte = 8 }
       export const bits = (bytes: number): number => bytes * Unit.Byte;`,
    );
    writeFileSync(
      join(folder, 'main.mjs'),
      `import { ThreadPoolExecutor } from '@pkg/pool';
       const executor = new ThreadPoolExecutor(new URL('./tasks.ts', import.meta.url), { maxWorkers: 1 });
       console.log(await executor.submit('bits', [2]));
       await executor.shutdown();`,
    );
    expect(run(process.execPath, ['without-a-type/main.mjs'])).toBe('16\n');
  });

  it('load with require() where Node can require modules', () => {
    const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
    const able = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
    writeFileSync(
      join(project, 'main.cjs'),
      `const { Queue } = require('@pkg/queue'); const q = new Queue(); q.put('by require'); console.log(q.get());`,
    );
    expect(able).toBe(true);
    expect(run(process.execPath, ['main.cjs'])).toBe('by require\n');
  });

  it('have declarations that a strict compiler accepts', () => {
    writeFileSync(
      join(project, 'typed.ts'),
      `import { Queue, QueueEmpty } from '@pkg/queue';
       import { Mutex } from '@pkg/sync';
       const queue = new Queue<[string, number]>(3, { redeliver: true });
       queue.put(['a', 1], { timeout: 5 });
       const [name, n]: [string, number] = queue.get();
       // @ts-expect-error an item of another type
       queue.put([1, 'a']);
       const code: 'QUEUE_EMPTY' = new QueueEmpty(0).code;
       export const used = [name, n, code, new Mutex().handle, Queue.from(queue.handle).get()[1].toFixed()];`,
    );
    expect(compile('typed.ts', { lib: ['es2024', 'esnext.disposable', 'dom'], types: [] })).toBe('');
  });

  it('have declarations that need of the types around them those of Node only', () => {
    writeFileSync(
      join(project, 'for-node.ts'),
      `import { MessageChannel } from 'node:worker_threads';
       import { currentTask, move, type SubmitOptions, Thread, ThreadPoolExecutor, WorkerPool } from '@pkg/pool';
       import { Thread as Alone } from '@pkg/pool/thread';
       import { Queue } from '@pkg/queue';
       import { Event, supervise } from '@pkg/sync';
       import { createLivenessProbe } from '@pkg/sync/kernel';
       import { explore } from '@pkg/interleave';
       class Taker extends Thread {
         static override readonly url = import.meta.url;
         constructor(readonly queue: Queue<number>) { super({ transfer: [new MessageChannel().port1] }); }
         override run() {}
       }
       const queue = new Queue<number>();
       const pool = new WorkerPool(Taker, { size: 2, args: [queue] });
       // @ts-expect-error the arguments are missing
       new WorkerPool(Taker, { size: 2 });
       export const items: readonly Queue<number>[] = pool.threads.map((thread) => thread.queue);
       export const moved: ArrayBuffer = move(new ArrayBuffer(8), []);
       export const options: SubmitOptions = { transfer: [new ArrayBuffer(8), new MessageChannel().port2] };
       interface Tasks { count(): Generator<number>; queue(): Queue<number> }
       export const run = async (executor: ThreadPoolExecutor<Tasks>) => {
         for await (const n of await executor.submit('count')) n.toFixed();
         return (await executor.call.queue()).get().toFixed();
       };
       export const used = [Alone, Event, supervise, createLivenessProbe()?.port.close, currentTask, explore];`,
    );
    bringTypes('@types/node', 'undici-types', 'fast-check', 'pure-rand');
    expect(compile('for-node.ts', { lib: ['esnext'], types: ['node'] })).toBe('');
    // What versions of Node's types differ in: 26 has no such name any more.
    const file = join(project, 'node_modules/@types/node/worker_threads.d.ts');
    const types = readFileSync(file, 'utf8');
    expect(types).toMatch(/\btype TransferListItem\b/);
    writeFileSync(file, types.replace(/^.*\btype TransferListItem\b.*$/m, ''));
    expect(compile('for-node.ts', { lib: ['esnext'], types: ['node'] })).toBe('');
  });
});
