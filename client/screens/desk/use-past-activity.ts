import { useEffect, useState } from 'react'

import { formatInstant } from '../../../shared/domain/field.ts'
import { historyIndexSchema } from '../../../shared/protocol/history.ts'
import { request } from '../../api/request.ts'
import type { LiveLink } from '../../connection/live-link.ts'
import { pastActivity, type PastActivity } from './past-activity.ts'

const HOUR_MS = 3_600_000
const AGAIN_MS = 60_000

/** The last hour as the server's history tells it; null for a role that it is not open to, and until it has answered. */
export function usePastActivity(link: LiveLink, allowed: boolean): PastActivity | null {
  const [past, setPast] = useState<PastActivity | null>(null)
  useEffect(() => {
    if (!allowed) return undefined
    const gone = new AbortController()
    const read = async (): Promise<void> => {
      const nowMs = link.serverNowMs()
      const query = new URLSearchParams({
        from: formatInstant(Math.round(nowMs - HOUR_MS)),
        to: formatInstant(Math.round(nowMs)),
      })
      const found = await request('GET', `/api/history/index?${query}`, historyIndexSchema, { signal: gone.signal })
      if (!found.ok) return
      setPast(pastActivity(found.value, nowMs - HOUR_MS, nowMs))
    }
    const again = (): void => void read().catch(() => undefined)
    again()
    const timer = setInterval(again, AGAIN_MS)
    return () => {
      gone.abort()
      clearInterval(timer)
    }
  }, [link, allowed])
  return past
}
