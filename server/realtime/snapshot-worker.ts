import { parentPort } from 'node:worker_threads'

import type { BuiltSnapshot, FromReplica, ToReplica } from './snapshot-messages.ts'
import { createReplica } from './snapshot-replica.ts'

const port = parentPort
if (port === null) throw new Error('snapshot-worker runs as a worker thread only')

const replica = createReplica({
  monotonic: () => performance.now(),
  answer(request: number, built: BuiltSnapshot) {
    port.postMessage({ type: 'built', request, built } satisfies FromReplica)
  },
})
port.on('message', (message: ToReplica) => replica.take(message))
