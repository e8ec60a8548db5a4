import { ThreadWorker } from 'poolifier';
import { doomed, innocent, legacy } from './perish.mjs';

export default new ThreadWorker({ innocent, doomed, legacy });
