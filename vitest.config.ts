import { defineConfig } from 'vitest/config';

/**
 * After how many milliseconds a test counts as hanging, which is all that this tells: far more than any takes, also on
 * a machine that is busy with other things.
 */
const HANGING = 600_000;

/** The same for the tests of one module by itself. */
const HANGING_UNIT = 120_000;

/** One project for each kind of test; the kind is the suffix of the file's name. */
const project = (name: string, options: { timeout: number; parallel: boolean }) => ({
  resolve: { conditions: ['@pkg/source', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: ['@pkg/source', 'node', 'import', 'default'] } },
  test: {
    name,
    include: [`packages/*/{src,test}/**/*.${name}.test.ts`],
    environment: 'node',
    pool: 'forks' as const,
    // Workers that the tests start inherit these, and so load the TypeScript sources as well.
    execArgv: ['--conditions=@pkg/source', '--expose-gc'],
    fileParallelism: options.parallel,
    testTimeout: options.timeout,
    hookTimeout: options.timeout,
    retry: 0,
  },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', { timeout: HANGING_UNIT, parallel: true }),
      project('property', { timeout: HANGING, parallel: true }),
      project('interleaving', { timeout: HANGING, parallel: true }),
      project('threads', { timeout: HANGING, parallel: false }),
      project('engines', { timeout: HANGING, parallel: false }),
      project('browser', { timeout: HANGING, parallel: false }),
      project('consumers', { timeout: HANGING, parallel: false }),
    ],
    reporters: process.env['TEST_RESULTS']
      ? ['default', ['json', { outputFile: process.env['TEST_RESULTS'] }]]
      : ['default'],
    passWithNoTests: false,
  },
});
