import { useEffect, useRef, useState, type RefObject } from 'react'

import { createCommunityMap, type CommunityMap, type MapLayerName } from '../../map/community-map.ts'
import { reloadLater } from '../../app/reload.ts'
import type { ScreenProps } from '../../app/screen.ts'
import type { Language } from '../../i18n/language.ts'

interface Options extends ScreenProps {
  readonly layers: readonly MapLayerName[]
  readonly language: Language
}

/**
 * The one map of the desk, made when its place is there and kept for the page's life. A change of language makes it anew,
 * as its texts are drawn into it. When its graphics context cannot be kept alive the page is loaded again.
 */
export function useCommunityMap(options: Options): {
  readonly hostRef: RefObject<HTMLDivElement | null>
  readonly map: CommunityMap | null
  /** Whether its marks are on the screen. */
  readonly drawn: boolean
} {
  const { site, mirror, link, layers, language } = options
  const hostRef = useRef<HTMLDivElement | null>(null)
  const [map, setMap] = useState<CommunityMap | null>(null)
  const [drawn, setDrawn] = useState(false)
  useEffect(() => {
    const host = hostRef.current
    if (host === null) return undefined
    const made = createCommunityMap({
      container: host,
      manifest: site.manifest,
      site: site.layers,
      basemap: site.basemap,
      mirror,
      language,
      // Closer to the eye than a wall: marks three quarters as large.
      scale: 0.75,
      interactive: true,
      layers,
      nowMs: () => link.serverNowMs(),
      padding: { top: 70, right: 60, bottom: 30, left: 30 },
      onDrawn: setDrawn,
      onLost: reloadLater,
    })
    setMap(made)
    return () => {
      setMap(null)
      setDrawn(false)
      made?.destroy()
    }
  }, [site, mirror, link, layers, language])
  return { hostRef, map, drawn }
}
