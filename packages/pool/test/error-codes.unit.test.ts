import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(`${root}docs/reference/errors.md`, 'utf8');
const told = new Map(
  [...page.matchAll(/^\| `(\w+)` +\| (?:`(\w+)`|that of the class below) +\|/gm)].map(([, name, code]) => [
    name!,
    code,
  ]),
);

const sources = readdirSync(`${root}packages`)
  .flatMap((name) =>
    readdirSync(`${root}packages/${name}/src`, { recursive: true }).map(
      (file) => `packages/${name}/src/${file}`,
    ),
  )
  .filter((file) => file.endsWith('.ts') && !/\.(test|fixture)\.ts$/.test(file))
  .map((file) => readFileSync(root + file, 'utf8'));

/** Every class of errors that a package exports, with its code; undefined for those that only others extend. */
async function exported(): Promise<Map<string, string | undefined>> {
  const classes = new Map<string, string | undefined>();
  for (const name of readdirSync(`${root}packages`)) {
    const index = (await import(`${root}packages/${name}/src/index.ts`)) as Record<string, unknown>;
    for (const value of Object.values(index)) {
      if (typeof value !== 'function' || !(value.prototype instanceof Error)) continue;
      classes.set(value.name, codeIn(value.name));
    }
  }
  return classes;
}

/** The code as the source says it, since making an error of each class would take arguments of its own. */
function codeIn(className: string): string | undefined {
  for (const source of sources) {
    const body = source
      .split(new RegExp(`^export (?:abstract )?class ${className} `, 'm'))[1]
      ?.split(/^}/m)[0];
    const code = body?.match(/readonly code = '(\w+)'|super\(\s*'(DOWNLOAD_\w+)'/);
    if (code) return code[1] ?? code[2];
  }
  return undefined;
}

describe('docs/reference/errors.md', () => {
  it('lists every class of errors that a package exports, with its code', async () => {
    const classes = await exported();
    expect(classes.size).toBeGreaterThan(30);
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(classes));
  });

  it('lists no code twice', () => {
    const codes = [...told.values()].filter((code) => code !== undefined);
    expect(new Set(codes).size).toBe(codes.length);
  });
});
