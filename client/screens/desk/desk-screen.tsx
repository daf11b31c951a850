import './desk.css'
import { useCallback, useMemo, useState, type ReactElement } from 'react'

import { formatInstant, type Position } from '../../../shared/domain/field.ts'
import { screensOf } from '../../app/router.ts'
import type { MapLayerName } from '../../map/community-map.ts'
import type { ScreenProps } from '../../app/screen.ts'
import { useJournalState } from '../../app/use-status.ts'
import { deskText } from '../../i18n/desk-texts.ts'
import { clockTime, duration } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { useLayer, useLayerValue } from '../../store/use-mirror.ts'
import type { LayerMirror } from '../../store/mirror.ts'
import { AlarmPanel } from './alarm-panel.tsx'
import { AlarmQueue } from './alarm-queue.tsx'
import { camerasNear } from './camera-views.ts'
import { DeskHeader } from './desk-header.tsx'
import { MapPane } from './map-pane.tsx'
import { queueRows, type QueueRow } from './queue-rows.ts'
import { RecordPanel } from './record-panel.tsx'
import { placeOf, recordOf, type Chosen } from './record-names.ts'
import { DonePanel } from './done-panel.tsx'
import { TimelineStrip } from './timeline-strip.tsx'
import { useLinkState } from '../../panels/use-link-state.ts'
import { useServerNow } from './use-server-now.ts'

const DESK_LAYERS: readonly MapLayerName[] = ['buildings', 'merchants', 'cameras', 'stations', 'workers', 'alarms', 'cases']
/** Cameras that come up with a chosen place. */
const NEAR_CAMERAS = 4

/** What the panel on the right shows, and whether the desk chose it: then the map stays where it is. */
interface Choice {
  readonly chosen: Chosen | null
  readonly byItself: boolean
}

const HELP = ['help.queue', 'help.map', 'help.search'] as const

const rowsOf = (layer: LayerMirror): QueueRow[] => queueRows(layer.records.values())

/** `/desk`: the queue left, the map in the middle, what is chosen right, the last hour below. */
export function DeskScreen(props: ScreenProps): ReactElement {
  const { viewer, site, mirror, link } = props
  const { t, language } = useTexts()
  const [{ chosen, byItself }, setChoice] = useState<Choice>({ chosen: null, byItself: true })
  /** A place on the map with nothing on it, whose cameras are asked for. */
  const [spot, setSpot] = useState<Position | null>(null)
  const rows = useLayerValue(mirror, 'alarms', rowsOf)
  const first = rows[0]
  // Once, when the first alarm is there; what comes later never takes the panel from under an officer's hand.
  if (byItself && chosen === null && first !== undefined) {
    setChoice({ chosen: { layer: 'alarms', id: first.id }, byItself: true })
  }
  const alarms = useLayer(mirror, 'alarms')
  const cameras = useLayer(mirror, 'cameras')
  const linkState = useLinkState(link)
  const layers = useMemo(() => DESK_LAYERS.filter((layer) => viewer.layers.includes(layer)), [viewer.layers])

  const record = chosen === null ? null : recordOf(mirror, chosen)
  const place = placeOf(record)
  const asked = chosen === null ? spot : place
  const placeKey = asked === null || chosen?.layer === 'cameras' ? null : asked.join(',')
  const cameraVersion = cameras.version
  const near = useMemo(() => {
    if (placeKey === null) return []
    const [lng = 0, lat = 0] = placeKey.split(',').map(Number)
    return camerasNear(mirror, site.layers, [lng, lat], NEAR_CAMERAS)
    // The version stands for the cameras, which are read from the mirror.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [mirror, placeKey, cameraVersion])

  const choose = useCallback((next: Chosen | null, at: Position | null = null) => {
    setChoice({ chosen: next, byItself: false })
    setSpot(next === null ? at : null)
  }, [])
  const chooseRow = useCallback(({ id }: QueueRow) => choose({ layer: 'alarms', id }), [choose])
  const canRewind = screensOf(viewer.role).includes('replay')
  const rewind = (atMs: number): void => {
    const query = new URLSearchParams({ t: formatInstant(Math.round(atMs)) })
    if (chosen !== null) query.set('view', `${chosen.layer}/${chosen.id}`)
    else if (spot !== null) query.set('view', `place/${spot.map((part) => part.toFixed(6)).join(',')}`)
    location.assign(`/replay?${query}`)
  }
  const close = useCallback(() => choose(null), [choose])
  return (
    <main className="desk" data-stale={linkState.stale}>
      <DeskHeader {...props} />
      <Banners {...props} />
      <AlarmQueue
        rows={rows}
        loaded={alarms.loaded}
        chosenId={chosen?.layer === 'alarms' ? chosen.id : null}
        mirror={mirror}
        link={link}
        onChoose={chooseRow}
      />
      <MapPane
        {...props}
        layers={layers}
        chosen={chosen}
        spot={chosen === null ? spot : null}
        staysPut={byItself}
        near={near}
        stale={linkState.stale}
        lastChangeAtMs={linkState.lastChangeAtMs}
        onChoose={choose}
      />
      {chosen === null ? (
        <section className="desk-panel detail">
          <div className="desk-help">
            <b>{t('desk.nothingChosen')}</b>
            <ul>
              {HELP.map((key) => (
                <li key={key}>{deskText(language, key)}</li>
              ))}
            </ul>
          </div>
        </section>
      ) : chosen.layer === 'alarms' ? (
        <AlarmPanel
          key={chosen.id}
          alarmId={chosen.id}
          mirror={mirror}
          link={link}
          manifest={site.manifest}
          categories={site.categories}
          near={near}
          onClose={close}
        />
      ) : (
        <RecordPanel
          key={`${chosen.layer}/${chosen.id}`}
          chosen={chosen}
          mirror={mirror}
          link={link}
          manifest={site.manifest}
          categories={site.categories}
          onClose={close}
        />
      )}
      <TimelineStrip mirror={mirror} link={link} onChoose={chooseRow} onRewind={canRewind ? rewind : null} />
      <DonePanel mirror={mirror} onChoose={chooseRow} />
    </main>
  )
}

/** The picture is older than this before the desk says so: one missed beat is not an outage. */
const STALE_MS = 3_000

/** Across the screen: when the picture is old, and when the server cannot keep what happens. */
function Banners({ link }: ScreenProps): ReactElement {
  const { t, language } = useTexts()
  const { phase, lastMessageAtMs, clockOffsetMs } = useLinkState(link)
  const [openedAtMs] = useState(() => link.serverNowMs())
  const nowMs = useServerNow(link, 250)
  const journal = useJournalState()
  const heardAtMs = lastMessageAtMs === null ? null : lastMessageAtMs + clockOffsetMs
  const ageMs = nowMs - (heardAtMs ?? openedAtMs)
  const silent = ageMs > STALE_MS || phase === 'ended'
  return (
    <div className="desk-banners" aria-live="assertive">
      {silent ? (
        <p className="desk-banner" data-kind="stale">
          {heardAtMs === null ? t('link.never') : t('link.stale', { age: duration(ageMs, language), time: clockTime(heardAtMs) })}
        </p>
      ) : null}
      {journal === 'recording' ? null : (
        <p className="desk-banner" data-kind="journal">
          {t('link.journal')}
        </p>
      )}
    </div>
  )
}
