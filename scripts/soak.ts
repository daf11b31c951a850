import { runModules } from './support/long-runs.ts'
import { requireNode } from './support/project.ts'

/** `npm run soak [-- NAME…]`: the long runs test/soak/NAME-soak.ts one after another; how long is theirs to read, SOAK_MINUTES. */
requireNode()
process.exit(await runModules('test/soak', '-soak.ts', process.argv.slice(2)))
