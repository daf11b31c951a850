import { useState, type ReactElement } from 'react'

import { deskText } from '../../i18n/desk-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import type { CommunityMap } from '../../map/community-map.ts'

interface MapButtonsProps {
  readonly map: CommunityMap
  /** Goes to what is chosen; null: it has no place. */
  readonly onLocate: (() => void) | null
}

/** The map's own tools: the whole community, what is chosen, closer, farther, north, and from straight above. */
export function MapButtons({ map, onLocate }: MapButtonsProps): ReactElement {
  const { t, language } = useTexts()
  const [north, setNorth] = useState(false)
  const [flat, setFlat] = useState(false)
  const turn = (): void => {
    map.turnNorth(!north)
    setNorth(!north)
  }
  const tilt = (): void => {
    map.setFlat(!flat)
    setFlat(!flat)
  }
  const home = (): void => {
    map.home()
    setNorth(false)
    setFlat(false)
  }
  const say = (key: 'map.locate' | 'map.closer' | 'map.farther' | 'map.north' | 'map.flat') => {
    const text = deskText(language, key)
    return { 'aria-label': text, title: text }
  }
  return (
    <div className="map-buttons" role="toolbar" aria-label={deskText(language, 'map.tools')}>
      <button type="button" className="map-home" onClick={home}>
        {t('desk.home')}
      </button>
      <button type="button" {...say('map.locate')} disabled={onLocate === null} onClick={() => onLocate?.()}>
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <circle cx="10" cy="10" r="5.5" />
          <path d="M10 1.500V6M10 14V18.500M1.500 10H6M14 10H18.500" />
        </svg>
      </button>
      <button type="button" {...say('map.closer')} onClick={() => map.zoomBy(1)}>
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <path d="M10 3V17M3 10H17" />
        </svg>
      </button>
      <button type="button" {...say('map.farther')} onClick={() => map.zoomBy(-1)}>
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <path d="M3 10H17" />
        </svg>
      </button>
      <button type="button" {...say('map.north')} aria-pressed={north} onClick={turn}>
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <path d="M10 2.500 15.500 17 10 13.500 4.500 17Z" />
        </svg>
      </button>
      <button type="button" {...say('map.flat')} aria-pressed={flat} onClick={tilt} className="digits">
        2D
      </button>
    </div>
  )
}
