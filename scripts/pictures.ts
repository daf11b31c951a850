import { runModules } from './support/long-runs.ts'
import { requireNode } from './support/project.ts'

/** `npm run pictures [-- NAME…]`: takes the pictures of docs/pictures anew, from a demo of its own, in Chromium. */
requireNode()
process.exit(await runModules('test/pictures', '-pictures.ts', ['screen']))
