import type { ReactElement } from 'react'

import type { ScreenProps } from '../../app/screen.ts'
import { deskText } from '../../i18n/desk-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { CameraTile } from '../../video/camera-tile.tsx'
import type { NamedCamera } from '../desk/near-cameras.tsx'
import { useServerNow } from '../desk/use-server-now.ts'
import type { Shot } from './director.ts'

/** Four fit beside the alarms. */
export const WALL_TILES = 4
/** How long the cameras' stop of the tour stays with four of them. */
const PAGE_MS = 10_000

interface WallCamerasProps extends ScreenProps {
  /** The cameras nearest to the alarm that has the wall, those that see it first. */
  readonly linked: readonly NamedCamera[]
  readonly shot: Shot
}

/** Four live pictures: those nearest to the alarm that has the wall, else the first; the cameras' stop of the tour goes through all. */
export function WallCameras({ mirror, site, link, linked, shot }: WallCamerasProps): ReactElement {
  const { t, language } = useTexts()
  const nowMs = useServerNow(link, 1_000)
  const all = [...mirror.layer('cameras').records.values()]
    .filter(({ fields }) => fields['state'] !== 'disabled')
    .map(({ id, fields }) => ({ id, name: typeof fields['name'] === 'string' ? fields['name'] : id }))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
  const turning = shot.kind === 'scene' && shot.scene.kind === 'cameras'
  const pages = Math.max(1, Math.ceil(all.length / WALL_TILES))
  const page = turning ? Math.floor(nowMs / PAGE_MS) % pages : 0
  const wanted = linked.length > 0 ? linked : all.slice(page * WALL_TILES, page * WALL_TILES + WALL_TILES)
  const tiles = [...wanted, ...all.filter(({ id }) => !wanted.some((tile) => tile.id === id))].slice(0, WALL_TILES)
  return (
    <section className="wall-panel wall-cameras">
      <h2>
        {t('cameras.title')}
        <small className="digits">
          {tiles.length} / {all.length}
        </small>
      </h2>
      {tiles.length === 0 ? (
        <p className="wall-empty">{t('cameras.none')}</p>
      ) : (
        <div className="wall-tiles">
          {tiles.map(({ id, name }, index) => (
            <div key={id} data-linked={index === 0 && linked[0]?.id === id}>
              <CameraTile
                cameraId={id}
                name={name}
                language={language}
                isDemo={site.manifest.demo}
                profile="sub"
                figures="short"
              />
              <Linked camera={linked.find((each) => each.id === id) ?? null} first={index === 0} />
            </div>
          ))}
        </div>
      )}
    </section>
  )
}

/** Why a camera is up: the first for the alarm is named so, the others with how far they stand from it. */
function Linked({ camera, first }: { readonly camera: NamedCamera | null; readonly first: boolean }): ReactElement | null {
  const { t, language } = useTexts()
  if (camera === null) return null
  const meters = Math.round(camera.distanceMeters)
  const away = meters < 1_000 ? deskText(language, 'panel.meters', { count: meters }) : `${(meters / 1_000).toFixed(1)} km`
  return (
    <span className="wall-linked" data-first={first}>
      {first ? `${t('cameras.linked')} ` : ''}
      <span className="digits">{away}</span>
    </span>
  )
}
