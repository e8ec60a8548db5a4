// node --conditions=@pkg/source --import tsx packages/interleave/deep/main.ts [--seed N] [--minutes M] [--path P]
//
// Generated programs, each explored with pruning and without: the search must not leave out anything that it does not
// know. Ends with code 1, the smallest program found and the line that replays it, when the two differ.
//
//   --seed     of the programs; default 1
//   --minutes  default 5
//   --path     of a failure, as it was printed: runs that one only
import { inspect, parseArgs } from 'node:util';
import fc from 'fast-check';
import { compare, type Verdict } from './compare.ts';
import { programs } from './programs.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '5' },
    path: { type: 'string' },
  },
});
const seed = Number(values.seed);
const minutes = Number(values.minutes);
if (!Number.isInteger(seed) || !(minutes > 0)) {
  throw new RangeError(`--seed ${values.seed} --minutes ${values.minutes}: a whole number, and one above 0`);
}

const counts: Record<Verdict, number> = {
  'the same': 0,
  'the same as far as it was looked': 0,
  'too long': 0,
};
const details = fc.check(
  fc.property(programs, (program) => {
    counts[compare(program)]++;
  }),
  {
    seed,
    ...(values.path === undefined ? {} : { path: values.path }),
    numRuns: 2 ** 31 - 1,
    interruptAfterTimeLimit: minutes * 60_000,
    markInterruptAsFailure: false,
  },
);
console.log(`seed ${seed}: ${details.numRuns} programs`, counts);
if (details.failed) {
  const { counterexamplePath, counterexample, errorInstance } = details;
  console.log((errorInstance as Error | undefined)?.message);
  console.log(inspect(counterexample?.[0], { depth: null }));
  console.log(`again: --seed ${seed} --path ${counterexamplePath}`);
  process.exitCode = 1;
}
