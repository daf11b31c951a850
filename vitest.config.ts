import { availableParallelism } from 'node:os'

import { defineConfig } from 'vitest/config'

/**
 * Kinds of tests: `unit` needs nothing, `system` starts servers and databases, `peers` meets foreign clients and cameras,
 * `browser` starts Chromium. Peers want the machine for themselves, so their files run one at a time; of `system` and
 * `browser` two, as much of their time is waiting for processes.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{shared,server,client,scripts}/**/*.test.ts', 'test/{model,compat}/**/*.test.ts'],
          testTimeout: 30_000,
          // Vitest leaves one core free, which on a machine of two is half of it.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'system',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'peers',
          include: ['test/peers/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: 2,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
})
