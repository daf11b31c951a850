import { useCallback, useEffect, useState } from 'react'
import type { z } from 'zod'

import { request, type ApiResult, type Failure } from '../../api/request.ts'
import { ADMIN_TEXTS, adminText, type AdminTextKey } from '../../i18n/admin-texts.ts'
import type { Language } from '../../i18n/language.ts'

const AGAIN_MS = 5_000

export interface List<T> {
  /** Null until it was read once. */
  readonly value: T | null
  readonly failed: boolean
  readonly reload: () => void
}

/** What a path answers, read again on demand and after a failure. Keep `schema` stable. */
export function useList<T>(path: string, schema: z.ZodType<T>): List<T> {
  const [value, setValue] = useState<T | null>(null)
  const [failures, setFailures] = useState(0)
  const [asked, setAsked] = useState(0)
  useEffect(() => {
    const abort = new AbortController()
    const load = async (): Promise<void> => {
      const answer = await request('GET', path, schema, { signal: abort.signal })
      if (answer.ok) setValue(answer.value)
      setFailures((count) => (answer.ok ? 0 : count + 1))
    }
    const timer = setTimeout(() => void load().catch(() => undefined), failures === 0 ? 0 : AGAIN_MS)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [path, schema, asked, failures])
  const reload = useCallback(() => setAsked((count) => count + 1), [])
  return { value, failed: failures > 0, reload }
}

/** What to say after the server did something, or did not. */
export function outcomeText(answer: ApiResult<unknown>, language: Language): string {
  return answer.ok ? adminText(language, 'done') : failureText(answer, language)
}

function failureText({ code, field }: Failure, language: Language): string {
  const key = `error.${code}`
  const known = key in ADMIN_TEXTS ? (key as AdminTextKey) : 'error.other'
  return adminText(language, known, { field: field ?? '' })
}
