import { useEffect, useRef, useState, type RefObject } from 'react'

import type { LoadedSite } from '../../app/screen.ts'
import type { Language } from '../../i18n/language.ts'
import { createHotspotMap, type HotspotMap } from '../../map/hotspot-map.ts'

/** The one map of the screen; made anew only when the language or the ground under it changes. */
export function useHotspotMap(
  site: LoadedSite | null,
  language: Language,
  onCell: (id: string | null) => void,
): { readonly hostRef: RefObject<HTMLDivElement | null>; readonly map: HotspotMap | null } {
  const hostRef = useRef<HTMLDivElement | null>(null)
  const chosen = useRef(onCell)
  useEffect(() => {
    chosen.current = onCell
  }, [onCell])
  const [map, setMap] = useState<HotspotMap | null>(null)
  useEffect(() => {
    const host = hostRef.current
    if (host === null) return undefined
    const made = createHotspotMap({
      container: host,
      site: site?.layers ?? null,
      language,
      onCell: (id) => chosen.current(id),
      onLost: () => location.reload(),
    })
    setMap(made)
    return () => {
      setMap(null)
      made.destroy()
    }
  }, [site, language])
  return { hostRef, map }
}
