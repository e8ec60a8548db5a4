// For pools that call the functions of a module by name: this project's, piscina, tinypool.
import { doomed } from './perish.mjs';

export { doomed, innocent, legacy } from './perish.mjs';

export async function* stream({ how, words }) {
  for (let i = 0; i < 3; i++) yield i;
  await doomed({ how, words });
}

export const failToInitialise = async () => {
  throw new RangeError('no database');
};
