import { explore, type Scenario } from '@pkg/interleave';
import { checkAndAct, checkThenAct } from './bounded-counter.ts';
import { waitWithIf, waitWithWhile } from './lost-wakeup.ts';
import { brokenSpinlock, spinlock } from './spinlock.ts';

const subjects = [brokenSpinlock, spinlock, waitWithIf, waitWithWhile, checkThenAct, checkAndAct];
for (const subject of subjects as unknown as Scenario[]) {
  try {
    const { schedules, pruned, states, milliseconds } = explore(subject);
    console.log(
      `${subject.name}: passes; ${schedules} schedules, ${pruned} cut short, ${states} states, ${milliseconds.toFixed(0)} ms\n`,
    );
  } catch (failure) {
    console.log(`${(failure as Error).message}\n`);
  }
}
