import { useEffect, useMemo, useState } from 'react'
import type { z } from 'zod'

import type { HotspotAnswer } from '../../../shared/hotspot/answer.ts'
import type { AnalysisProgress } from '../../../shared/protocol/progress.ts'
import { request, type Failure } from '../../api/request.ts'
import { listenForProgress } from '../../connection/progress-link.ts'
import { answerSchema, queryOf, type Question } from './hotspot-api.ts'

export interface Loaded<T> {
  readonly value: T | null
  readonly failure: Failure | null
  readonly busy: boolean
}

/** What a path answers; the answer before it stays until the next is there. A path that is left is not waited for. */
export function useLoaded<T>(path: string | null, schema: z.ZodType<T>, again = 0): Loaded<T> {
  const [state, setState] = useState<Loaded<T> & { readonly path: string | null; readonly again: number }>({
    value: null,
    failure: null,
    busy: false,
    path: null,
    again: 0,
  })
  useEffect(() => {
    if (path === null) return undefined
    const abort = new AbortController()
    const load = async (): Promise<void> => {
      const answer = await request('GET', path, schema, { signal: abort.signal })
      setState((before) =>
        answer.ok
          ? { value: answer.value, failure: null, busy: false, path, again }
          : { ...before, failure: answer, busy: false, path, again },
      )
    }
    load().catch(() => undefined)
    return () => abort.abort()
  }, [path, schema, again])
  return { value: state.value, failure: state.failure, busy: path !== null && (state.path !== path || state.again !== again) }
}

/** An answer with how far it is while it is waited for; null when nobody tells. */
export type LoadedAnswer = Loaded<HotspotAnswer> & { readonly progress: AnalysisProgress | null }

/** A name for one question of this page, which the server repeats when it tells how far it is. */
function newWatch(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The analysis of a question, and how far it is; null: nothing is asked yet. */
export function useAnswer(question: Question | null): LoadedAnswer {
  const query = question === null ? null : queryOf(question)
  const [told, setTold] = useState<AnalysisProgress | null>(null)
  // A name belongs to one query: another query is another question.
  const watch = useMemo(() => (query === null ? null : { query, name: newWatch() }), [query])
  useEffect(() => listenForProgress(location.origin, setTold), [])
  const loaded = useLoaded(watch === null ? null : `/api/hotspots?${watch.query}&watch=${watch.name}`, answerSchema)
  return { ...loaded, progress: loaded.busy && told !== null && told.question === watch?.name ? told : null }
}
