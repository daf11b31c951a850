import './wall.css'
import { useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactElement } from 'react'

import { DEFAULT_SCENES, scenesAnswerSchema } from '../../../shared/protocol/scenes.ts'
import type { ScreenProps } from '../../app/screen.ts'
import { useJournalState } from '../../app/use-status.ts'
import { alarmKindText } from '../../i18n/alarm-texts.ts'
import { clockTime, duration, longDate, minuteTime, weekday } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { isStale, positionOf } from '../../map/marks.ts'
import { StaleBanner } from '../../panels/stale-banner.tsx'
import { StatusMark } from '../../panels/status-mark.tsx'
import { useLinkState } from '../../panels/use-link-state.ts'
import { usePolled } from '../../panels/use-polled.ts'
import { camerasNear } from '../desk/camera-views.ts'
import { callsForSomebody } from '../desk/queue-rows.ts'
import { placeOnWall } from '../desk/record-names.ts'
import { useServerNow } from '../desk/use-server-now.ts'
import { WallVideo } from '../cameras/wall-video.tsx'
import { createAlarmSound } from './alarm-sound.ts'
import { createDirector, type Shot } from './director.ts'
import { useDrift } from './drift.ts'
import { createMapTags } from './map-tags.ts'
import { isNight } from './night.ts'
import { useAlarmRows } from './use-alarm-rows.ts'
import { useUnit } from './use-unit.ts'
import { WallAlarms } from './wall-alarms.tsx'
import { WallCameras, WALL_TILES } from './wall-cameras.tsx'
import { WallLegend } from './wall-legend.tsx'
import { useWallMap } from './wall-map.ts'
import { CategoriesPanel, CountsPanel, StationsPanel, TrendPanel, useTrend } from './wall-panels.tsx'

const SCENES_MS = 30_000
/** Cards on the map; the list has them all. */
const MOST_CARDS = 3

/** `/wall`: watched from four metres, day and night, by nobody in particular. */
export function WallScreen(props: ScreenProps): ReactElement {
  const { mirror, link, site } = props
  const { t, language } = useTexts()
  const { unit, wide } = useUnit()
  const nowMs = useServerNow(link, 1_000)
  const journal = useJournalState()
  const linkState = useLinkState(link)
  const trend = useTrend()
  const rows = useAlarmRows(mirror)
  const side = (wide ? 2 * 432 + 16 : 432) * unit
  const padding = useMemo(
    () => ({ top: 130 * unit, bottom: 90 * unit, left: side + 60 * unit, right: side + 60 * unit }),
    [unit, side],
  )
  const { hostRef, map, drawn } = useWallMap(props, language, unit, padding)
  const tagsRef = useRef<HTMLDivElement | null>(null)

  const tour = usePolled('/api/scenes', scenesAnswerSchema, SCENES_MS)
  const tourKey = JSON.stringify(tour?.scenes ?? DEFAULT_SCENES)
  const [keepsTour] = useState(() => new URLSearchParams(location.search).get('takeover') === '0')
  const [director] = useState(() => createDirector(DEFAULT_SCENES))
  useEffect(() => director.tour(JSON.parse(tourKey) as typeof DEFAULT_SCENES), [director, tourKey])
  director.alarms(keepsTour ? [] : rows, nowMs)
  const shot = director.shot(nowMs)
  const shotKey = shot.kind === 'alarm' ? `alarm ${shot.alarmId}` : `scene ${shot.index} ${tourKey}`
  const shownAlarm = shot.kind === 'alarm' ? (rows.find(({ id }) => id === shot.alarmId) ?? null) : null
  const near = useMemo(
    () => (shownAlarm?.position == null ? [] : camerasNear(mirror, site.layers, shownAlarm.position, WALL_TILES)),
    // Cameras do not move during a takeover.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [mirror, shownAlarm?.id],
  )

  useEffect(() => {
    if (map === null) return
    map.setNearCameras(new Set(near.map(({ id }) => id)))
    frame(map, shot, shownAlarm?.position ?? null, site)
    // A shot is framed once, when it begins.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [map, shotKey])

  const cardRows = rows.filter(callsForSomebody).slice(0, MOST_CARDS)
  const cardsKey = `${cardRows.map(({ id, state }) => `${id} ${state}`).join()} ${rows.length} ${language}`
  const staleStations = [...mirror.layer('stations').records.values()].filter(({ observedAt }) =>
    isStale('stations', observedAt, nowMs),
  )
  const staleKey = staleStations.map(({ id, observedAt }) => `${id} ${Math.floor((nowMs - observedAt) / 60_000)}`).join()
  useEffect(() => {
    if (map === null || tagsRef.current === null) return undefined
    const tags = createMapTags(tagsRef.current, map, unit, {
      left: side + 40 * unit,
      right: side + 40 * unit,
      top: 100 * unit,
      bottom: 190 * unit,
    })
    tags.show(
      cardRows.flatMap((row) =>
        row.position === null
          ? []
          : {
              id: row.id,
              position: row.position,
              title: alarmKindText(row.kind, language),
              detail: `${placeOnWall(mirror, row.subject, language)} · ${row.raisedAtMs === null ? '' : minuteTime(row.raisedAtMs)}`,
              tone: row.priority <= 2 ? ('alarm' as const) : ('warning' as const),
            },
      ),
      staleStations.flatMap(({ id, fields, observedAt }) => {
        const position = positionOf(fields)
        return position === null ? [] : { id, position, text: duration(nowMs - observedAt, language) }
      }),
      rows.flatMap(({ position }) => (position === null ? [] : [position])),
    )
    return () => tags.destroy()
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [map, cardsKey, staleKey, unit])

  const [sound] = useState(createAlarmSound)
  const audible = useSyncExternalStore(sound.subscribe, () => sound.allowed)
  const urgentId = rows.find((row) => callsForSomebody(row) && row.priority <= 2)?.id ?? null
  useEffect(() => {
    const row = rows.find(({ id }) => id === urgentId)
    if (row !== undefined && nowMs - (row.raisedAtMs ?? 0) < 60_000) sound.play(row.priority === 1 ? 1 : 2)
    // Once for each alarm that comes to the head of the list.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [urgentId, sound])

  const video = shot.kind === 'scene' && shot.scene.kind === 'video' ? shot.scene : null
  const { name, demo } = site.manifest
  const stale = linkState.stale
  const drift = useDrift(unit)
  return (
    <main
      className="wall"
      style={{ translate: drift }}
      data-wide={wide}
      onPointerDown={() => void sound.allow()}
      data-painted={drawn}
      data-shot={shot.kind}
    >
      <div ref={hostRef} className="wall-map" />
      <div className="wall-veil" />
      <div ref={tagsRef} className="wall-tags" />
      {drawn ? null : (
        <p className="wall-drawing" role="status">
          {t('map.drawing')}
        </p>
      )}
      <header className="wall-top">
        <p className="wall-date">
          <b>{longDate(nowMs, language)}</b>
          <span>{weekday(nowMs, language)}</span>
          {demo ? <span className="wall-demo">{t('app.demo')}</span> : null}
          {audible ? null : <span className="wall-muted">{t('wall.muted')}</span>}
        </p>
        <h1>{language === 'zh' ? `${name.zh}可视化中心` : `${name.en} Centre`}</h1>
        <p className="wall-link" data-stale={stale}>
          <StatusMark status={stale ? 'alarm' : 'done'} />
          <span className="wall-link-phase">{t(`link.${linkState.phase}`)}</span>
          {stale || linkState.delayMs === null ? null : (
            <span>
              {t('link.delay')} <b className="digits">{(linkState.delayMs / 1000).toFixed(1)}</b> {t('link.seconds')}
            </span>
          )}
          <time className="wall-clock digits" data-stale={stale}>
            {clockTime(nowMs)}
          </time>
        </p>
        <svg className="wall-rule" viewBox="0 0 1920 14" preserveAspectRatio="none" aria-hidden="true">
          <path d="M0 2H640L662 12H1258L1280 2H1920" fill="none" stroke="#2c5f9a" strokeWidth="1.5" />
          <path d="M662 12H1258" stroke="#5cc8ff" strokeWidth="2.5" />
        </svg>
      </header>
      <div className="wall-column wall-left">
        <CountsPanel mirror={mirror} trend={trend} />
        <TrendPanel trend={trend} unit={unit} />
        <CategoriesPanel trend={trend} categories={site.categories} unit={unit} />
        <StationsPanel mirror={mirror} nowMs={nowMs} />
      </div>
      <div className="wall-column wall-right">
        <WallAlarms
          rows={rows}
          loaded={mirror.layer('alarms').loaded}
          mirror={mirror}
          shownId={shownAlarm?.id ?? null}
          room={6}
          lastChangeAtMs={linkState.lastChangeAtMs}
          unit={unit}
        />
        {video === null ? <WallCameras {...props} linked={near} shot={shot} /> : null}
      </div>
      {video === null ? null : <WallVideo {...props} tourId={video.tourId} />}
      <WallLegend />
      <StaleBanner link={link} journal={journal} />
      <Dim nowMs={nowMs} />
    </main>
  )
}

/** Close enough to tell one building from the next. */
const ALARM_ZOOM = 16.9

function frame(
  map: NonNullable<ReturnType<typeof useWallMap>['map']>,
  shot: Shot,
  at: readonly [number, number] | null,
  site: ScreenProps['site'],
): void {
  if (shot.kind === 'alarm') {
    if (at !== null) map.flyTo(at, ALARM_ZOOM)
    return
  }
  const { scene } = shot
  if (scene.kind === 'place') return map.flyTo(scene.position, scene.zoom)
  if (scene.kind === 'compound') {
    const compound = site.layers.compounds.features.find(({ properties }) => properties.id === scene.id)
    const ring = compound?.geometry.type === 'Polygon' ? compound.geometry.coordinates[0] : compound?.geometry.coordinates[0]?.[0]
    if (ring !== undefined) {
      const mean = (axis: 0 | 1): number => ring.reduce((sum, corner) => sum + corner[axis], 0) / ring.length
      return map.flyTo([mean(0), mean(1)], 16.1)
    }
  }
  map.home()
}

function Dim({ nowMs }: { readonly nowMs: number }): ReactElement | null {
  const asked = new URLSearchParams(location.search).get('dim')
  return (asked === null ? isNight(nowMs) : asked === '1') ? <div className="wall-dim" /> : null
}
