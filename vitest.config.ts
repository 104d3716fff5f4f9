import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What is copied into projects of its own, and run there by another runner.
    exclude: [...configDefaults.exclude, 'test/consumers/fixtures/**'],
    globalSetup: ['test/testing/temporary-folder.ts'],
    env: {},
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    typecheck: { enabled: false },
  },
})
