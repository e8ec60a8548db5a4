/**
 * The first module of an executor's worker: loads the module of the tasks, runs the initializer, and works.
 *
 * @packageDocumentation
 */
import { workerData } from 'node:worker_threads';
import { SimpleQueue } from '@pkg/queue';
import { Control } from './executor/control.ts';
import type { Farewell, WorkerData } from './executor/protocol.ts';
import { TaskNames } from './executor/task-names.ts';
import { TaskWords } from './executor/task-words.ts';
import { unpackValue } from './executor/value-travel.ts';
import { findFunctions } from './executor/worker/find-functions.ts';
import { Mailbox } from './executor/worker/mailbox.ts';
import { ResultSender } from './executor/worker/result-sender.ts';
import { TaskSource } from './executor/worker/task-source.ts';
import { WorkLoop } from './executor/worker/work-loop.ts';
import { packError } from './thread/error-travel.ts';
import { loadModule } from './thread/load-module.ts';
import { thisThread } from './thread/this-thread.ts';

const data = workerData as WorkerData;
const { port, row } = data;
const control = new Control(data.control);
const self = thisThread();
self.name = data.name;
self.daemon = true;
// Reachable for as long as the thread runs: the owner takes its closing for the thread's end.
Object.defineProperty(globalThis, Symbol.for('@pkg/pool.liveness'), { value: data.liveness });

const say = (farewell: Farewell): void => port.postMessage(farewell);

/** Whether the end has been announced, so that the exit that follows is no death. */
let over = false;
process.on('uncaughtExceptionMonitor', (error) => say({ type: 'uncaught', error: packError(error) }));
process.on('exit', (code) => {
  if (!over) say({ type: 'exited', code });
});

function end(farewell?: Farewell): never {
  over = true;
  if (farewell !== undefined) say(farewell);
  process.exit();
}

async function main(): Promise<void> {
  let functions: ReturnType<typeof findFunctions>;
  try {
    self.loading = true;
    functions = findFunctions(await loadModule(data.url));
  } catch (error) {
    return end({ type: 'load-failed', error: packError(error), initializer: false });
  } finally {
    self.loading = false;
  }
  if (data.initializer !== undefined) {
    const { name, args } = data.initializer;
    try {
      const initialize = functions.get(name);
      if (initialize === undefined) throw new TypeError(`the module exports no function '${name}'`);
      await initialize(...((await unpackValue(args)) as unknown[]));
    } catch (error) {
      return end({ type: 'load-failed', error: packError(error), initializer: true });
    }
  }
  const sender = new ResultSender(SimpleQueue.from(data.results), port, control);
  const tasks = new TaskSource(control, data);
  const words = new TaskWords(data.words);
  const zero = data.epoch - performance.timeOrigin;
  const names = new TaskNames(data.names);
  const loop = new WorkLoop({ row, zero, control, words, names, tasks, sender, functions });
  const mailbox = new Mailbox(port, control.row(row), control, words, row, (mail) => loop.cancel(mail));
  control.row(row).setReady(performance.now() - zero);
  const why = await loop.run(mailbox);
  end(why === 'retired' ? { type: 'retired' } : undefined);
}

main();
