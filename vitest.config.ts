import { availableParallelism } from 'node:os'

import { defineConfig } from 'vitest/config'

/**
 * Kinds of tests: `unit` needs nothing, `system` starts servers and databases, `peers` meets foreign clients and cameras,
 * `patience` looks at something for a minute, `browser` does things in Chromium. Peers and browsers want the machine for
 * themselves, so their files run one at a time; patience mostly waits and does so beside the peers; of `system` three run
 * at a time, as much of their time is waiting for processes. Files of a kind share a process where nothing of one can be felt
 * by another: reading the sources anew for each file is half of what the short ones cost.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{shared,server,client,scripts}/**/*.test.ts', 'test/{model,compat}/**/*.test.ts'],
          testTimeout: 30_000,
          isolate: false,
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
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'peers',
          include: ['test/peers/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'patience',
          include: ['test/patience/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: 1,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: 1,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
})
