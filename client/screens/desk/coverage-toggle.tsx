import { useEffect, useState, type ReactElement } from 'react'

import type { SiteLayers } from '../../../shared/site/site.ts'
import { coverageOf } from '../../../shared/video/coverage.ts'
import { deskText } from '../../i18n/desk-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import type { CommunityMap } from '../../map/community-map.ts'
import { outerRings, siteSight } from '../../map/site-sight.ts'
import type { Mirror } from '../../store/mirror.ts'
import { useLayer } from '../../store/use-mirror.ts'
import { sitedViews } from './camera-views.ts'

/** Cells of what is looked at for blind ground: narrower than a path between two houses. */
const CELL_METERS = 4

interface CoverageToggleProps {
  readonly map: CommunityMap | null
  readonly mirror: Mirror
  readonly site: SiteLayers
}

/** Switches the map's coverage on: what the cameras see of the open ground, what none sees, and how much that is. */
export function CoverageToggle({ map, mirror, site }: CoverageToggleProps): ReactElement {
  const { language } = useTexts()
  const [isOn, setIsOn] = useState(false)
  const [seenShare, setSeenShare] = useState<number | null>(null)
  useLayer(mirror, 'cameras')
  // Health changes each minute; only where cameras stand and look makes other coverage.
  const key = isOn ? JSON.stringify(sitedViews(mirror)) : ''
  useEffect(() => {
    if (map === null) return
    if (key === '') return map.setCoverage(null)
    const views = sitedViews(mirror)
    const coverage = coverageOf(outerRings(site.boundary), outerRings(site.footprints), views, siteSight(site), CELL_METERS)
    map.setCoverage({ ...coverage, views })
    setSeenShare(coverage.seenShare)
    // The key stands for the cameras, which are read from the mirror.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [map, key, site])
  return (
    <div className="layer-toggles coverage-toggle" role="group">
      <label>
        <input type="checkbox" checked={isOn} onChange={() => setIsOn(!isOn)} />
        {deskText(language, 'map.coverage')}
      </label>
      {isOn && seenShare !== null ? (
        <span className="digits" role="status">
          {deskText(language, 'map.covered', { share: Math.round(seenShare * 1000) / 10 })}
        </span>
      ) : null}
    </div>
  )
}
