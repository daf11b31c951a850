import { useEffect, useState } from 'react'

import type { LiveLink } from '../../connection/live-link.ts'

/** The server's clock, drawn anew every so often. */
export function useServerNow(link: LiveLink, everyMs: number): number {
  const [nowMs, setNowMs] = useState(() => link.serverNowMs())
  useEffect(() => {
    const timer = setInterval(() => setNowMs(link.serverNowMs()), everyMs)
    return () => clearInterval(timer)
  }, [link, everyMs])
  return nowMs
}
