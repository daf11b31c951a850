import { Worker } from 'node:worker_threads'

import type { DatabaseLocation } from '../database/open-database.ts'
import type { ChunkClass } from '../../shared/history/classes.ts'
import type { WorldQuery } from './log-views.ts'
import type { HistoryQuery, RecordHistory } from './record-history.ts'
import type { Steps, StepsQuery } from './steps.ts'
import type { SealedChunk, SealedKeyframe } from './sealed-store.ts'

export type JournalCommand =
  | { readonly kind: 'seal' }
  | { readonly kind: 'keyframe' }
  | { readonly kind: 'history'; readonly query: HistoryQuery }
  | { readonly kind: 'steps'; readonly query: StepsQuery }
  | { readonly kind: 'tail'; readonly afterSeq: number; readonly chunkClass: ChunkClass }
  | { readonly kind: 'world'; readonly epoch: string; readonly query: WorldQuery }
  | { readonly kind: 'close' }
export type JournalRequest = { readonly id: number } & JournalCommand

export interface JournalAnswers {
  /** Null when there are not enough changes for a chunk. */
  seal: { readonly chunk: SealedChunk; readonly keyframe: SealedKeyframe | null } | null
  keyframe: SealedKeyframe
  history: RecordHistory
  steps: Steps
  tail: Uint8Array | null
  world: Uint8Array
  close: null
}

export type JournalReply =
  | { readonly id: number; readonly ok: true; readonly answer: JournalAnswers[JournalCommand['kind']] }
  | { readonly id: number; readonly ok: false; readonly message: string }

export interface JournalThread {
  ask<K extends JournalCommand['kind']>(command: Extract<JournalCommand, { kind: K }>): Promise<JournalAnswers[K]>
  close(): Promise<void>
}

/**
 * The thread that encodes and reads history beside the server. When it ends by a fault, what was asked of it is rejected and
 * the next question starts it anew: the log itself does not depend on it.
 */
export function startJournalThread(location: DatabaseLocation): JournalThread {
  const pending = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>()
  let lastId = 0
  let closing = false
  let worker: Worker | null = null

  function start(): Worker {
    const made = new Worker(new URL('./journal-worker.ts', import.meta.url), { workerData: location, name: 'journal' })
    const fail = (error: Error): void => {
      if (worker !== made) return
      worker = null
      for (const { reject } of pending.values()) reject(error)
      pending.clear()
    }
    made.on('error', (cause) => fail(cause instanceof Error ? cause : new Error(String(cause))))
    made.on('exit', () => fail(new Error('the journal thread has ended')))
    made.on('message', (reply: JournalReply) => {
      const waiting = pending.get(reply.id)
      pending.delete(reply.id)
      if (pending.size === 0) made.unref() // An idle thread does not keep the process.
      if (reply.ok) waiting?.resolve(reply.answer)
      else waiting?.reject(new Error(reply.message))
    })
    return made
  }

  const ask: JournalThread['ask'] = <K extends JournalCommand['kind']>(command: Extract<JournalCommand, { kind: K }>) =>
    new Promise<JournalAnswers[K]>((resolve, reject) => {
      if (closing && command.kind !== 'close') return reject(new Error('the journal is closed'))
      worker ??= start()
      lastId += 1
      pending.set(lastId, { resolve: (answer) => resolve(answer as JournalAnswers[K]), reject })
      worker.ref()
      worker.postMessage({ id: lastId, ...command })
    })

  return {
    ask,
    async close() {
      closing = true
      const last = worker
      if (last === null) return
      const exited = new Promise<void>((resolve) => last.once('exit', () => resolve()))
      await ask({ kind: 'close' })
      last.ref()
      await exited
    },
  }
}
