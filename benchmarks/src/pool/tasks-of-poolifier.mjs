import { ThreadWorker } from 'poolifier';
import * as tasks from './tasks.mjs';

// Only a pool that grows and shrinks looks at the inactive time.
export default new ThreadWorker({ ...tasks }, { maxInactiveTime: 600_000 });
