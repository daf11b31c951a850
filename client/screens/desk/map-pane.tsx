import { useEffect, useState, type ReactElement } from 'react'

import { alarmOf } from '../../../shared/alarms/alarm-state.ts'
import type { Position, Subject } from '../../../shared/domain/field.ts'
import type { MapLayerName } from '../../map/community-map.ts'
import type { ScreenProps } from '../../app/screen.ts'
import { alarmKindText } from '../../i18n/alarm-texts.ts'
import { deskText } from '../../i18n/desk-texts.ts'
import { clockTime } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { CameraTile } from '../../video/camera-tile.tsx'
import { CoverageToggle } from './coverage-toggle.tsx'
import { LayerToggles } from './layer-toggles.tsx'
import { MapButtons } from './map-buttons.tsx'
import { Pinned } from './map-overlay.tsx'
import { NearCameras, type NamedCamera } from './near-cameras.tsx'
import { chosenOf, placeOf, recordOf, subjectName, type Chosen } from './record-names.ts'
import { SearchBox } from './search-box.tsx'
import { useCommunityMap } from './use-community-map.ts'

const CHOSEN_ZOOM = 17.2

interface MapPaneProps extends ScreenProps {
  readonly layers: readonly MapLayerName[]
  readonly chosen: Chosen | null
  /** A place without a record that was clicked. */
  readonly spot: Position | null
  /** The map does not go to what is chosen by itself. */
  readonly staysPut: boolean
  readonly near: readonly NamedCamera[]
  readonly stale: boolean
  readonly lastChangeAtMs: number | null
  readonly onChoose: (chosen: Chosen | null, place?: Position | null) => void
}

/** The map with its tools: search, layers, what is under the mouse, the chosen place and its cameras. */
export function MapPane(props: MapPaneProps): ReactElement {
  const { mirror, site, layers, chosen, staysPut, spot, near, stale, lastChangeAtMs, onChoose } = props
  const { t, language } = useTexts()
  const { hostRef, map, drawn } = useCommunityMap({ ...props, language })
  const [visible, setVisible] = useState<ReadonlySet<MapLayerName>>(() => new Set(layers))
  const [hover, setHover] = useState<{ readonly subject: Subject; readonly x: number; readonly y: number } | null>(null)
  const [openCamera, setOpenCamera] = useState<string | null>(null)

  useEffect(() => map?.onClick((hit, place) => onChoose(chosenOf(hit), place)), [map, onChoose])
  useEffect(() => map?.onHover((subject, x, y) => setHover(subject === null ? null : { subject, x, y })), [map])
  useEffect(() => map?.setVisible(visible), [map, visible])
  useEffect(() => map?.setNearCameras(new Set(near.map(({ id }) => id))), [map, near])
  const record = chosen === null ? null : recordOf(mirror, chosen)
  const place = placeOf(record)
  const chosenKey = chosen === null ? null : `${chosen.layer}/${chosen.id}`
  useEffect(() => {
    const target = chosen === null ? null : placeOf(recordOf(mirror, chosen))
    if (map !== null && target !== null && !staysPut) map.flyTo(target, CHOSEN_ZOOM)
    // Only when another thing is chosen: a record that moves does not drag the map along.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [map, chosenKey, staysPut])

  const alarm = chosen?.layer === 'alarms' && record !== null ? alarmOf(record.fields) : null
  return (
    <section className="desk-panel map-pane" data-stale={stale}>
      <div className="map-host" ref={hostRef} data-testid="map" onPointerLeave={() => setHover(null)} />
      <div className="map-overlay" hidden={!drawn}>
        <Pinned map={map} position={alarm === null ? (place ?? spot) : null} className="chosen-ring">
          <i />
        </Pinned>
        <Pinned map={map} position={alarm === null ? null : place} className="alarm-callout">
          <svg width="1" height="1" aria-hidden="true">
            <path d="M10-18 52-96H74" />
          </svg>
          <div>
            <b>{alarmKindText(alarm?.kind ?? null, language)}</b>
            <span>{subjectName(mirror, alarm?.subject ?? null, language)}</span>
          </div>
        </Pinned>
        {near.map((camera, index) => (
          <Pinned
            key={camera.id}
            map={map}
            position={placeOf(mirror.layer('cameras').records.get(camera.id) ?? null)}
            className="near-mark"
          >
            <span className="near-number digits">{index + 1}</span>
          </Pinned>
        ))}
      </div>
      {hover === null ? null : (
        <div className="hover-card" style={{ left: hover.x + 16, top: hover.y + 12 }}>
          <HoverText subject={hover.subject} mirror={mirror} />
        </div>
      )}
      <div className="map-tools">
        <SearchBox mirror={mirror} onChoose={onChoose} />
        <LayerToggles layers={layers} visible={visible} onChange={setVisible} />
        <CoverageToggle map={map} mirror={mirror} site={site.layers} />
      </div>
      {map === null ? null : <MapButtons map={map} onLocate={place === null ? null : () => map.flyTo(place, CHOSEN_ZOOM)} />}
      {drawn ? null : (
        <p className="map-drawing" role="status">
          {deskText(language, 'map.drawing')}
        </p>
      )}
      {near.length === 0 ? null : <NearCameras near={near} onOpen={setOpenCamera} />}
      {openCamera === null ? null : (
        <aside className="camera-popup" aria-label={t('desk.watch')}>
          <button type="button" className="close" aria-label={t('desk.close')} onClick={() => setOpenCamera(null)}>
            ×
          </button>
          <CameraTile
            key={openCamera}
            cameraId={openCamera}
            name={subjectName(mirror, { layer: 'cameras', id: openCamera }, language)}
            language={language}
            isDemo={site.manifest.demo}
            profile="main"
          />
        </aside>
      )}
      <p className="map-data digits">
        {lastChangeAtMs === null ? t('link.never') : deskText(language, 'map.data', { time: clockTime(lastChangeAtMs) })}
      </p>
    </section>
  )
}

function HoverText({ subject, mirror }: { readonly subject: Subject; readonly mirror: ScreenProps['mirror'] }): ReactElement {
  const { t, language } = useTexts()
  const chosen = chosenOf(subject)
  const record = chosen === null ? null : recordOf(mirror, chosen)
  if (chosen?.layer === 'alarms' && record !== null) {
    const { kind, subject: about } = alarmOf(record.fields)
    return (
      <>
        <b>{alarmKindText(kind, language)}</b>
        <span>{subjectName(mirror, about, language)}</span>
      </>
    )
  }
  return (
    <>
      <b>{subjectName(mirror, subject, language)}</b>
      <span>{chosen === null ? '' : t(`layer.${chosen.layer}`)}</span>
    </>
  )
}
