import { runModules } from './support/long-runs.ts'
import { requireNode } from './support/project.ts'

/** `npm run bench [-- NAME…]`: the benchmarks test/bench/NAME-bench.ts one after another, so that none disturbs another. */
requireNode()
process.exit(await runModules('test/bench', '-bench.ts', process.argv.slice(2)))
