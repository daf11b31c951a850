import { useEffect, useRef, useState, type ReactElement, type ReactNode } from 'react'

import { alarmOf } from '../../../shared/alarms/alarm-state.ts'
import type { Position } from '../../../shared/domain/field.ts'
import { knownWays, type TrailPoint } from '../../../shared/replay/duty-trail.ts'
import type { Player, PlayerState } from '../../../shared/replay/player.ts'
import { reloadLater } from '../../app/reload.ts'
import type { LoadedSite } from '../../app/screen.ts'
import { alarmKindText } from '../../i18n/alarm-texts.ts'
import { clockTime } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { replayText } from '../../i18n/replay-texts.ts'
import { createCommunityMap, type CommunityMap, type MapLayerName } from '../../map/community-map.ts'
import type { Mirror } from '../../store/mirror.ts'
import { Pinned } from '../desk/map-overlay.tsx'
import type { NamedCamera } from '../desk/near-cameras.tsx'
import { chosenOf, placeOf, recordOf, subjectName, type Chosen } from '../desk/record-names.ts'

const CHOSEN_ZOOM = 17

interface ReplayMapProps {
  readonly site: LoadedSite
  readonly mirror: Mirror
  readonly player: Player
  readonly state: PlayerState
  readonly layers: readonly MapLayerName[]
  readonly chosen: Chosen | null
  /** The place that cameras were sought for. */
  readonly place: Position | null
  readonly near: readonly NamedCamera[]
  readonly trail: readonly TrailPoint[]
  /** What stands on the map's corner: that it is not live, or which of two it is. */
  readonly stamp: string | null
  /** Over the map's lower corner. */
  readonly panel: ReactNode
  readonly onChoose: (chosen: Chosen | null, place: Position | null) => void
}

/** The same map as live, of the world at the instant; where nothing is known it says so instead of showing what was last. */
export function ReplayMap(props: ReplayMapProps): ReactElement {
  const { site, mirror, player, state, layers, chosen, place, near, trail, stamp, panel, onChoose } = props
  const { language } = useTexts()
  const hostRef = useRef<HTMLDivElement | null>(null)
  const [map, setMap] = useState<CommunityMap | null>(null)
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
      scale: 0.75,
      interactive: true,
      layers,
      // Age is told against the instant shown: a station that was fresh then is fresh here.
      nowMs: () => player.state.atMs,
      padding: { top: 40, right: 40, bottom: 40, left: 40 },
      onDrawn: () => undefined,
      onLost: reloadLater,
    })
    setMap(made)
    return () => {
      setMap(null)
      made?.destroy()
    }
  }, [site, mirror, player, layers, language])
  useEffect(
    () =>
      map?.onClick((hit, there) => {
        const found = chosenOf(hit)
        onChoose(found, found === null ? there : null)
      }),
    [map, onChoose],
  )
  useEffect(() => map?.setTrail(knownWays(trail).map((way) => way.map(({ position }) => position))), [map, trail])
  useEffect(() => map?.setNearCameras(new Set(near.map(({ id }) => id))), [map, near])
  const record = chosen === null ? null : recordOf(mirror, chosen)
  const placeKey = chosen === null ? null : (place?.join(',') ?? null)
  useEffect(() => {
    if (map === null || placeKey === null) return
    const [lng = 0, lat = 0] = placeKey.split(',').map(Number)
    map.flyTo([lng, lat], CHOSEN_ZOOM)
  }, [map, placeKey])

  // A link to a place shows it; a place that was clicked is in sight already.
  const [linkedPlace] = useState(chosen === null ? place : null)
  useEffect(() => {
    if (linkedPlace !== null) map?.flyTo(linkedPlace, CHOSEN_ZOOM)
  }, [map, linkedPlace])

  const alarm = chosen?.layer === 'alarms' && record !== null ? alarmOf(record.fields) : null
  return (
    <section className="replay-panel replay-map" data-knowledge={state.knowledge}>
      <div className="map-host" ref={hostRef} data-testid="map" />
      <div className="map-overlay">
        <Pinned map={map} position={chosen === null ? place : null} className="replay-spot">
          <i />
        </Pinned>
        {trailEnds(trail).map(({ atMs, position }) => (
          <Pinned key={atMs} map={map} position={position} className="replay-trail-time">
            <span className="digits">{clockTime(atMs)}</span>
          </Pinned>
        ))}
        <Pinned map={map} position={chosen === null ? null : place} className="replay-callout">
          <div>
            <b>{alarm === null ? subjectName(mirror, chosen, language) : alarmKindText(alarm.kind, language)}</b>
            {alarm === null ? null : <span>{subjectName(mirror, alarm.subject, language)}</span>}
          </div>
        </Pinned>
        {near.map((camera, index) => (
          <Pinned
            key={camera.id}
            map={map}
            position={placeOf(mirror.layer('cameras').records.get(camera.id) ?? null)}
            className="near-mark"
          >
            <span className="near-number replay-number digits">{index + 1}</span>
          </Pinned>
        ))}
      </div>
      <button type="button" className="replay-home" onClick={() => map?.home()}>
        {replayText(language, 'home')}
      </button>
      {panel}
      {stamp === null ? null : <p className="replay-stamp">{stamp}</p>}
      {state.knowledge === 'known' || state.loading ? null : (
        <p className="replay-unknown" role="status">
          {replayText(language, state.range === null ? 'nothingRecorded' : `unknown.${state.knowledge}`)}
        </p>
      )}
      {state.loading || state.failure !== null ? (
        <p className="replay-loading" role="status">
          {replayText(language, state.failure === null ? 'loading' : state.mode === 'live' ? 'liveFailed' : 'failed')}
        </p>
      ) : null}
    </section>
  )
}

/** The first and the last point of a way. */
function trailEnds(trail: readonly TrailPoint[]): readonly TrailPoint[] {
  const [first] = trail
  const last = trail.at(-1)
  return first === undefined || last === undefined ? [] : first === last ? [first] : [first, last]
}
