import type { ReactElement } from 'react'

import type { ScreenProps } from '../../app/screen.ts'
import { useTexts } from '../../i18n/language.ts'
import { useServerNow } from '../desk/use-server-now.ts'
import { CameraWall } from './camera-wall.tsx'
import { ALL_CAMERAS, playable, useNamedCameras, useTours } from './use-tours.ts'

const TICK_MS = 500

/** A wall's stop at its cameras: the tour over the whole middle, by the server's clock, so that all walls turn together. */
export function WallVideo({ mirror, link, site, tourId }: ScreenProps & { readonly tourId: string | null }): ReactElement | null {
  const { language } = useTexts()
  const cameras = useNamedCameras(mirror)
  const nowMs = useServerNow(link, TICK_MS)
  const { tours } = useTours()
  // Until the tours are read nothing is begun that would be given up a moment later.
  if (tours === null) return null
  const tour = playable(tours.find(({ id }) => id === tourId) ?? ALL_CAMERAS, cameras)
  return (
    <section className="wall-video" data-tour={tourId ?? ''}>
      <CameraWall tour={tour} elapsedMs={nowMs} nameOf={cameras.nameOf} language={language} isDemo={site.manifest.demo} />
    </section>
  )
}
