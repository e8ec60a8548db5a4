import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFifoHistory, checkLinearizable, fifoModel, type Operation } from '../src/index.ts';

const empty = Object.assign(new Error('QueueEmpty'), { name: 'QueueEmpty' });

/**
 * Histories made from a true order: operation i happens at time 10·i, and begins and ends up to `slack` before
 * and after. Then some are broken: outcomes exchanged, a get turned empty or an empty get into a value.
 */
const histories = fc
  .record({
    kinds: fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }),
    before: fc.array(fc.nat({ max: 35 }), { minLength: 9, maxLength: 9 }),
    after: fc.array(fc.nat({ max: 35 }), { minLength: 9, maxLength: 9 }),
    breakage: fc.option(fc.tuple(fc.nat({ max: 8 }), fc.nat({ max: 8 }), fc.nat({ max: 2 }))),
    pending: fc.option(fc.nat({ max: 8 })),
  })
  .map(({ kinds, before, after, breakage, pending }) => {
    const queue: number[] = [];
    const history = kinds.map((isPut, at): Operation => {
      const start = at * 10 - (before[at] as number) + at / 100;
      const end = at * 10 + 1 + (after[at] as number) + at / 100 + 0.001;
      if (isPut) {
        queue.push(at);
        return { thread: at, name: 'put', args: [at], start, end };
      }
      const value = queue.shift();
      const base = { thread: at, name: 'getNowait', args: [], start, end };
      return value === undefined ? { ...base, error: empty } : { ...base, result: value };
    });
    if (breakage !== null) {
      const gets = history.flatMap(({ name }, index) => (name === 'put' ? [] : [index]));
      const [left, right, how] = breakage;
      const a = gets[left % Math.max(1, gets.length)];
      const b = gets[right % Math.max(1, gets.length)];
      if (a !== undefined && b !== undefined) {
        const strip = ({ thread, name, args, start, end }: Operation) => ({ thread, name, args, start, end });
        const outcome = ({ result, error }: Operation) => (error === undefined ? { result } : { error });
        const [first, second] = [history[a] as Operation, history[b] as Operation];
        if (how === 0) {
          history[a] = { ...strip(first), ...outcome(second) };
          history[b] = { ...strip(second), ...outcome(first) };
        } else history[a] = { ...strip(first), ...(how === 1 ? { error: empty } : { result: right }) };
      }
    }
    const put = pending === null ? undefined : history[pending % history.length];
    if (put?.name === 'put') history[history.indexOf(put)] = { ...put, end: Number.POSITIVE_INFINITY };
    return history;
  });

describe('the two checkers', () => {
  it('agree on thousands of histories, sound and broken', () => {
    const verdicts = { sound: 0, broken: 0 };
    fc.assert(
      fc.property(histories, (history) => {
        const general = checkLinearizable(history, fifoModel());
        const special = checkFifoHistory(history);
        verdicts[general.linearizable ? 'sound' : 'broken']++;
        expect(special.linearizable).toBe(general.linearizable);
      }),
      { numRuns: 20_000, seed: 3 },
    );
    // Both verdicts must have been put to the test.
    expect(verdicts.sound).toBeGreaterThan(2000);
    expect(verdicts.broken).toBeGreaterThan(2000);
  });

  it('give an order in which nothing comes before what had ended when it started', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const verdict = checkLinearizable(history, fifoModel());
        if (!verdict.linearizable) return;
        let latest = Number.NEGATIVE_INFINITY;
        for (const { start, end } of verdict.order) {
          latest = Math.max(latest, start);
          expect(end).toBeGreaterThanOrEqual(latest);
        }
      }),
      { numRuns: 2_000, seed: 5 },
    );
  });
});

/** What a thread does to a queue with a bound, beside putting batches: it takes an item if there is one. */
const programs = fc.record({
  maxsize: fc.integer({ min: 1, max: 3 }),
  batches: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
  /** Who goes on: the batch of that number by a round, or the taker. */
  turns: fc.array(fc.nat({ max: 3 }), { maxLength: 25 }),
  gaveUp: fc.boolean(),
});

describe('batches', () => {
  it('that go in by rounds are accepted, whatever comes between, and out of order are not', () => {
    const verdicts = { sound: 0, broken: 0 };
    fc.assert(
      fc.property(programs, ({ maxsize, batches, turns, gaveUp }) => {
        const queue: number[] = [];
        const model = fifoModel({ maxsize });
        const history: Operation[] = [];
        const items = batches.map((size, batch) => Array.from({ length: size }, (_, n) => batch * 10 + n));
        const left = items.map((each) => [...each]);
        let clock = 0;
        const end = (batch: number, error?: Error) => {
          const base = { thread: batch, name: 'putMany', args: [items[batch]], start: -1, end: clock++ };
          history.push(error === undefined ? base : { ...base, error });
        };
        for (const turn of turns) {
          const rest = left[turn];
          if (rest === undefined) {
            const base = { thread: 9, name: 'getNowait', args: [], start: clock++, end: clock++ };
            const result = queue.shift();
            history.push(result === undefined ? { ...base, error: empty } : { ...base, result });
          } else if (rest.length > 0) {
            queue.push(...rest.splice(0, maxsize - queue.length));
            if (rest.length === 0) end(turn);
          }
        }
        for (const [batch, rest] of left.entries()) {
          if (rest.length === 0) continue;
          const accepted = (items[batch] as number[]).length - rest.length;
          const full = Object.assign(new Error('full'), { name: 'QueueFull', accepted });
          const isFull = queue.length === maxsize;
          if (gaveUp && isFull) end(batch, full);
          else
            history.push({ thread: batch, name: 'putMany', args: [items[batch]], start: -1, end: Infinity });
        }
        expect(checkLinearizable(history, model)).toMatchObject({ linearizable: true });
        verdicts.sound++;
        // Two items of one batch, got in the wrong order.
        const gets = history.filter(({ result }) => result !== undefined);
        const first = gets.find(({ result }) =>
          gets.some((other) => other.result === (result as number) + 1),
        );
        if (first === undefined) return;
        const second = gets.find(({ result }) => result === (first.result as number) + 1) as Operation;
        const swapped = history.map((each) =>
          each === first
            ? { ...first, result: second.result }
            : each === second
              ? { ...second, result: first.result }
              : each,
        );
        expect(checkLinearizable(swapped, model)).toMatchObject({ linearizable: false });
        verdicts.broken++;
      }),
      { numRuns: 2_000, seed: 7 },
    );
    expect(verdicts.sound).toBe(2_000);
    expect(verdicts.broken).toBeGreaterThan(200);
  });
});
