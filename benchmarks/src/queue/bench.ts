import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Queue } from '@pkg/queue';
import { median, type Row, table } from '../report.ts';
import { type Load, throughPostMessage, throughQueue } from './channels.ts';

const ROUNDS = 5;
const millions = (perSecond: number) => `${(perSecond / 1e6).toFixed(2)} M/s`;
const nanoseconds = (seconds: number) => `${(seconds * 1e9).toFixed(0)} ns`;

async function medianOf(measure: () => Promise<number> | number): Promise<number> {
  const figures: number[] = [];
  for (let i = 0; i < ROUNDS; i++) figures.push(await measure());
  return median(figures);
}

/** Ours and the peer's in turn, so that a slow minute of the machine hits both. */
async function beside(ours: Load, peer: (load: Load) => Promise<number>, peerLoad: Load = ours) {
  const a: number[] = [];
  const b: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    a.push(await throughQueue(ours));
    b.push(await peer(peerLoad));
  }
  return { ours: median(a), peer: median(b) };
}

function throughPython(count: number): number | undefined {
  const program = `
import queue, threading, time
q = queue.Queue()
n = ${count}
def produce():
    for i in range(n): q.put(i)
t = threading.Thread(target=produce)
s = time.perf_counter()
t.start()
for i in range(n): q.get()
print(n / (time.perf_counter() - s))`;
  const run = spawnSync('python3', ['-c', program], { encoding: 'utf8' });
  return run.status === 0 ? Number(run.stdout) : undefined;
}

function pairCost(depth: number, pairs: number): number {
  const queue = new Queue<number>();
  queue.putMany(Array.from({ length: depth }, (_, i) => i));
  const start = performance.now();
  for (let i = 0; i < pairs; i++) {
    queue.put(i);
    queue.get();
  }
  return (performance.now() - start) / 1000 / pairs;
}

/**
 * How long the threads have been parked when the measurement begins, and how long it lasts, in milliseconds. The runtime
 * is busy for some seconds after the start of a thread.
 */
const PARKED_BEFORE = 5_000;
const PARKED = 10_000;

/**
 * The share of a core that this process takes while four threads and one promise wait: for an item of `queue`, or without
 * one for a bare word. What the runtime itself does in an idle process is in both.
 */
async function parkedCpu(queue?: Queue<number>): Promise<number> {
  const go = new SharedArrayBuffer(4);
  const word = new Int32Array(go);
  Atomics.store(word, 0, 1);
  const script = new URL('./worker.mjs', import.meta.url);
  const workerData = { role: 'park', handle: queue?.handle, go };
  const workers = Array.from({ length: 4 }, () => new Worker(script, { workerData }));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const abort = new AbortController();
  const waiting =
    queue?.getAsync({ signal: abort.signal }).catch(() => undefined) ?? Atomics.waitAsync(word, 0, 1).value;
  await new Promise((resolve) => setTimeout(resolve, PARKED_BEFORE));
  const before = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, PARKED));
  const used = process.cpuUsage(before);
  abort.abort();
  Atomics.notify(word, 0);
  await waiting;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return (used.user + used.system) / 1_000 / PARKED;
}

/**
 * How much is sent is chosen so that each side takes a third of a second or more: what its threads take to warm up, some
 * twenty milliseconds, is then a small part of both.
 */
const intLoad: Load = { item: 'int', count: 4_000_000 };
const POSTED = 300_000;
const intPerSecond = () => medianOf(() => throughQueue(intLoad));

/** The rows, by the names that `--only` takes. */
const rows: Record<string, () => Promise<Row[]>> = {
  async int() {
    const int = await beside(intLoad, throughPostMessage, { ...intLoad, count: POSTED });
    const row = { work: 'int, 1 producer 1 consumer', ours: millions(int.ours) };
    const peer = `postMessage ${millions(int.peer)}`;
    const first = { ...row, peer, ratio: int.ours / int.peer, goal: '10×' };
    const python = throughPython(300_000);
    if (python === undefined) return [first];
    const besidePython = { peer: `CPython queue.Queue ${millions(python)}`, ratio: int.ours / python };
    return [first, { ...row, ...besidePython, goal: '20×' }];
  },
  tuple: () => besidePostMessage('[string, string], 1:1', { item: 'tuple', count: 1_000_000 }, '5×'),
  object: () => besidePostMessage('object of 6 fields, 1:1', { item: 'object', count: 1_000_000 }, '3×'),
  async batch() {
    const single = await intPerSecond();
    const batch = await medianOf(() => throughQueue({ item: 'int', count: 12_800_000, batch: 64 }));
    return [
      {
        work: 'int in batches of 64',
        ours: millions(batch),
        peer: `single verb ${millions(single)}`,
        ratio: batch / single,
        goal: '25 M/s, 2.5×',
      },
    ];
  },
  async four() {
    const single = await intPerSecond();
    const four = await medianOf(() => throughQueue({ ...intLoad, producers: 4, consumers: 4 }));
    return [
      {
        work: 'int, 4 producers 4 consumers',
        ours: millions(four),
        peer: `1:1 ${millions(single)}`,
        ratio: four / single,
        goal: '0.5×',
      },
    ];
  },
  async pair() {
    pairCost(0, 200_000);
    const pair = await medianOf(() => pairCost(0, 1_000_000));
    return [{ work: 'uncontended put + get, int', ours: nanoseconds(pair), goal: '150 ns' }];
  },
  async depth() {
    const shallow = await medianOf(() => pairCost(1_000, 1_000_000));
    const deep = await medianOf(() => pairCost(1_000_000, 1_000_000));
    return [
      {
        work: 'depth 1,000,000, put + get',
        ours: nanoseconds(deep),
        peer: `depth 1,000 ${nanoseconds(shallow)}`,
        ratio: deep / shallow,
        goal: 'at most 1.3×',
      },
    ];
  },
  async mebibyte() {
    const big = await beside({ item: 'mebibyte', count: 1000, maxsize: 16 }, throughPostMessage);
    return [
      {
        work: '1 MiB Uint8Array',
        ours: `${big.ours.toFixed(0)} MiB/s`,
        peer: `postMessage clone ${big.peer.toFixed(0)} MiB/s`,
        ratio: big.ours / big.peer,
        goal: '1×',
      },
    ];
  },
  async redeliver() {
    const off = await medianOf(() => throughQueue({ item: 'int', count: 2_000_000, done: true }));
    const on = await medianOf(() =>
      throughQueue({ item: 'int', count: 2_000_000, done: true, redeliver: true }),
    );
    return [
      {
        work: 'redeliver on, get + taskDone',
        ours: millions(on),
        peer: `off ${millions(off)}`,
        ratio: off / on,
        goal: 'at most 1.5× slower',
      },
    ];
  },
  async memory() {
    const flat = new Queue<number>(1000);
    const before = flat.stats().bytesReserved;
    const ints = Array.from({ length: 1000 }, (_, i) => i);
    for (let i = 0; i < 10_000; i++) {
      flat.putMany(ints);
      for (let n = 0; n < 1000; ) n += flat.getMany(1000).length;
    }
    const growth = flat.stats().bytesReserved - before;
    return [
      {
        work: '10,000,000 items, never more than 1,000 queued',
        ours: `memory grew by ${growth} bytes`,
        goal: 'at most one segment more',
      },
    ];
  },
  async parked() {
    const [ours, bare] = [await parkedCpu(new Queue()), await parkedCpu()];
    return [
      {
        work: '4 threads parked in get, one getAsync pending',
        ours: `${(ours * 100).toFixed(2)} % of a core`,
        peer: `bare Atomics.wait ${(bare * 100).toFixed(2)} %`,
        goal: '0',
      },
    ];
  },
};

async function besidePostMessage(work: string, load: Load, goal: string): Promise<Row[]> {
  const { ours, peer } = await beside(load, throughPostMessage, { ...load, count: POSTED });
  return [{ work, ours: millions(ours), peer: `postMessage ${millions(peer)}`, ratio: ours / peer, goal }];
}

/** Measures every row of the queue's table, or those that `only` names (with commas between), and prints it. */
export async function benchQueue(only: string | undefined): Promise<void> {
  const names = only === undefined ? Object.keys(rows) : only.split(',');
  const unknown = names.find((name) => !Object.hasOwn(rows, name));
  if (unknown !== undefined) {
    throw new RangeError(`--only takes ${Object.keys(rows).join(', ')}, not '${unknown}'`);
  }
  const measured: Row[] = [];
  for (const name of names) {
    for (const row of await rows[name]!()) {
      measured.push(row);
      console.error(`${row.work}: ${row.ours} (${row.ratio ?? ''})`);
    }
  }
  console.log(table(measured));
}
