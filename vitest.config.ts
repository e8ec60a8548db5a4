import { defineConfig } from 'vitest/config';

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
      project('unit', { timeout: 10_000, parallel: true }),
      project('property', { timeout: 60_000, parallel: true }),
      project('interleaving', { timeout: 120_000, parallel: true }),
      project('threads', { timeout: 120_000, parallel: false }),
      project('engines', { timeout: 120_000, parallel: false }),
      project('browser', { timeout: 60_000, parallel: false }),
      project('consumers', { timeout: 180_000, parallel: false }),
    ],
    reporters: process.env['TEST_RESULTS']
      ? ['default', ['json', { outputFile: process.env['TEST_RESULTS'] }]]
      : ['default'],
    passWithNoTests: false,
  },
});
