import { parentPort, workerData } from 'node:worker_threads'

import type { DatabaseLocation } from '../database/open-database.ts'
import { openReader } from '../database/open-reader.ts'
import { CHUNK_CHANGES } from '../../shared/history/chunk-codec.ts'
import { isKeyframeDue } from '../../shared/history/keyframe-distance.ts'
import { reduce, type World } from '../../shared/world/world.ts'
import { readHot } from './hot-rows.ts'
import type { JournalAnswers, JournalCommand, JournalReply, JournalRequest } from './journal-thread.ts'
import { readHead, readWorld } from './log-reader.ts'
import { tailOf, worldAt } from './log-views.ts'
import { recordHistory } from './record-history.ts'
import { sealChanges, sealKeyframe } from './sealed-codec.ts'
import { stepsBetween } from './steps.ts'
import { chainHead } from './sealed-store.ts'

// The thread that encodes and decodes history beside the server: reads the database by itself, writes nothing.
const port = parentPort
if (port === null) throw new Error('journal-worker runs as a worker thread')
const db = openReader(workerData as DatabaseLocation)
/** The world at the end of the sealed part, kept from one chunk to the next for the keyframes. */
let replica: World | null = null

port.on('message', (request: JournalRequest) => {
  void answer(request).then((reply) => {
    port.postMessage(reply)
    if (request.kind === 'close') port.close()
  })
})

async function answer(request: JournalRequest): Promise<JournalReply> {
  try {
    return { id: request.id, ok: true, answer: await perform(request) }
  } catch (cause) {
    return { id: request.id, ok: false, message: cause instanceof Error ? cause.message : String(cause) }
  }
}

function perform(command: JournalCommand): Promise<JournalAnswers[JournalCommand['kind']]> {
  switch (command.kind) {
    case 'seal':
      return sealNext()
    case 'keyframe':
      return readHead(db)
        .then((seq) => readWorld(db, seq))
        .then(sealKeyframe)
    case 'history':
      return recordHistory(db, command.query)
    case 'steps':
      return stepsBetween(db, command.query)
    case 'tail':
      return tailOf(db, command.afterSeq, command.chunkClass)
    case 'world':
      return worldAt(db, command.epoch, command.query)
    case 'close':
      return db.destroy().then(() => null)
  }
}

/** The next chunk, when there are enough changes for one; stored by the server, in its own transaction. */
async function sealNext(): Promise<JournalAnswers['seal']> {
  const head = await chainHead(db)
  const changes = await readHot(db, head.seq, CHUNK_CHANGES)
  if (changes.length < CHUNK_CHANGES) return null
  if (changes[0]?.seq !== head.seq + 1) throw new Error(`change ${head.seq + 1} is not among the hot rows`)
  const chunk = sealChanges(changes, head.hash)
  if (replica?.seq !== head.seq) replica = await readWorld(db, head.seq)
  for (const change of changes) reduce(replica, change)
  const keyframe = isKeyframeDue(replica) ? sealKeyframe(replica) : null
  return { chunk, keyframe }
}
