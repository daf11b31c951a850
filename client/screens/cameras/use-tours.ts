import { useCallback, useEffect, useMemo, useState } from 'react'

import { cameraToursAnswerSchema, tourOf, type CameraTour, type CameraTourBody } from '../../../shared/protocol/camera-tours.ts'
import type { Tour } from '../../../shared/video/tour.ts'
import { request } from '../../api/request.ts'
import type { Mirror } from '../../store/mirror.ts'
import { useLayerValue } from '../../store/use-mirror.ts'
import type { LayerMirror } from '../../store/mirror.ts'

const ASK_MS = 30_000

/** What a wall and a desk show until somebody makes a tour: all cameras, four at a time. */
export const ALL_CAMERAS: CameraTourBody = { name: '', layout: '4', dwellSeconds: 20, cameraIds: [], pinned: {} }

/** The tours as they are stored, null until they were read; and the way to read them at once. */
export function useTours(): { readonly tours: readonly CameraTour[] | null; readonly reload: () => void } {
  const [tours, setTours] = useState<readonly CameraTour[] | null>(null)
  const [asked, setAsked] = useState(0)
  useEffect(() => {
    const gone = new AbortController()
    const ask = (): void => {
      request('GET', '/api/camera-tours', cameraToursAnswerSchema, { signal: gone.signal })
        .then((answer) => (answer.ok ? setTours(answer.value.tours) : undefined))
        .catch(() => undefined)
    }
    ask()
    const timer = setInterval(ask, ASK_MS)
    return () => {
      clearInterval(timer)
      gone.abort()
    }
  }, [asked])
  return { tours, reload: useCallback(() => setAsked((count) => count + 1), []) }
}

export interface NamedCameras {
  /** Those that are not switched off, in the order of their ids. */
  readonly ids: readonly string[]
  readonly nameOf: (cameraId: string) => string
}

const key = ({ records }: LayerMirror): string =>
  JSON.stringify(
    [...records.values()]
      .filter(({ fields }) => fields['state'] !== 'disabled')
      .map(({ id, fields }) => [id, typeof fields['name'] === 'string' ? fields['name'] : id])
      .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  )

/** The cameras that may be shown; the same object while none comes, goes or is renamed. */
export function useNamedCameras(mirror: Mirror): NamedCameras {
  const named = useLayerValue(mirror, 'cameras', key)
  return useMemo(() => {
    const names = new Map(JSON.parse(named) as [string, string][])
    return { ids: [...names.keys()], nameOf: (id) => names.get(id) ?? id }
  }, [named])
}

/** A tour over the cameras that there are: one that was removed or switched off takes no turn and no place. */
export function playable(tour: CameraTourBody, { ids }: NamedCameras): Tour {
  const there = new Set(ids)
  const { pinned, ...rest } = tourOf(tour, ids)
  return {
    ...rest,
    cameraIds: rest.cameraIds.filter((id) => there.has(id)),
    pinned: Object.fromEntries(Object.entries(pinned).filter(([, id]) => there.has(id))),
  }
}
