import { useCallback, useEffect, useState } from 'react'
import type { z } from 'zod'

import { request } from '../../api/request.ts'

/** What an address answers; asked for once, and again when told. */
export function useRead<T>(path: string, schema: z.ZodType<T>) {
  const [value, setValue] = useState<T | null>(null)
  const [failure, setFailure] = useState<'failed' | 'notFound' | null>(null)
  const [count, setCount] = useState(0)
  useEffect(() => {
    const gone = new AbortController()
    request('GET', path, schema, { signal: gone.signal }).then(
      (answer) => {
        if (answer.ok) setValue(answer.value)
        else setFailure(answer.code === 'not_found' ? 'notFound' : 'failed')
      },
      () => undefined,
    )
    return () => gone.abort()
  }, [path, schema, count])
  return { value, failure, again: useCallback(() => setCount((last) => last + 1), []) }
}
