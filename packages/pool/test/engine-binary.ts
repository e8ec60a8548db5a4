import { fileURLToPath } from 'node:url';

/** The binary of a Node of `engines/`; it is there after `npm ci --prefix engines`. */
export const engineBinary = (version: string): string =>
  fileURLToPath(new URL(`../../../engines/node_modules/node${version}/bin/node`, import.meta.url));
