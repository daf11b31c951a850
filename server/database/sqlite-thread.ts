import { Worker } from 'node:worker_threads'

import type { SqliteAnswer, SqliteOptions, SqliteStep } from './sqlite-session.ts'

export type SqliteRequest = { readonly id: number } & SqliteCommand
export type SqliteCommand =
  | { readonly kind: 'query'; readonly sql: string; readonly parameters: readonly unknown[] }
  | { readonly kind: 'many'; readonly sql: string; readonly width: number; readonly values: readonly (string | number)[] }
  | { readonly kind: 'transact'; readonly steps: readonly SqliteStep[] }
  | { readonly kind: 'rollback' }
  | { readonly kind: 'close' }

export type SqliteReply =
  | { readonly id: number; readonly ok: true; readonly answer: SqliteAnswer }
  | {
      readonly id: number
      readonly ok: false
      readonly message: string
      readonly code: string | null
      readonly errcode: number | null
    }

/** A statement that SQLite refused; `errcode` is its (extended) result code, null when the thread is gone. */
export class SqliteFailure extends Error {
  readonly code: string | null
  readonly errcode: number | null

  constructor(message: string, code: string | null, errcode: number | null) {
    super(message)
    this.name = 'SqliteFailure'
    this.code = code
    this.errcode = errcode
  }
}

/** One SQLite connection, in this thread or another. Requests are answered in their order. */
export interface SqlitePort {
  request(command: SqliteCommand): Promise<SqliteAnswer>
  close(): Promise<void>
}

/** Starts the thread and waits until the database is open. Rejects when it cannot be. */
export async function startSqliteThread(options: SqliteOptions): Promise<SqlitePort> {
  const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), { workerData: options, name: 'sqlite' })
  const pending = new Map<number, { resolve: (answer: SqliteAnswer) => void; reject: (error: Error) => void }>()
  let lastId = 0
  let gone: Error | null = null

  const fail = (error: Error): void => {
    gone ??= error
    for (const { reject } of pending.values()) reject(gone)
    pending.clear()
  }
  worker.on('error', (cause) => fail(cause instanceof Error ? cause : new Error(String(cause))))
  worker.on('exit', () => fail(new SqliteFailure('the database thread has ended', null, null)))
  worker.on('message', (reply: SqliteReply) => {
    const waiting = pending.get(reply.id)
    pending.delete(reply.id)
    if (pending.size === 0) worker.unref() // An idle thread does not keep the process.
    if (reply.ok) waiting?.resolve(reply.answer)
    else waiting?.reject(new SqliteFailure(reply.message, reply.code, reply.errcode))
  })

  const request = (command: SqliteCommand): Promise<SqliteAnswer> =>
    new Promise((resolve, reject) => {
      if (gone !== null) return reject(gone)
      lastId += 1
      pending.set(lastId, { resolve, reject })
      worker.ref()
      worker.postMessage({ id: lastId, ...command })
    })

  await request({ kind: 'query', sql: 'select 1', parameters: [] })
  return {
    request,
    async close() {
      if (gone !== null) return
      const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
      await request({ kind: 'close' })
      worker.ref()
      await exited
    },
  }
}
