import workerpool from 'workerpool';
import { doomed, emitting, innocent, legacy } from './perish.mjs';

workerpool.worker({
  doomed,
  innocent,
  legacy,
  stream: (value) => emitting(value, (item) => workerpool.workerEmit(item)),
});
