import { useCallback, useEffect, useState } from 'react'

import { formatInstant } from '../../../shared/domain/field.ts'
import { bookmarksAnswerSchema, type Bookmark } from '../../../shared/protocol/bookmarks.ts'
import { doneSchema, request, type FailureCode } from '../../api/request.ts'

/** One's own bookmarks and what can be done with them. */
export interface OwnBookmarks {
  readonly all: readonly Bookmark[]
  /** Null when it was kept, else why it was not. */
  add(atMs: number, text: string): Promise<FailureCode | null>
  remove(id: string): Promise<void>
}

export function useBookmarks(): OwnBookmarks {
  const [all, setAll] = useState<readonly Bookmark[]>([])
  /** Grows with each change, so that the list is read again. */
  const [changes, setChanges] = useState(0)
  useEffect(() => {
    const gone = new AbortController()
    request('GET', '/api/bookmarks', bookmarksAnswerSchema, { signal: gone.signal }).then(
      (found) => found.ok && setAll(found.value.bookmarks),
      () => undefined,
    )
    return () => gone.abort()
  }, [changes])
  const add = useCallback(async (atMs: number, text: string) => {
    const body = { at: formatInstant(Math.round(atMs)), text }
    const answer = await request('POST', '/api/bookmarks', doneSchema, { body })
    setChanges((count) => count + 1)
    return answer.ok ? null : answer.code
  }, [])
  const remove = useCallback(async (id: string) => {
    await request('DELETE', `/api/bookmarks/${id}`, doneSchema)
    setChanges((count) => count + 1)
  }, [])
  return { all, add, remove }
}
