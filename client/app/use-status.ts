import { useEffect, useState } from 'react'
import { z } from 'zod'

import { request } from '../api/request.ts'

const statusSchema = z.object({ journal: z.enum(['recording', 'full', 'failing']), build: z.string() })

/** Often enough that a room knows within three seconds that nothing is kept any more. */
const EACH_MS = 2_000
/** A new version is let settle before the page takes it. */
const NEW_BUILD_MS = 3_000

/** Whether the server can record; loads the page anew when the server has a newer one. */
export function useJournalState(): 'recording' | 'full' | 'failing' {
  const [journal, setJournal] = useState<'recording' | 'full' | 'failing'>('recording')
  useEffect(() => {
    let build: string | null = null
    let reloading: ReturnType<typeof setTimeout> | null = null
    const ask = async (): Promise<void> => {
      const status = await request('GET', '/api/status', statusSchema)
      // Silence is the link's to tell.
      if (!status.ok) return
      setJournal(status.value.journal)
      build ??= status.value.build
      if (status.value.build !== build && status.value.build !== 'none') {
        reloading ??= setTimeout(() => location.reload(), NEW_BUILD_MS)
      }
    }
    void ask()
    const timer = setInterval(() => void ask(), EACH_MS)
    return () => {
      clearInterval(timer)
      if (reloading !== null) clearTimeout(reloading)
    }
  }, [])
  return journal
}
