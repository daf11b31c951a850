import { useEffect, useState } from 'react'
import type { z } from 'zod'

import { request } from '../api/request.ts'

/** The newest answer of a GET that is asked again each `everyMs`; the last good one stays while the server is away. */
export function usePolled<T>(path: string, schema: z.ZodType<T>, everyMs: number): T | null {
  const [value, setValue] = useState<T | null>(null)
  useEffect(() => {
    const gone = new AbortController()
    const ask = async (): Promise<void> => {
      const answer = await request('GET', path, schema, { signal: gone.signal })
      if (answer.ok) setValue(answer.value)
    }
    const again = (): void => {
      ask().catch(() => undefined)
    }
    again()
    const timer = setInterval(again, everyMs)
    return () => {
      clearInterval(timer)
      gone.abort()
    }
  }, [path, schema, everyMs])
  return value
}
