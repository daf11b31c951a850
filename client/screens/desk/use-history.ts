import { useEffect, useState } from 'react'
import { z } from 'zod'

import { parseInstant, type Fields } from '../../../shared/domain/field.ts'
import { OPS, type Op } from '../../../shared/domain/entry.ts'
import { fieldsFromWire } from '../../../shared/protocol/wire-change.ts'
import { wireFieldsSchema } from '../../../shared/protocol/wire-values.ts'
import { request } from '../../api/request.ts'
import type { Chosen } from './record-names.ts'

/** One change of a record; times are UTC milliseconds. */
export interface PastChange {
  readonly seq: number
  readonly op: Op
  readonly observedAtMs: number
  readonly recordedAtMs: number
  readonly fields: Fields
}

export interface History {
  readonly phase: 'loading' | 'ready' | 'failed'
  /** Oldest first. */
  readonly changes: readonly PastChange[]
  /** There were more than the server gives at once. */
  readonly truncated: boolean
}

const answerSchema = z.object({
  truncated: z.boolean(),
  changes: z.array(
    z.object({
      seq: z.number(),
      op: z.enum(OPS),
      observedAt: z.string(),
      recordedAt: z.string(),
      fields: wireFieldsSchema,
    }),
  ),
})

const LOADING: History = { phase: 'loading', changes: [], truncated: false }
/** A record that changes with every tick is asked for at most this often. */
const AGAIN_MS = 5_000

/**
 * A record's changes of the last day, read anew after it changed (`seq`) and again after a failure. What was read stays
 * while a newer answer is on its way.
 */
export function useHistory(chosen: Chosen | null, seq: number | null): History {
  const key = chosen === null ? null : `${chosen.layer}/${encodeURIComponent(chosen.id)}`
  const [kept, setKept] = useState<{
    readonly key: string
    readonly seq: number | null
    readonly tries: number
    readonly history: History
  } | null>(null)
  const current = kept !== null && kept.key === key ? kept : null
  const upToDate = current !== null && current.seq === seq && current.history.phase === 'ready'
  const tries = current?.tries ?? 0
  useEffect(() => {
    if (key === null || upToDate) return undefined
    const abort = new AbortController()
    const read = async (): Promise<void> => {
      const answer = await request('GET', `/api/records/${key}/history`, answerSchema, { signal: abort.signal })
      setKept((before) => {
        const old = before !== null && before.key === key ? before.history : LOADING
        const history: History = answer.ok ? historyOf(answer.value) : { ...old, phase: 'failed' }
        return { key, seq, tries: (before?.tries ?? 0) + 1, history }
      })
    }
    const timer = setTimeout(() => void read().catch(() => undefined), tries > 0 ? AGAIN_MS : 0)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [key, seq, upToDate, tries])
  return current?.history ?? LOADING
}

function historyOf({ changes, truncated }: z.output<typeof answerSchema>): History {
  const read = changes.map(({ seq, op, observedAt, recordedAt, fields }) => ({
    seq,
    op,
    observedAtMs: parseInstant(observedAt) ?? 0,
    recordedAtMs: parseInstant(recordedAt) ?? 0,
    fields: fieldsFromWire(fields),
  }))
  return { phase: 'ready', changes: read, truncated }
}
