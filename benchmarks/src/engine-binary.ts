import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The path of a Node of that major version: the one that runs this, or that of `engines/`. Ends the process if absent. */
export function engineBinary(major: string): string {
  if (process.version.startsWith(`v${major}.`)) return process.execPath;
  const binary = fileURLToPath(new URL(`../../engines/node_modules/node${major}/bin/node`, import.meta.url));
  if (existsSync(binary)) return binary;
  console.error(`Node ${major} is not installed: npm ci --prefix engines`);
  process.exit(2);
}
