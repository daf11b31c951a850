import { useEffect, useRef, useState, type ReactElement } from 'react'

import type { CameraTourBody } from '../../../shared/protocol/camera-tours.ts'
import { LAYOUTS, type Layout } from '../../../shared/video/tour.ts'
import type { ScreenProps } from '../../app/screen.ts'
import { cameraText } from '../../i18n/camera-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { CameraWall } from './camera-wall.tsx'
import { TourEditor } from './tour-editor.tsx'
import { ALL_CAMERAS, playable, useNamedCameras, useTours } from './use-tours.ts'

const TICK_MS = 500

/** A button that opens the cameras of the community over the whole desk. */
export function CamerasButton(props: Pick<ScreenProps, 'mirror' | 'site'>): ReactElement {
  const { language } = useTexts()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <button type="button" onClick={() => setIsOpen(true)}>
        {cameraText(language, 'open')}
      </button>
      {isOpen ? <CameraView {...props} onClose={() => setIsOpen(false)} /> : null}
    </>
  )
}

/** How long a tour has run, standing still while it is paused; milliseconds. */
function useElapsed(isPaused: boolean, key: string): number {
  const [elapsed, setElapsed] = useState({ key, ms: 0 })
  useEffect(() => {
    if (isPaused) return undefined
    let last = performance.now()
    const timer = setInterval(() => {
      const now = performance.now()
      const step = now - last
      last = now
      setElapsed((before) => ({ key, ms: before.key === key ? before.ms + step : 0 }))
    }, TICK_MS)
    return () => clearInterval(timer)
  }, [isPaused, key])
  return elapsed.key === key ? elapsed.ms : 0
}

interface CameraViewProps extends Pick<ScreenProps, 'mirror' | 'site'> {
  readonly onClose: () => void
}

/** The desk's camera wall: a tour or all cameras, in any layout, tiles pinned by hand, and the tours themselves edited. */
function CameraView({ mirror, site, onClose }: CameraViewProps): ReactElement {
  const { language } = useTexts()
  const dialogRef = useRef<HTMLDialogElement | null>(null)
  const cameras = useNamedCameras(mirror)
  const { tours: stored, reload } = useTours()
  const [tourId, setTourId] = useState<string | null>(null)
  const [edited, setEdited] = useState<CameraTourBody | null>(null)
  const [isEditing, setIsEditing] = useState(false)
  const [isPaused, setIsPaused] = useState(false)
  useEffect(() => dialogRef.current?.showModal(), [])

  const body = edited ?? stored?.find(({ id }) => id === tourId) ?? ALL_CAMERAS
  const tour = playable(body, cameras)
  const elapsedMs = useElapsed(isPaused, `${tourId} ${tour.layout} ${tour.dwellMs} ${tour.cameraIds.join()}`)
  const change = (part: Partial<CameraTourBody>): void => setEdited({ ...bodyOf(body), ...part })
  const pin = (place: number, cameraId: string | null): void => {
    const { [String(place)]: _, ...others } = body.pinned
    change({ pinned: cameraId === null ? others : { ...others, [String(place)]: cameraId } })
  }
  const takesTurns = tour.cameraIds.length > LAYOUTS[tour.layout].tiles - Object.keys(tour.pinned).length
  const leftSeconds = Math.ceil((tour.dwellMs - (elapsedMs % tour.dwellMs)) / 1000)
  return (
    <dialog ref={dialogRef} className="camera-view" aria-label={cameraText(language, 'title')} onClose={onClose}>
      <header>
        <h2>{cameraText(language, 'title')}</h2>
        <select
          aria-label={cameraText(language, 'tour')}
          value={tourId ?? ''}
          onChange={(event) => {
            setTourId(event.target.value === '' ? null : event.target.value)
            setEdited(null)
          }}
        >
          <option value="">{cameraText(language, 'all')}</option>
          {(stored ?? []).map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <div className="camera-view-layouts" role="group" aria-label={cameraText(language, 'layout')}>
          {(Object.keys(LAYOUTS) as Layout[])
            .toSorted((a, b) => LAYOUTS[a].tiles - LAYOUTS[b].tiles)
            .map((layout) => (
              <button
                key={layout}
                type="button"
                className="digits"
                aria-pressed={layout === tour.layout}
                onClick={() => change({ layout, pinned: {} })}
              >
                {layout}
              </button>
            ))}
        </div>
        <span className="digits" role="timer">
          {takesTurns ? cameraText(language, 'next', { seconds: leftSeconds }) : cameraText(language, 'still')}
        </span>
        {takesTurns ? (
          <button type="button" onClick={() => setIsPaused(!isPaused)}>
            {cameraText(language, isPaused ? 'resume' : 'pause')}
          </button>
        ) : null}
        <span className="camera-view-gap" />
        <button type="button" aria-pressed={isEditing} onClick={() => setIsEditing(!isEditing)}>
          {cameraText(language, 'edit')}
        </button>
        <button type="button" onClick={() => dialogRef.current?.close()}>
          {cameraText(language, 'close')}
        </button>
      </header>
      {cameras.ids.length === 0 ? (
        <p className="camera-wall-none">{cameraText(language, 'empty')}</p>
      ) : (
        <CameraWall
          tour={tour}
          elapsedMs={elapsedMs}
          nameOf={cameras.nameOf}
          language={language}
          isDemo={site.manifest.demo}
          onPin={pin}
        />
      )}
      {isEditing ? (
        <TourEditor
          tourId={tourId}
          body={bodyOf(body)}
          cameras={cameras}
          onChange={change}
          onSaved={(id) => {
            setTourId(id)
            if (id === null) setEdited(null)
            reload()
          }}
        />
      ) : null}
    </dialog>
  )
}

const bodyOf = ({ name, layout, dwellSeconds, cameraIds, pinned }: CameraTourBody): CameraTourBody => ({
  name,
  layout,
  dwellSeconds,
  cameraIds,
  pinned,
})
