import { parentPort, workerData } from 'node:worker_threads'

import { openSqliteSession, type SqliteAnswer, type SqliteOptions } from './sqlite-session.ts'
import type { SqliteReply, SqliteRequest } from './sqlite-thread.ts'

// The thread that owns the writing connection: a commit's fsync blocks this thread, never the server's.
const port = parentPort
if (port === null) throw new Error('sqlite-worker runs as a worker thread')
const session = openSqliteSession(workerData as SqliteOptions)
const NOTHING: SqliteAnswer = { columns: [], rows: [], changes: 0, lastRowId: 0 }

port.on('message', (request: SqliteRequest) => {
  try {
    const answer = perform(request)
    const reply: SqliteReply = { id: request.id, ok: true, answer }
    port.postMessage(reply, blobsOf(answer))
    if (request.kind === 'close') port.close()
  } catch (cause) {
    const { message, code, errcode } = cause as Error & { code?: string; errcode?: number }
    const reply: SqliteReply = { id: request.id, ok: false, message, code: code ?? null, errcode: errcode ?? null }
    port.postMessage(reply)
  }
})

function perform(request: SqliteRequest): SqliteAnswer {
  switch (request.kind) {
    case 'query':
      return session.query(request.sql, request.parameters)
    case 'many':
      return { ...NOTHING, changes: session.runMany(request.sql, request.width, request.values) }
    case 'transact':
      return { ...NOTHING, changes: session.transact(request.steps) ? 1 : 0 }
    case 'rollback':
      session.rollback()
      return NOTHING
    case 'close':
      session.close()
      return NOTHING
  }
}

/** Blobs are handed over, not copied. */
function blobsOf(answer: SqliteAnswer): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  for (const row of answer.rows) {
    for (const value of row) {
      if (value instanceof Uint8Array && value.buffer instanceof ArrayBuffer) buffers.add(value.buffer)
    }
  }
  return [...buffers]
}
