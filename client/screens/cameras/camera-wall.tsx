import './camera-wall.css'
import type { ReactElement } from 'react'

import { tourTiles, type Tour } from '../../../shared/video/tour.ts'
import { cameraText } from '../../i18n/camera-texts.ts'
import type { Language } from '../../i18n/language.ts'
import { CameraTile } from '../../video/camera-tile.tsx'

interface CameraWallProps {
  readonly tour: Tour
  /** How long the tour has run, milliseconds. */
  readonly elapsedMs: number
  readonly nameOf: (cameraId: string) => string
  readonly language: Language
  readonly isDemo: boolean
  /** Pins a tile's camera to its place, or lets it go; left out where nobody has hands. */
  readonly onPin?: (place: number, cameraId: string | null) => void
}

/** The tiles of a tour in their layout; the camera that follows in a tile is begun before its turn. */
export function CameraWall(props: CameraWallProps): ReactElement {
  const { tour, elapsedMs, nameOf, language, isDemo, onPin } = props
  return (
    <div className="camera-wall" data-layout={tour.layout}>
      {tourTiles(tour, elapsedMs).map(({ cameraId, nextCameraId }, place) => (
        // A tile is its place: its picture changes, the tile stays.
        // eslint-disable-next-line react/no-array-index-key
        <div key={place} className="camera-wall-tile" data-next={nextCameraId ?? undefined}>
          {cameraId === null ? (
            <p className="camera-wall-none">{cameraText(language, 'none')}</p>
          ) : (
            <CameraTile
              cameraId={cameraId}
              name={nameOf(cameraId)}
              language={language}
              isDemo={isDemo}
              warmCameraId={nextCameraId}
            />
          )}
          {onPin === undefined || cameraId === null ? null : (
            <button
              type="button"
              className="camera-wall-pin"
              aria-pressed={tour.pinned[place] !== undefined}
              onClick={() => onPin(place, tour.pinned[place] === undefined ? cameraId : null)}
            >
              {cameraText(language, tour.pinned[place] === undefined ? 'pin' : 'unpin')}
            </button>
          )}
        </div>
      ))}
    </div>
  )
}
