import { useEffect, useRef, useState, type RefObject } from 'react'

import { createCommunityMap, type CommunityMap, type MapLayerName } from '../../map/community-map.ts'
import type { Language } from '../../i18n/language.ts'
import { reloadLater } from '../../app/reload.ts'
import type { ScreenProps } from '../../app/screen.ts'

export const WALL_LAYERS: readonly MapLayerName[] = ['buildings', 'merchants', 'cameras', 'stations', 'alarms']

/** Makes the wall's map in `hostRef`, once; `drawn` while its marks are on the screen. */
export function useWallMap(
  { site, mirror, link }: Pick<ScreenProps, 'site' | 'mirror' | 'link'>,
  language: Language,
  unit: number,
  padding: { readonly top: number; readonly right: number; readonly bottom: number; readonly left: number },
): { readonly hostRef: RefObject<HTMLDivElement | null>; readonly map: CommunityMap | null; readonly drawn: boolean } {
  const hostRef = useRef<HTMLDivElement | null>(null)
  const [map, setMap] = useState<CommunityMap | null>(null)
  const [drawn, setDrawn] = useState(false)
  useEffect(() => {
    if (hostRef.current === null) return undefined
    const made = createCommunityMap({
      container: hostRef.current,
      manifest: site.manifest,
      site: site.layers,
      basemap: site.basemap,
      mirror,
      language,
      scale: unit,
      interactive: false,
      layers: WALL_LAYERS,
      nowMs: () => link.serverNowMs(),
      padding,
      onDrawn: setDrawn,
      onLost: reloadLater,
    })
    setMap(made)
    return () => {
      setMap(null)
      setDrawn(false)
      made?.destroy()
    }
    // One map for the life of the screen; language and size change it as a whole.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [site, mirror, link, language, unit])
  return { hostRef, map, drawn }
}
