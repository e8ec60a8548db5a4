import { describe, expect, it } from 'vitest';
import { explore, InterleavingFailure, replay, scenario } from '../src/index.ts';
import { words } from './words.ts';

type Counter = { readonly memory: SharedArrayBuffer };

const addInTwoSteps = ({ memory }: Counter) => {
  const count = new Int32Array(memory);
  Atomics.store(count, 0, Atomics.load(count, 0) + 1);
};
const addInOneStep = ({ memory }: Counter) => Atomics.add(new Int32Array(memory), 0, 1);

const counting = (setup: () => Counter, body: (context: Counter) => unknown, first = 0) =>
  scenario({
    name: 'counting',
    setup,
    threads: [body, body],
    check: ({ context }) => Atomics.load(new Int32Array(context.memory), 0) === first + 2,
  });

describe('memory from before setup', () => {
  it.each<[string, (memory: SharedArrayBuffer) => Counter]>([
    ['that the context holds', (memory) => ({ memory })],
    ['that setup makes a view of', (memory) => ({ memory: new Int32Array(memory).buffer })],
  ])('%s is the scenario’s', (_, contextOf) => {
    const memory = new SharedArrayBuffer(8);
    new Int32Array(memory).set([5, 6]);
    const wrong = counting(() => contextOf(memory), addInTwoSteps, 5);
    expect(explore(wrong, { throwOnFailure: false }).failure).toMatchObject({
      kind: 'check',
      schedule: '0.1x2.0',
    });
    const plain = counting(
      () => contextOf(memory),
      ({ memory }) => void new Int32Array(memory).fill(1),
    );
    expect(explore(plain, { throwOnFailure: false }).failure?.kind).toBe('race');
    expect(explore(counting(() => contextOf(memory), addInOneStep, 5)).complete).toBe(true);
    expect(
      replay(
        counting(() => contextOf(memory), addInOneStep, 5),
        '1.0',
      ).results,
    ).toEqual([6, 5]);
    expect([...new Int32Array(memory)]).toEqual([5, 6]);
  });

  it('is put back to what it was before setup, also where setup or a check throws', () => {
    const memory = new SharedArrayBuffer(8);
    const data = new Int32Array(memory);
    data[1] = 7;
    const started = () => {
      const own = new Int32Array(memory);
      own[0] = (own[0] as number) + 1;
      return { memory };
    };
    expect(explore(counting(started, addInOneStep, 1)).complete).toBe(true);
    expect(explore(counting(started, addInOneStep, 1)).complete).toBe(true);
    expect(() => explore(counting(started, addInOneStep, 2))).toThrow(InterleavingFailure);
    const throwing = () => {
      started();
      throw new RangeError('not today');
    };
    expect(() => explore(counting(throwing, addInOneStep))).toThrow('not today');
    expect([...data]).toEqual([0, 7]);
  });

  it('is put back where the scenario has written, and not where others have meanwhile', () => {
    const memory = new SharedArrayBuffer(16);
    // Plain accesses by a view from before are not seen, as those of another thread.
    const others = new Int32Array(memory);
    const started = () => {
      const own = new Int32Array(memory);
      own[0] = 1;
      Atomics.store(own, 1, 5);
      return { memory };
    };
    const subject = scenario({
      name: 'meanwhile',
      setup: started,
      threads: [addInOneStep, addInTwoSteps],
      check() {
        others[2] = 7;
      },
    });
    expect(explore(subject).complete).toBe(true);
    expect([...others]).toEqual([0, 0, 7, 0]);
  });

  it('that is marked as the process’s own is not the scenario’s', () => {
    const memory = new SharedArrayBuffer(8);
    Object.defineProperty(memory, Symbol.for('@pkg/interleave.outside'), { value: true });
    const data = new Int32Array(memory);
    const subject = scenario({
      name: 'outside',
      setup: () => {
        Atomics.add(new Int32Array(memory), 0, 1);
        return { memory, data };
      },
      threads: [({ memory }) => Atomics.load(new Int32Array(memory), 0)],
      check: ({ results }) => results[0] === 1,
    });
    expect(replay(subject, '').trace).toEqual([]);
    expect(data[0]).toBe(1);
  });

  it('that the scenario keeps is put back to what it was after setup', () => {
    let kept: SharedArrayBuffer | undefined;
    const setup = () => {
      if (kept === undefined) {
        kept = new SharedArrayBuffer(4);
        new Int32Array(kept)[0] = 3;
      }
      return { memory: kept };
    };
    expect(explore(counting(setup, addInOneStep, 3)).complete).toBe(true);
    expect(explore(counting(setup, addInOneStep, 3)).complete).toBe(true);
  });

  it.each<[string, (memory: SharedArrayBuffer) => Map<unknown, unknown> | Set<unknown>]>([
    ['a value of a Map', (memory) => new Map([['memory', memory]])],
    ['a key of a Map', (memory) => new Map([[memory, 1]])],
    ['a Set', (memory) => new Set([{ memory }.memory])],
  ])('in %s is the scenario’s', (_, hold) => {
    const memory = new SharedArrayBuffer(8);
    const find = (held: Iterable<unknown>) =>
      ({
        memory: [held]
          .flatMap((all) => [...all])
          .flat()
          .find((each) => each === memory),
      }) as Counter;
    const subject = scenario({
      name: 'collected',
      setup: () => hold(memory),
      threads: [(held) => addInTwoSteps(find(held)), (held) => addInTwoSteps(find(held))],
      check: ({ context }) => Atomics.load(new Int32Array(find(context).memory), 0) === 2,
    });
    expect(explore(subject, { throwOnFailure: false }).failure?.schedule).toBe('0.1x2.0');
    expect(new Int32Array(memory)[0]).toBe(0);
  });

  it('is found at the end of a long list', () => {
    type Link = { readonly memory: SharedArrayBuffer } | { readonly next: Link };
    const memory = new SharedArrayBuffer(8);
    let first: Link = { memory };
    for (let length = 0; length < 20_000; length++) first = { next: first };
    const subject = scenario({
      name: 'listed',
      setup: () => first,
      threads: [() => addInTwoSteps({ memory }), () => addInTwoSteps({ memory })],
      check: () => Atomics.load(new Int32Array(memory), 0) === 2,
    });
    expect(explore(subject, { throwOnFailure: false, minimise: false }).failure?.kind).toBe('check');
    expect(new Int32Array(memory)[0]).toBe(0);
  });

  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const keyless = new Proxy(
    {},
    {
      ownKeys() {
        throw new RangeError('no keys');
      },
    },
  );
  const throwing = {
    get now() {
      throw new RangeError('not today');
    },
  };
  it.each<[string, object, RegExp]>([
    [
      'a getter throws',
      { deep: [throwing] },
      /^context\.deep\.0\.now cannot be searched .* RangeError: not today/,
    ],
    ['a proxy is revoked', { revoked }, /^context\.revoked cannot be searched for shared memory: TypeError/],
    ['the context has no keys', keyless, /^The context cannot be searched .* RangeError: no keys/],
  ])('is not found where %s, which is told', (_, context, message) => {
    const subject = scenario({ name: 'unreadable', setup: () => ({ context }).context, threads: [() => 1] });
    expect(() => explore(subject)).toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringMatching(message) }),
    );
  });

  const early = words(2);
  it.each<[string, object, RegExp]>([
    ['a view', { deep: [{ x: early }] }, /context\.deep\.0\.x is a view \(Int32Array\)/],
    ['a DataView', { x: new DataView(early.buffer) }, /context\.x is a view \(DataView\)/],
    ['a Buffer', { x: Buffer.from(early.buffer) }, /context\.x is a view \(Buffer\)/],
    ['a Map', new Map([['x', early]]), /context\.get\("x"\) is a view \(Int32Array\)/],
    ['a Set', { x: new Set([early]) }, /context\.x\.values\(\)\[0\] is a view \(Int32Array\)/],
  ])('in %s is refused, as plain accesses by it cannot be seen', (_, context, message) => {
    const subject = scenario({ name: 'early', setup: () => context, threads: [() => 1] });
    const refusal = expect.objectContaining({ name: 'TypeError', message: expect.stringMatching(message) });
    expect(() => explore(subject)).toThrow(refusal);
    expect(() => replay(subject, '')).toThrow(refusal);
  });

  it('in a Buffer that setup makes is refused as well', () => {
    const subject = scenario({
      name: 'a Buffer',
      setup: () => ({ bytes: Buffer.from(new SharedArrayBuffer(8)) }),
      threads: [() => 1],
    });
    expect(() => explore(subject)).toThrow(/context\.bytes is a view \(Buffer\) .* make it inside setup/);
  });

  it('is the scenario’s also inside objects of classes', () => {
    class Word {
      readonly words = early;
    }
    const subject = scenario({
      name: 'inside',
      setup: () => ({ word: new Word() }),
      threads: [0, 1].map(
        () =>
          ({ word }: { word: Word }) =>
            Atomics.store(word.words, 0, Atomics.load(word.words, 0) + 1),
      ),
      check: ({ context }) => Atomics.load(context.word.words, 0) === 2,
    });
    expect(explore(subject, { throwOnFailure: false }).failure?.kind).toBe('check');
    expect(early[0]).toBe(0);
  });

  it('that a context holds itself is named so', () => {
    const subject = scenario({ name: 'bare', setup: () => early, threads: [() => 1] });
    expect(() => explore(subject)).toThrow(/the context is a view \(Int32Array\)/);
  });

  it('that is not shared may be in any view', () => {
    const subject = scenario({
      name: 'constants',
      setup: () => ({
        table: new Int32Array(4),
        bytes: Buffer.from('text'),
        text: new DataView(new ArrayBuffer(8)),
      }),
      threads: [({ table }) => table[0]],
    });
    expect(explore(subject).complete).toBe(true);
  });

  it('may be reached from a body by a genuine view, if its accesses are atomic', () => {
    const data = words(1);
    const subject = scenario({
      name: 'genuine view',
      setup: () => ({ memory: data.buffer }),
      threads: [0, 1].map(() => () => Atomics.store(data, 0, Atomics.load(data, 0) + 1)),
      check: () => Atomics.load(data, 0) === 2,
    });
    expect(explore(subject, { throwOnFailure: false }).failure?.kind).toBe('check');
    expect(data[0]).toBe(0);
  });

  it('that setup accesses atomically by a view from before is the scenario’s, and put back', () => {
    const data = words(2);
    data[0] = 3;
    const subject = scenario({
      name: 'reset',
      setup: () => {
        Atomics.store(data, 0, 0);
        Atomics.add(data, 1, 1);
      },
      threads: [0, 1].map(() => () => Atomics.store(data, 0, Atomics.load(data, 0) + 1)),
      check: () => Atomics.load(data, 0) === 2 && Atomics.load(data, 1) === 1,
    });
    for (let run = 0; run < 2; run++) {
      expect(explore(subject, { throwOnFailure: false }).failure).toMatchObject({
        kind: 'check',
        schedule: '0.1x2.0',
      });
      expect([...data]).toEqual([3, 0]);
    }
    expect(() => replay(subject, '0.1x2.0')).toThrow(InterleavingFailure);
  });

  it('that setup looks at before its context holds it is seen by the same view afterwards', () => {
    const data = words(1);
    const subject = scenario({
      name: 'looked at',
      setup: () => {
        new Int32Array(data);
        Atomics.notify(data, 0);
        return { memory: data.buffer };
      },
      threads: [0, 1].map(() => () => Atomics.store(data, 0, Atomics.load(data, 0) + 1)),
      check: () => Atomics.load(data, 0) === 2,
    });
    expect(explore(subject, { throwOnFailure: false }).failure?.schedule).toBe('0.1x2.0');
    expect(data[0]).toBe(0);
  });

  it('may be slept on in setup', () => {
    const nobodyWakes = words(1);
    const subject = scenario({
      name: 'slow to set up',
      setup: () => Atomics.wait(nobodyWakes, 0, 0, 1),
      threads: [() => 1],
      check: ({ context }) => context === 'timed-out',
    });
    expect(explore(subject).complete).toBe(true);
  });
});
