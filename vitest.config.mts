import { defineConfig } from 'vitest/config';

// `make test` runs everything that needs only Node; `make e2e` sets DANEZONE_E2E=1 and runs test/e2e,
// where Debian's servers are started and stopped.
const e2e = process.env.DANEZONE_E2E === '1';

export default defineConfig({
  test: {
    include: e2e ? ['test/e2e/**/*.test.ts'] : ['test/**/*.test.ts'],
    exclude: e2e ? [] : ['test/e2e/**'],
    testTimeout: e2e ? 600_000 : 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
